import { isPlainObject, type Plain, type PlainObject, toJson } from "../../trace/plain.js";
import { plainExample } from "./plain-data.js";

/** An example as it lies beside a model. */
export interface SavedExample {
  /** What MLmodel says of it, as `saved_input_example_info`. */
  readonly info: {
    readonly artifact_path: string;
    readonly serving_input_path: string;
    readonly type: "json_object";
  };
  /** The files, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly data: Plain;
}

const EXAMPLE_FILE = "input_example.json";
const SERVING_FILE = "serving_input_example.json";
/** An object with one of these is what an LLM endpoint takes, and is served as it is. */
const UNIFIED_LLM_KEYS = ["messages", "prompt", "input"];

/** The files of an input example; with `params`, those are saved with it. */
export function saveExample(
  example: unknown,
  params?: Readonly<Record<string, unknown>>,
): SavedExample {
  return saveExampleData(plainExample(example) ?? null, plainExample(params));
}

/** The same of plain data. */
export function saveExampleData(data: Plain, params?: Plain): SavedExample {
  const isUnified = isPlainObject(data) && UNIFIED_LLM_KEYS.some((key) => Object.hasOwn(data, key));
  const serving: PlainObject = isUnified ? data : { inputs: data };
  const given = isPlainObject(params) ? params : undefined;
  const withParams = isUnified
    ? { ...serving, ...given }
    : { ...serving, ...(given && { params: given }) };
  const saved = given ? { inputs: data, params: given } : data;
  return {
    info: { artifact_path: EXAMPLE_FILE, serving_input_path: SERVING_FILE, type: "json_object" },
    files: {
      [EXAMPLE_FILE]: toJson(saved, "python"),
      [SERVING_FILE]: JSON.stringify(JSON.parse(toJson(withParams)), null, 2),
    },
    data,
  };
}
