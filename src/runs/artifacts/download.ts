import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { MlflowException } from "../../base/errors.js";
import { joinArtifactPath } from "../../store/artifact-path.js";
import { localFailure, placeBelow } from "../../store/local-files.js";
import { downloadDirectory, nothingAt, type TransferOptions } from "./directory.js";
import type { ArtifactLocation } from "./locate.js";

/**
 * Downloads what is at any of the places, later ones over earlier ones, and gives the local path. Without `dstPath`
 * that is where it lies on this machine already, else in a new directory for temporary files.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is nothing at all.
 */
export async function download(
  places: readonly ArtifactLocation[],
  dstPath: string | undefined,
  options: TransferOptions = {},
): Promise<string> {
  if (dstPath !== undefined) return downloadTo(places, resolve(dstPath), options);
  const local = await localPlace(places);
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
  if (!isFound) throw nothingAt(path);
  return join(directory, ...kept.split("/"));
}

/** False where there is nothing. */
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

/** Where all of it lies on this machine already; undefined where some would have to be brought together. */
async function localPlace(places: readonly ArtifactLocation[]): Promise<string | undefined> {
  const [place, ...others] = places;
  if (place === undefined || others.length > 0) return undefined;
  return place.store.findLocally(place.root, place.path);
}
