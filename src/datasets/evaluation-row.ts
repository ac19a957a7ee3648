import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import type { PlainObject } from "../data/plain.js";
import { dictionaryToTexts, isDictionary } from "../settings/kinds.js";
import { nearestName } from "../settings/nearest-name.js";
import { type DatasetRecordSource, DatasetRecordSourceType } from "../store/dataset-store.js";
import { TraceMetadataKey, type Trace as TraceRecord } from "../trace/trace.js";
import { readableTrace, type Trace } from "../tracing/read-trace.js";
import { expectationsOfTrace, inputsOfTrace, isTrace, outputsOfTrace } from "./from-trace.js";
import type { Located } from "./located.js";
import { traceOfJson } from "./trace-of-json.js";

/** One row of an evaluation. A field that is null counts as missing. */
export interface EvaluationRow {
  /** The input of the model, by name. The input of a trace that is no object is `{ input: … }`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The output of the model, if it was called before. */
  readonly outputs?: unknown;
  /** What is known about the right output, by name. */
  readonly expectations?: Readonly<Record<string, unknown>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** The trace of the call of the model, if it was called before. */
  readonly trace?: Trace;
  /** Where the row comes from. */
  readonly source?: DatasetRecordSource;
}

/** A row as an app writes it. `inputs` may be missing if there is a trace. */
export interface EvaluationRowInput {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: unknown;
  readonly expectations?: Readonly<Record<string, unknown>> | null;
  readonly tags?: Readonly<Record<string, string | number | boolean>> | null;
  readonly trace?: TraceRecord | null;
  readonly source?: {
    readonly sourceType: DatasetRecordSourceType;
    readonly sourceData?: Readonly<Record<string, unknown>>;
  } | null;
}

const FIELDS = ["inputs", "outputs", "expectations", "tags", "trace", "source"];
/** Other columns of the tables that Python's `EvaluationDataset.to_df()` returns. */
const RECORD_FIELDS = new Set(
  "dataset_id dataset_record_id source_id source_type created_time last_update_time created_by last_updated_by".split(
    " ",
  ),
);

/**
 * Checks a row, or makes one of a trace.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with the place of the row.
 */
export function readRow({ value, where }: Located): EvaluationRow {
  const trace = isTrace(value) ? value : traceOfJson(value);
  if (trace) return rowOfTrace(trace);
  if (!isDictionary(value)) {
    throw invalidParameter(
      `${where}: Every item in the list must be a dictionary, or a trace, got ${show(value)}.`,
    );
  }
  const row = new Map(Object.entries(value).filter(([, field]) => field != null));
  checkNames(Object.keys(value), where);
  const ofTrace = row.has("trace") ? rowOfTrace(readTrace(row.get("trace"), where)) : undefined;
  const [expectations, tags] = [row.get("expectations"), row.get("tags")];
  return {
    ...ofTrace,
    inputs: readInputs(row.get("inputs"), ofTrace, where),
    ...(row.has("outputs") && { outputs: row.get("outputs") }),
    ...(expectations !== undefined && {
      expectations: readDictionary("expectations", expectations, where),
    }),
    ...(tags !== undefined && { tags: readTags(tags, where) }),
    ...(row.has("source") && { source: readSource(row.get("source"), where) }),
  };
}

function rowOfTrace(trace: TraceRecord): EvaluationRow {
  const expectations = expectationsOfTrace(trace);
  const outputs = outputsOfTrace(trace);
  const session = trace.info.traceMetadata[TraceMetadataKey.SESSION];
  const sourceData = { trace_id: trace.info.traceId, ...(session && { session_id: session }) };
  return {
    inputs: asInputs(inputsOfTrace(trace)),
    ...(outputs !== undefined && { outputs }),
    ...(Object.keys(expectations).length > 0 && { expectations }),
    trace: "toJson" in trace ? (trace as Trace) : readableTrace(trace),
    source: { sourceType: "TRACE", sourceData },
  };
}

/** LangChain uses the same name for an input that is no object. */
function asInputs(inputs: unknown): Readonly<Record<string, unknown>> {
  if (inputs === undefined) return {};
  return isDictionary(inputs) ? { ...inputs } : { input: inputs };
}

function readInputs(inputs: unknown, ofTrace: EvaluationRow | undefined, where: string) {
  if (inputs !== undefined) {
    if (isDictionary(inputs)) return { ...inputs };
    throw invalidParameter(
      `${where}: The 'inputs' column must be a dictionary of field names and values. For example: {'query': 'What is MLflow?'}. Got ${show(inputs)}.`,
    );
  }
  if (ofTrace) return ofTrace.inputs;
  throw invalidParameter(
    `${where}: Either \`inputs\` or \`trace\` column is required in the dataset. Please provide inputs for every datapoint or provide a trace.`,
  );
}

function readDictionary(field: string, value: unknown, where: string) {
  if (isDictionary(value)) return { ...value };
  throw invalidParameter(
    `${where}: The '${field}' column must be a dictionary of names and values. For example: {'expected_response': 'A platform'}. Got ${show(value)}.`,
  );
}

function readTags(value: unknown, where: string): Readonly<Record<string, string>> {
  const tags = dictionaryToTexts.read(value);
  if (tags) return tags;
  throw invalidParameter(
    `${where}: Tags must be a dictionary whose values are strings, numbers or booleans, got ${show(value)}.`,
  );
}

function readTrace(value: unknown, where: string): TraceRecord {
  const trace = isTrace(value) ? value : traceOfJson(value);
  if (trace) return trace;
  throw invalidParameter(
    `${where}: The 'trace' column must be a trace that getTrace() or searchTraces() returned, or its JSON, got ${show(value)}.`,
  );
}

const SOURCE_TYPES = Object.values(DatasetRecordSourceType);

/** Also reads the names of Python. */
function readSource(value: unknown, where: string): DatasetRecordSource {
  const given: Record<string, unknown> = isDictionary(value) ? { ...value } : {};
  const name = given.sourceType ?? given.source_type;
  const sourceType = SOURCE_TYPES.find((type) => type === String(name).toUpperCase());
  const sourceData = given.sourceData ?? given.source_data ?? {};
  const known = /^source(Type|Data|_type|_data)$/;
  const isKnown = Object.keys(given).every((field) => known.test(field));
  if (sourceType && isKnown && isDictionary(sourceData)) {
    return { sourceType, sourceData: { ...sourceData } as PlainObject };
  }
  throw invalidParameter(
    `${where}: The 'source' column must be an object such as { sourceType: "HUMAN", sourceData: {} } with one of the types ${SOURCE_TYPES.join(", ")}, got ${show(value)}.`,
  );
}

function checkNames(names: readonly string[], where: string): void {
  const wrong = names.find((name) => !FIELDS.includes(name) && !RECORD_FIELDS.has(name));
  if (wrong === undefined) return;
  const meant = nearestName(wrong, FIELDS);
  throw invalidParameter(
    `${where} has no field \`${wrong}\`.${meant === undefined ? "" : ` Did you mean \`${meant}\`?`} Fields of a row are: ${FIELDS.join(", ")}.`,
  );
}
