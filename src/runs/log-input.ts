import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { readSource } from "../context/source.js";
import type { Dataset } from "../store/run-store.js";
import { type LogOptions, logToRun } from "./log-to-run.js";
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
const CONTEXT_TAG = "mlflow.data.context";
const MAX_TAG_CHARACTERS = 500;

/**
 * Records a dataset as an input of a run. Mirrors `mlflow.log_input`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that has the wrong type or is too long for MLflow.
 */
export function logInput(dataset: DatasetDescription, options?: LogInputOptions): Promise<void> {
  return logToRun(options, () => {
    const { context, tags = {} } = options ?? {};
    const allTags = { ...tags, ...(context !== undefined && { [CONTEXT_TAG]: context }) };
    for (const [key, value] of Object.entries(allTags)) {
      if (typeof value === "string" && value.length <= MAX_TAG_CHARACTERS) continue;
      throw invalidParameter(
        `The tag '${key}' of an input must be a string of at most ${MAX_TAG_CHARACTERS} characters, got ${inspect(value)}.`,
      );
    }
    const input = { dataset: datasetOf(dataset), tags: allTags };
    return (target) => putWrite(target, { kind: "logInputs", datasets: [input] });
  });
}

function datasetOf(description: DatasetDescription): Dataset {
  if (typeof description !== "object" || description === null) {
    throw invalidParameter(`logInput() takes an object, got ${inspect(description)}.`);
  }
  const { name = "dataset", schema, profile } = description;
  const { source, sourceType } = sourceOf(description);
  const described = {
    name,
    source,
    sourceType,
    ...(schema !== undefined && { schema: jsonText(schema) }),
    ...(profile !== undefined && { profile: jsonText(profile) }),
  };
  const digest = description.digest ?? digestOf(described);
  const dataset: Dataset = { ...described, digest };
  for (const [field, limit] of Object.entries(LIMITS)) checkText(field, dataset, limit);
  return dataset;
}

/** Returns a source in MLflow's JSON form: `{ "uri": … }`, `{ "url": … }`, or the tags of the running program. */
function sourceOf({ source, sourceType }: DatasetDescription) {
  if (source === undefined) {
    const code = { source: JSON.stringify({ tags: readSource() }), sourceType: "code" };
    return { ...code, ...(sourceType !== undefined && { sourceType }) };
  }
  if (typeof source === "object") {
    return { source: jsonText(source), sourceType: sourceType ?? "local" };
  }
  const isHttp = /^https?:/i.test(source);
  const kind = isHttp ? "http" : "local";
  const text = JSON.stringify(isHttp ? { url: source } : { uri: source });
  return { source: text, sourceType: sourceType ?? kind };
}

function digestOf(described: object): string {
  return createHash("sha256").update(JSON.stringify(described)).digest("hex").slice(0, 8);
}

function jsonText(value: string | object): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function checkText(field: string, dataset: Dataset, limit: number): void {
  const text: unknown = dataset[field as keyof Dataset];
  if (text === undefined) return;
  if (typeof text === "string" && text.length <= limit) return;
  throw invalidParameter(
    typeof text === "string"
      ? `'${field}' exceeds the maximum length of ${limit} characters`
      : `The ${field} of a dataset must be a string, got ${inspect(text)}.`,
  );
}
