import { constants, copyFile, readdir, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { joinArtifactPath } from "./artifact-path.js";
import type {
  ArtifactInfo,
  ArtifactRoot,
  ArtifactSource,
  ArtifactStore,
} from "./artifact-store.js";
import {
  findBelow,
  isUnfinished,
  localFailure,
  notAFile,
  placeBelow,
  writeWhole,
} from "./local-files.js";
import { pathOfFileUri, schemeOf } from "./tracking-uri.js";

/** The artifacts of roots that are local folders. A copy appears when it is complete. */
export function createDiskArtifacts(
  folderOf: (root: ArtifactRoot) => string | Promise<string>,
): ArtifactStore {
  return {
    listArtifacts: async (root, path = "") => listOnDisk(await folderOf(root), path),
    uploadArtifact: async (root, path, source) => uploadToDisk(await folderOf(root), path, source),
    downloadArtifact: async (root, path, file) =>
      downloadFromDisk(await folderOf(root), path, file),
    findLocally: async (root, path) => findBelow(await folderOf(root), path),
  };
}

/** The folder that a root names. */
export function folderOfRoot({ uri }: ArtifactRoot): string {
  const scheme = schemeOf(uri);
  if (scheme === "file") return pathOfFileUri(uri);
  if (scheme === undefined) return resolve(uri);
  throw invalidParameter(
    `A local store cannot reach artifacts at ${uri}: set the tracking URI to the MLflow server that stores them.`,
  );
}

async function listOnDisk(folder: string, path: string): Promise<ArtifactInfo[]> {
  const directory = await findBelow(folder, path);
  if (directory === undefined || !(await stat(directory)).isDirectory()) return [];
  const names = (await readdir(directory)).filter((name) => !isUnfinished(name)).sort();
  const infos = await Promise.all(
    names.map(async (name): Promise<ArtifactInfo | undefined> => {
      const found = await stat(join(directory, name)).catch(() => undefined);
      if (!(found?.isDirectory() || found?.isFile())) return undefined;
      const isDirectory = found.isDirectory();
      const fileSize = isDirectory ? undefined : found.size;
      return { path: joinArtifactPath(path, name), isDirectory, fileSize };
    }),
  );
  return infos.filter((info) => info !== undefined);
}

async function uploadToDisk(folder: string, path: string, source: ArtifactSource): Promise<void> {
  const file = await placeBelow(folder, path);
  if ("file" in source) await copyWhole(source.file, file);
  else await writeWhole(file, (unfinished) => writeFile(unfinished, source.bytes));
}

/** Throws RESOURCE_DOES_NOT_EXIST if the artifact does not exist. */
async function downloadFromDisk(folder: string, path: string, file: string): Promise<void> {
  const found = await findBelow(folder, path);
  if (found === undefined) {
    throw new MlflowException(
      `No such artifact: '${path}' in ${folder}.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  await copyWhole(found, file);
}

async function copyWhole(from: string, to: string): Promise<void> {
  const found = await stat(from).catch((cause) => {
    throw localFailure("read", from, cause);
  });
  if (!found.isFile()) throw notAFile(from);
  // Shares the blocks instead of copying them, if the file system supports that.
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
  await writeWhole(to, (unfinished) => copyFile(from, unfinished, mode));
}
