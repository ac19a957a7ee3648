import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { readSource } from "../context/source.js";
import type { Dataset } from "../store/run-store.js";
import type { LogOptions } from "./log.js";
import { logged } from "./logged.js";
import { putWrite } from "./put.js";

/** Data that a run works with, as far as it is known. */
export interface DatasetDescription {
  /** Default: `dataset`. */
  readonly name?: string;
  /** Tells versions of it apart, at most 36 characters. Default: made from the rest. */
  readonly digest?: string;
  /** A URI or path, or what else describes where it came from. Default: the program that runs. */
  readonly source?: string | object;
  /** Default: `http`, `local` or `code`, from the source. */
  readonly sourceType?: string;
  /** An object, or JSON text. */
  readonly schema?: string | object;
  /** Counts and the like: an object, or JSON text. */
  readonly profile?: string | object;
}

export interface LogInputOptions extends LogOptions {
  /** What it is used for: `training`, `eval` and so on. */
  readonly context?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 };
const CONTEXT_TAG = "mlflow.data.context";
const MAX_TAG_CHARACTERS = 500;

/**
 * Notes a dataset as an input of a run. Mirrors `mlflow.log_input`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is longer than MLflow takes.
 */
export function logInput(
  dataset: DatasetDescription,
  { context, tags = {}, runId }: LogInputOptions = {},
): Promise<void> {
  return logged(runId, () => {
    const allTags = { ...tags, ...(context !== undefined && { [CONTEXT_TAG]: context }) };
    for (const [key, value] of Object.entries(allTags)) {
      if (typeof value === "string" && value.length <= MAX_TAG_CHARACTERS) continue;
      throw invalidParameter(
        `The tag '${key}' of an input is a text of at most ${MAX_TAG_CHARACTERS} characters, got ${inspect(value)}.`,
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

/** As MLflow's own sources: `{ "uri": … }`, and for code the tags that say which. */
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
      : `The ${field} of a dataset is a text, got ${inspect(text)}.`,
  );
}
