import { inspect } from "node:util";
import { invalidParameter } from "../../base/errors.js";
import { hold, MAX_TIMER_MS, READ_AFTER_WRITE_MS } from "../../delivery/hold.js";
import { getPipeline } from "../../recording/pipeline.js";
import { checkArtifactPath, joinArtifactPath } from "../../store/artifact-path.js";
import type { ArtifactInfo } from "../../store/artifact-store.js";
import { download } from "./download.js";
import { type ArtifactLocation, locate, locateInRun } from "./locate.js";
import { createProgress } from "./progress.js";

/** Which artifacts: those of a URI, or of a run. */
export interface ArtifactsOptions {
  /**
   * `runs:/<run id>/<path>`; `models:/<name>/<version>`, `models:/<name>@<alias>`, `models:/<name>/latest` or
   * `models:/<model id>`, each with a path behind it or not; a place like `mlflow-artifacts:/…`; `file:…` or a local path.
   */
  readonly artifactUri?: string;
  readonly runId?: string;
  /** With `runId`: a path from the root of the run's artifacts. Default: all of them. */
  readonly artifactPath?: string;
}

export interface DownloadArtifactsOptions extends ArtifactsOptions {
  /** Made where it is missing. Default: a new directory for temporary files, but what lies on this machine already stays there. */
  readonly dstPath?: string;
}

/**
 * Downloads an artifact, or a directory of them, and gives its local path. Files are streamed, several at a time, and tried
 * again; each is there only when it is whole, and none is written outside `dstPath`. On a terminal, a bar on stderr shows how far
 * it is. Mirrors `mlflow.artifacts.download_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for wrong options, RESOURCE_DOES_NOT_EXIST where there is nothing.
 */
export function downloadArtifacts(options: DownloadArtifactsOptions): Promise<string> {
  const work = async () => {
    const { dstPath } = options;
    checkText("dstPath", dstPath);
    const places = await find(options, "last name");
    return download(places, dstPath, { progress: createProgress("Downloading artifacts") });
  };
  return hold(work(), MAX_TIMER_MS);
}

/**
 * What is directly in a directory of artifacts; nothing for a file. Paths begin at the root of the run's artifacts, or with the last
 * name of the URI, as in Python. Mirrors `mlflow.artifacts.list_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for wrong options, RESOURCE_DOES_NOT_EXIST for an unknown run or model.
 */
export function listArtifacts(options: ArtifactsOptions): Promise<readonly ArtifactInfo[]> {
  const work = async () => {
    const places = await find(options, "path");
    const found = await Promise.all(places.map(list));
    return found.flat();
  };
  return hold(work(), MAX_TIMER_MS);
}

async function list({ store, root, path, kept }: ArtifactLocation): Promise<ArtifactInfo[]> {
  const infos = await store.listArtifacts(root, path);
  const nameOf = (info: ArtifactInfo) =>
    path === "" ? info.path : info.path.slice(path.length + 1);
  return infos.map((info) => ({ ...info, path: joinArtifactPath(kept, nameOf(info)) }));
}

/** `kept`: how much of a run's artifact path shows in what comes back. */
async function find(
  options: ArtifactsOptions,
  kept: "path" | "last name",
): Promise<readonly ArtifactLocation[]> {
  const { artifactUri, runId, artifactPath } = options ?? {};
  for (const [name, value] of Object.entries({ artifactUri, runId, artifactPath })) {
    checkText(name, value);
  }
  if ((artifactUri === undefined) === (runId === undefined)) {
    throw invalidParameter("Exactly one of `runId` or `artifactUri` must be specified");
  }
  if (artifactUri !== undefined && artifactPath !== undefined) {
    throw invalidParameter("`artifactPath` cannot be specified if `artifactUri` is specified");
  }
  const path = artifactPath === undefined ? "" : checkArtifactPath(artifactPath);
  const pipeline = getPipeline();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  const { store } = pipeline.tracking.current();
  if (artifactUri !== undefined) return locate(store, artifactUri);
  return locateInRun(store, runId as string, path, kept === "path" ? path : undefined);
}

function checkText(name: string, value: unknown): void {
  if (value === undefined || (typeof value === "string" && value !== "")) return;
  throw invalidParameter(`\`${name}\` must be a non-empty string, got ${inspect(value)}.`);
}
