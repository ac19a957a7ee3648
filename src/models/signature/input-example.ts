import { invalidParameter } from "../../base/errors.js";
import { asList, type Fields, fieldsOf, isScalar } from "../dump.js";
import { pythonJson } from "../python-json.js";
import { pythonRepr, pythonTypeName } from "../python-text.js";
import { inferParamSchema } from "./infer-schema.js";

const EXAMPLE_FILE = "input_example.json";
const SERVING_FILE = "serving_input_example.json";

/** What MLmodel says of the example, under `saved_input_example_info`. */
export interface SavedInputExampleInfo {
  readonly artifact_path: string;
  readonly serving_input_path?: string;
  readonly type: string;
  /** `"true"` where the example has parameters beside its input. */
  readonly params?: string;
  readonly pandas_orient?: string;
}

export interface SavedInputExample {
  /** Names within the model's folder, and what is in them. */
  readonly files: Readonly<Record<string, string>>;
  readonly info: SavedInputExampleInfo;
}

/** An input of `predict`, and its parameters where there are some. */
export interface InputExample {
  readonly input: unknown;
  readonly params: Fields | undefined;
}

/** A dictionary with one of these is what a server is sent as it is, without an envelope. */
const UNWRAPPED_KEYS = ["messages", "prompt", "input"];

/**
 * The files MLflow keeps an example in: the example itself, and the request a server would take for it. Messages and
 * documents are written as LangChain dumps them. Throws INVALID_PARAMETER_VALUE for what JSON cannot hold.
 */
export function writeInputExample({ input, params }: InputExample): SavedInputExample {
  const fields = fieldsOf(input);
  if (!(fields || asList(input) || isScalar(input))) throw wrongExample(input);
  const hasParams = params !== undefined && Object.keys(params).length > 0;
  if (hasParams) inferParamSchema(params);
  const isUnwrapped = fields !== undefined && UNWRAPPED_KEYS.some((key) => key in fields);
  const request = isUnwrapped ? fields : { inputs: input };
  const requestParams = isUnwrapped ? params : { params };
  const example = hasParams ? { inputs: input, params } : input;
  return {
    files: {
      [EXAMPLE_FILE]: pythonJson(example),
      [SERVING_FILE]: pythonJson(hasParams ? { ...request, ...requestParams } : request, 2),
    },
    info: {
      artifact_path: EXAMPLE_FILE,
      ...(hasParams ? { params: "true" } : {}),
      type: "json_object",
      serving_input_path: SERVING_FILE,
    },
  };
}

function wrongExample(input: unknown): Error {
  return invalidParameter(
    "Expected one of the following types:\n- dict\n- list\n- scalars\n- datetime.datetime\n" +
      `but got '${pythonTypeName(input)}'`,
  );
}

/**
 * The example in the text of a model's example file, also of one that Python wrote: a DataFrame is a list of rows.
 * Throws INVALID_PARAMETER_VALUE for a text that is none, or a sparse matrix.
 */
export function readInputExample(info: SavedInputExampleInfo, text: string): InputExample {
  const json = parse(text);
  const params = info.params === undefined ? undefined : fieldsOf(fieldsOf(json)?.params);
  const input = info.params === undefined ? json : fieldsOf(json)?.inputs;
  if (info.type === "json_object" || info.type === "ndarray") return { input, params };
  if (info.type === "dataframe") return { input: rowsOf(input), params };
  throw invalidParameter(`This version of mlflow can not load example of type ${info.type}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidParameter(`An input example is JSON, got ${pythonRepr(text)}.`);
  }
}

/** pandas' "split" form; one column without a name is a list of its values. */
function rowsOf(split: unknown): unknown {
  const { columns, data } = fieldsOf(split) ?? {};
  const rows = Array.isArray(data) ? data.filter(Array.isArray) : [];
  if (!Array.isArray(columns)) return rows.map((row) => (row.length === 1 ? row[0] : row));
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}
