import { MlflowException, messageOf } from "../base/errors.js";
import { type Fields, fieldsOf } from "../models/dump.js";
import { pythonRepr, pythonTypeName } from "../models/python-text.js";
import type { ModelSignature } from "../models/signature/model-signature.js";
import { castInput } from "./cast-input.js";
import { parseJson, type Reply, textReply } from "./exchange.js";

/** What a request passes to `predict`. */
export interface ScoringInput {
  readonly data: unknown;
  readonly params: unknown;
  /** Whether the reply has the predictions alone, as for a chat request. */
  readonly isUnwrapped: boolean;
}

const JSON_TYPE = "application/json";
const FORMATS = ["dataframe_records", "dataframe_split", "instances", "inputs"] as const;
/** A body with one of these fields is passed to the model as a whole. */
const LLM_FIELDS = ["messages", "prompt", "input"];
const REQUIRED_FORMAT = `The input must be a JSON dictionary with exactly one of the input fields {${FORMATS.map(pythonRepr).join(", ")}}`;

/** Refuses a body that is not JSON in UTF-8. */
export function refusalOfContentType(header: string | undefined): Reply | undefined {
  if (header === JSON_TYPE) return undefined;
  const [type = "", ...pairs] = (header ?? "").split(";").map((part) => part.trim());
  const others = pairs.filter((pair) => !pair.startsWith("charset="));
  if (pairs.some((pair) => !others.includes(pair) && !/=utf-8$/i.test(pair))) {
    return textReply(415, "The scoring server only supports UTF-8");
  }
  if (others.length > 0) {
    return textReply(415, `Unrecognized content type parameters: ${others.join(", ")}.`);
  }
  if (type === JSON_TYPE) return undefined;
  return textReply(
    415,
    `This predictor only supports the following content types: Types: ['${JSON_TYPE}']. Got '${header ?? ""}'.`,
  );
}

/**
 * Reads the body of a request as Python's scoring server does.
 *
 * @throws MlflowException BAD_REQUEST with Python's text.
 */
export function readInput(body: Uint8Array, signature: ModelSignature | undefined): ScoringInput {
  const request = readDictionary(body);
  const paramNames = signature?.params?.params.map(({ name }) => name) ?? [];
  if (LLM_FIELDS.some((name) => Object.hasOwn(request, name))) {
    const entries = Object.entries(request);
    const isParam = ([name]: readonly [string, unknown]) => paramNames.includes(name);
    return {
      data: Object.fromEntries(entries.filter((entry) => !isParam(entry))),
      params: Object.fromEntries(entries.filter(isParam)),
      isUnwrapped: true,
    };
  }
  const { params } = request;
  return { data: readData(request, signature), params, isUnwrapped: false };
}

function readDictionary(body: Uint8Array): Fields {
  let value: unknown;
  try {
    value = parseJson(body);
  } catch (cause) {
    throw invalidInput(
      `Ensure that input is a valid JSON formatted string. Error: '${messageOf(cause)}'`,
    );
  }
  const request = fieldsOf(value);
  if (request) return request;
  throw invalidInput(`${REQUIRED_FORMAT}. Received a ${pythonTypeName(value)}.`);
}

function readData(request: Fields, signature: ModelSignature | undefined): unknown {
  const received = FORMATS.filter((name) => Object.hasOwn(request, name));
  const [format] = received;
  if (format === undefined || received.length > 1) {
    throw badRequest(
      `${REQUIRED_FORMAT}. Received dictionary with input fields: ${pythonRepr(received)}.`,
    );
  }
  const data = request[format];
  const schema = signature?.inputs;
  if (format === "dataframe_split") return castInput(readSplit(data), schema, true);
  if (format === "dataframe_records") return castInput(readRecords(data), schema, true);
  return castInput(data, schema, false);
}

function readRecords(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  throw invalidInput("Dataframe records format must be a list of records.");
}

/** Returns a dictionary for each row, or a list if the columns have no names. */
function readSplit(data: unknown): readonly unknown[] {
  const split = fieldsOf(data);
  if (!split) throw invalidInput("Dataframe split format must be a dictionary.");
  const names = Object.keys(split);
  if (!names.includes("data") || names.some((name) => !/^(columns|data|index)$/.test(name))) {
    throw invalidInput(
      `Dataframe split format must have 'data' field and optionally 'columns' and 'index' fields. Got ${pythonRepr(names)}.`,
    );
  }
  const { columns, data: given, index } = split;
  if (!Array.isArray(given)) throw invalidSplit("`data` is not a list");
  if (Array.isArray(index) && index.length !== given.length) {
    throw invalidSplit("`index` has another length than `data`");
  }
  if (columns === undefined || columns === null) return given;
  const rows = given.map((row) => (Array.isArray(row) ? row : [row]));
  if (!Array.isArray(columns) || rows.some(({ length }) => length !== columns.length)) {
    throw invalidSplit("`columns` has another length than a row");
  }
  return rows.map((row) => Object.fromEntries(columns.map((name, at) => [String(name), row[at]])));
}

function invalidSplit(why: string): MlflowException {
  return invalidInput(
    `Provided dataframe_split field is not a valid dataframe representation in 'split' format. Error: '${why}'`,
  );
}

function invalidInput(message: string): MlflowException {
  return badRequest(`Invalid input. ${message}`);
}

function badRequest(message: string): MlflowException {
  return new MlflowException(message, "BAD_REQUEST");
}
