import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter } from "../../base/errors.js";

/** Names in MLflow's FileStore layout. */
export const META_FILE = "meta.yaml";
export const TRACE_INFO_FILE = "trace_info.yaml";
export const METADATA_FOLDER = "request_metadata";
export const TAGS_FOLDER = "tags";
export const ASSESSMENTS_FOLDER = "assessments";
export const METRICS_FOLDER = "metrics";
export const PARAMS_FOLDER = "params";
export const ARTIFACTS_FOLDER = "artifacts";
export const INPUTS_FOLDER = "inputs";
export const DATASETS_FOLDER = "datasets";
export const SPANS_FILE = "artifacts/traces.json";

/** Where things are in a local store. Everything is absolute, so a later chdir changes nothing. */
export interface Layout {
  readonly root: string;
  /** `file://` and the absolute path. */
  readonly uri: string;
  /** Deleted experiments. */
  readonly trash: string;
  /** Folders being written; MLflow skips every folder whose name ends in `.trash`. */
  readonly incoming: string;
}

export function createLayout(directory: string): Layout {
  const root = resolve(directory);
  return {
    root,
    uri: pathToFileURL(root).href,
    trash: join(root, ".trash"),
    incoming: join(root, ".incoming.trash"),
  };
}

/** MLflow's own rule for experiment ids; without dots and slashes none can lead out of the root. */
const ID = /^[a-zA-Z0-9][\w-]{0,63}$/;

export function isId(id: string): boolean {
  return ID.test(id);
}

export function experimentFolder(parent: string, experimentId: string): string {
  return join(parent, requireId("experiment", experimentId));
}

export function tracesFolder(experimentDirectory: string): string {
  return join(experimentDirectory, "traces");
}

export function traceFolder(experimentDirectory: string, traceId: string): string {
  return join(tracesFolder(experimentDirectory), requireId("trace", traceId));
}

export function runFolder(experimentDirectory: string, runId: string): string {
  return join(experimentDirectory, runId);
}

/** Folders of an experiment that are no runs. */
const NO_RUNS = new Set(["tags", "datasets", "traces", "models"]);

/** MLflow's own rule for run ids. */
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

export function isRunId(id: string): boolean {
  return RUN_ID.test(id) && !NO_RUNS.has(id);
}

function requireId(kind: string, id: string): string {
  if (isId(id)) return id;
  throw invalidParameter(
    `'${id}' is not ${kind === "trace" ? "a" : "an"} ${kind} id: want 1 to 64 letters, digits, '_' or '-', the first a letter or digit.`,
  );
}
