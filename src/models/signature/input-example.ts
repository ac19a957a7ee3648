import { invalidParameter } from "../../base/errors.js";
import { parseExactJson } from "../../data/exact-json.js";
import { asList, type Fields, fieldsOf, isScalar } from "../dump.js";
import { pythonJson, pythonRepr, pythonTypeName } from "../python-text.js";
import { inferParamSchema } from "./infer-signature.js";

const EXAMPLE_FILE = "input_example.json";
const SERVING_FILE = "serving_input_example.json";

/** The field `saved_input_example_info` of MLmodel. */
export interface SavedInputExampleInfo {
  readonly artifact_path: string;
  readonly serving_input_path?: string;
  readonly type: string;
  /** `"true"` when the example has parameters. */
  readonly params?: string;
  readonly pandas_orient?: string;
}

export interface SavedInputExample {
  /** The contents of the files, by their name in the model's folder. */
  readonly files: Readonly<Record<string, string>>;
  readonly info: SavedInputExampleInfo;
}

/** An input of `predict`, and its parameters, if any. */
export interface InputExample {
  readonly input: unknown;
  readonly params: Fields | undefined;
}

/** A dictionary with one of these keys is sent to a server unchanged, without the envelope `inputs`. */
const UNWRAPPED_KEYS = ["messages", "prompt", "input"];

/**
 * Returns the files that MLflow stores an example in: the example, and the request to a server that passes it. Messages and
 * documents are written in LangChain's dump form.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that JSON cannot represent.
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
 * Parses a model's example file, which can also be written by Python, with `NaN` and `Infinity` among its numbers. A
 * DataFrame becomes a list of rows.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for text that is not JSON, and for a sparse matrix.
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
    return parseExactJson(text);
  } catch {
    throw invalidParameter(`An input example must be JSON, got ${pythonRepr(text)}.`);
  }
}

/** Reads pandas' "split" form. A single unnamed column becomes a list of its values. */
function rowsOf(split: unknown): unknown {
  const { columns, data } = fieldsOf(split) ?? {};
  const rows = Array.isArray(data) ? data.filter(Array.isArray) : [];
  if (!Array.isArray(columns)) return rows.map((row) => (row.length === 1 ? row[0] : row));
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}
