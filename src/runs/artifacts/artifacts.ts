import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { hold, MAX_TIMER_MS, READ_AFTER_WRITE_MS } from "../../delivery/hold.js";
import { getPipeline } from "../../recording/pipeline.js";
import { type OptionKinds, readOptions } from "../../settings/check-options.js";
import { filledText, localPath } from "../../settings/kinds.js";
import { checkArtifactPath, joinArtifactPath } from "../../store/artifact-path.js";
import type { ArtifactInfo } from "../../store/artifact-store.js";
import { localFailure, placeBelow } from "../../store/local-files.js";
import { downloadDirectory, nothingAt, type TransferOptions } from "./directory.js";
import { type ArtifactLocation, locate, locateInRun } from "./locate.js";
import { createProgress } from "./progress.js";

/** The artifacts of a URI, or of a run. */
export interface ArtifactsOptions {
  /**
   * `runs:/<run id>/<path>`; `models:/<name>/<version>`, `models:/<name>@<alias>`, `models:/<name>/latest` or
   * `models:/<model id>`, each with an optional path; a storage URI such as `mlflow-artifacts:/…`; a `file:` URI; or a
   * local path.
   */
  readonly artifactUri?: string;
  readonly runId?: string;
  /** With `runId`: a path from the root of the run's artifacts. Default: all artifacts. */
  readonly artifactPath?: string;
}

export interface DownloadArtifactsOptions extends ArtifactsOptions {
  /**
   * The directory to download to; created if it is missing. Default: artifacts on this machine are not copied, and
   * others are downloaded to a new temporary directory.
   */
  readonly dstPath?: string;
}

const ARTIFACTS_OPTIONS: OptionKinds<ArtifactsOptions> = {
  artifactUri: filledText,
  runId: filledText,
  artifactPath: filledText,
};
const DOWNLOAD_OPTIONS: OptionKinds<DownloadArtifactsOptions> = {
  ...ARTIFACTS_OPTIONS,
  dstPath: localPath,
};

/**
 * Downloads an artifact, or a directory of artifacts, and returns its local path. Files are streamed, several at a time,
 * and failed requests are retried. A file appears only when it is complete, and no file is written outside `dstPath`. On
 * a terminal, stderr shows a progress bar. Mirrors `mlflow.artifacts.download_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options. RESOURCE_DOES_NOT_EXIST if there are no artifacts.
 */
export function downloadArtifacts(options: DownloadArtifactsOptions): Promise<string> {
  const work = async () => {
    const given = readOptions(
      "downloadArtifacts()",
      options === undefined ? {} : options,
      DOWNLOAD_OPTIONS,
    );
    const { dstPath } = given;
    const places = await find(given, "last name");
    return download(places, dstPath, { progress: createProgress("Downloading artifacts") });
  };
  return hold(work(), MAX_TIMER_MS);
}

/**
 * Lists the files and directories that are directly in a directory of artifacts; empty for a file. As in Python, paths
 * start at the root of the run's artifacts, or with the last name of the URI. Mirrors `mlflow.artifacts.list_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options. RESOURCE_DOES_NOT_EXIST if the run or model does
 * not exist.
 */
export function listArtifacts(options: ArtifactsOptions): Promise<readonly ArtifactInfo[]> {
  const work = async () => {
    const given = readOptions(
      "listArtifacts()",
      options === undefined ? {} : options,
      ARTIFACTS_OPTIONS,
    );
    const places = await find(given, "path");
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

/** `kept` is the part of a run's artifact path that results keep. */
async function find(
  { artifactUri, runId, artifactPath }: ArtifactsOptions,
  kept: "path" | "last name",
): Promise<readonly ArtifactLocation[]> {
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

/**
 * Downloads the artifacts of all places and returns the local path. A later place overwrites files of an earlier one.
 * Without `dstPath`, returns the path of artifacts that are on this machine, or downloads to a new temporary directory.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if no place has artifacts.
 */
export async function download(
  places: readonly ArtifactLocation[],
  dstPath: string | undefined,
  options: TransferOptions = {},
): Promise<string> {
  if (dstPath !== undefined) return downloadTo(places, resolve(dstPath), options);
  const local = await localPathOf(places);
  if (local !== undefined) return local;
  const directory = await mkdtemp(join(tmpdir(), "mlflow-artifacts-"));
  try {
    return await downloadTo(places, directory, options);
  } catch (cause) {
    await rm(directory, { recursive: true, force: true });
    throw cause;
  }
}

async function downloadTo(
  places: readonly ArtifactLocation[],
  directory: string,
  options: TransferOptions,
): Promise<string> {
  await mkdir(directory, { recursive: true }).catch((cause) => {
    throw localFailure("write", directory, cause);
  });
  let isFound = false;
  for (const place of places) {
    if (await downloadPlace(place, directory, options)) isFound = true;
  }
  const [{ path, kept } = { path: "", kept: "" }] = places;
  if (!isFound) throw nothingAt(path || kept);
  return join(directory, ...kept.split("/"));
}

/** Returns false if the place has no artifacts. */
async function downloadPlace(
  { store, root, path, kept }: ArtifactLocation,
  directory: string,
  options: TransferOptions,
): Promise<boolean> {
  const { signal, progress } = options;
  const entries = await store.listArtifacts(root, path);
  if (entries.length > 0) {
    const below = await placeBelow(directory, joinArtifactPath(kept, "any"));
    await downloadDirectory(store, root, path, dirname(below), options);
    return true;
  }
  if (path === "") return false;
  try {
    const file = await placeBelow(directory, kept);
    await progress?.start(1);
    await store.downloadArtifact(root, path, file, signal);
    progress?.advance();
    return true;
  } catch (cause) {
    if (cause instanceof MlflowException && cause.errorCode === "RESOURCE_DOES_NOT_EXIST") {
      return false;
    }
    throw cause;
  } finally {
    progress?.stop();
  }
}

/** Returns the path of artifacts that are on this machine; undefined if several places must be merged. */
async function localPathOf(places: readonly ArtifactLocation[]): Promise<string | undefined> {
  const [place, ...others] = places;
  if (place === undefined || others.length > 0) return undefined;
  return place.store.findLocally(place.root, place.path);
}
