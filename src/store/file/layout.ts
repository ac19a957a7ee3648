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
export const SPANS_FILE = `${ARTIFACTS_FOLDER}/traces.json`;

/** The folders of a local store. Paths are absolute, so a later `chdir` does not change them. */
export interface Layout {
  readonly root: string;
  /** A `file://` URI. */
  readonly uri: string;
  /** Has the deleted experiments. */
  readonly trash: string;
  /** Has the folders that are being written. MLflow ignores folders whose name ends in `.trash`. */
  readonly incoming: string;
  /** Has a file for each experiment that makes listings of traces fast. */
  readonly listings: string;
  /** Has a file for each evaluation dataset. */
  readonly datasets: string;
  /** Whether a new root receives a `.gitignore`. */
  readonly isIgnoredByGit: boolean;
}

export function createLayout(directory: string, isIgnoredByGit = false): Layout {
  const root = resolve(directory);
  return {
    root,
    uri: pathToFileURL(root).href,
    trash: join(root, ".trash"),
    incoming: join(root, ".incoming.trash"),
    listings: join(root, ".listings.trash"),
    datasets: join(root, ".datasets.trash"),
    isIgnoredByGit,
  };
}

/** MLflow's rule for experiment ids. It excludes dots and slashes, so an id cannot point outside the root. */
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

/** Relative to the folder of the trace. */
export function assessmentFile(assessmentId: string): string {
  return `${ASSESSMENTS_FOLDER}/${requireId("assessment", assessmentId)}.yaml`;
}

export function runFolder(experimentDirectory: string, runId: string): string {
  return join(experimentDirectory, runId);
}

/** Folders of an experiment that are not runs. */
const OTHER_FOLDERS = new Set(["tags", "datasets", "traces", "models"]);

/** MLflow's rule for run ids. */
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

export function isRunId(id: string): boolean {
  return RUN_ID.test(id) && !OTHER_FOLDERS.has(id);
}

function requireId(kind: string, id: string): string {
  if (isId(id)) return id;
  throw invalidParameter(
    `Invalid ${kind} id '${id}': it must have 1 to 64 letters, digits, '_' or '-', and start with a letter or digit.`,
  );
}
