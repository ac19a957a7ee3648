import { createHash } from "node:crypto";
import { invalidParameter, messageOf } from "../base/errors.js";
import { show } from "../base/show.js";
import { readSource } from "../context/source.js";
import { wellFormedJson } from "../data/well-formed-json.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { dictionaryOfTexts, isDictionary, kindOf, text } from "../settings/kinds.js";
import type { Dataset } from "../store/run-store.js";
import { LOG_OPTIONS, type LogOptions, logToRun } from "./log-to-run.js";
import { putWrite } from "./put.js";

/** A dataset that a run uses. */
export interface DatasetDescription {
  /** Default: `dataset`. */
  readonly name?: string;
  /** Identifies a version of the dataset; at most 36 characters. Default: a hash of the other fields. */
  readonly digest?: string;
  /** The origin of the data: a URI, a path, or an object. Default: the running program. */
  readonly source?: string | object;
  /** Default: `http`, `local` or `code`, depending on the source. */
  readonly sourceType?: string;
  /** An object or a JSON string. */
  readonly schema?: string | object;
  /** Statistics such as row counts: an object or a JSON string. */
  readonly profile?: string | object;
}

export interface LogInputOptions extends LogOptions {
  /** The use of the dataset, for example `training` or `eval`. */
  readonly context?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 };
const CALLER = "logInput()";

const INPUT_OPTIONS: OptionKinds<LogInputOptions> = {
  ...LOG_OPTIONS,
  context: text,
  tags: dictionaryOfTexts,
};

const textOrObject = kindOf<string | object>(
  "a string or an object",
  (value) => typeof value === "string" || Array.isArray(value) || isDictionary(value),
);

const DATASET_FIELDS: OptionKinds<DatasetDescription> = {
  name: text,
  digest: text,
  source: textOrObject,
  sourceType: text,
  schema: textOrObject,
  profile: textOrObject,
};

const CONTEXT_TAG = "mlflow.data.context";
const MAX_TAG_CHARACTERS = 500;

/**
 * Records a dataset as an input of a run. Mirrors `mlflow.log_input`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that has the wrong type or is too long for MLflow.
 */
export function logInput(dataset: DatasetDescription, options?: LogInputOptions): Promise<void> {
  return logToRun({ caller: CALLER, options, kinds: INPUT_OPTIONS }, ({ context, tags = {} }) => {
    const allTags = { ...tags, ...(context !== undefined && { [CONTEXT_TAG]: context }) };
    for (const [key, value] of Object.entries(allTags)) {
      if (value.length <= MAX_TAG_CHARACTERS) continue;
      throw invalidParameter(
        `The tag '${key}' of an input must be a string of at most ${MAX_TAG_CHARACTERS} characters, got ${show(value)}.`,
      );
    }
    const input = { dataset: datasetOf(dataset), tags: allTags };
    return (target) => putWrite(target, { kind: "logInputs", datasets: [input] });
  });
}

function datasetOf(dataset: unknown): Dataset {
  const given: DatasetDescription = readOptions(
    `The dataset of ${CALLER}`,
    dataset,
    DATASET_FIELDS,
  );
  const { name = "dataset", schema, profile } = given;
  const { source, sourceType } = sourceOf(given);
  const described = {
    name,
    source,
    sourceType,
    ...(schema !== undefined && { schema: jsonText("schema", schema) }),
    ...(profile !== undefined && { profile: jsonText("profile", profile) }),
  };
  const complete: Dataset = { ...described, digest: given.digest ?? digestOf(described) };
  for (const [field, limit] of Object.entries(LIMITS)) checkLength(field, complete, limit);
  return complete;
}

/** Returns a source in MLflow's JSON form: `{ "uri": … }`, `{ "url": … }`, or the tags of the running program. */
function sourceOf({ source, sourceType }: DatasetDescription) {
  if (source === undefined) {
    const code = { source: wellFormedJson({ tags: readSource() }), sourceType: "code" };
    return { ...code, ...(sourceType !== undefined && { sourceType }) };
  }
  if (typeof source === "object") {
    return { source: jsonText("source", source), sourceType: sourceType ?? "local" };
  }
  const isHttp = /^https?:/i.test(source);
  const kind = isHttp ? "http" : "local";
  const text = wellFormedJson(isHttp ? { url: source } : { uri: source });
  return { source: text, sourceType: sourceType ?? kind };
}

function digestOf(described: object): string {
  return createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 8);
}

function jsonText(field: string, value: string | object): string {
  if (typeof value === "string") return value;
  try {
    return wellFormedJson(value) ?? "null";
  } catch (cause) {
    throw invalidParameter(
      `The \`${field}\` of a dataset cannot be converted to JSON: ${messageOf(cause)}`,
    );
  }
}

function checkLength(field: string, dataset: Dataset, limit: number): void {
  const value = dataset[field as keyof Dataset];
  if (value === undefined || value.length <= limit) return;
  throw invalidParameter(`'${field}' exceeds the maximum length of ${limit} characters`);
}
