import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { invalidParameter } from "../../errors.js";
import { checkArtifactPath } from "../artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../artifact-store.js";
import { downloadFromDisk, listOnDisk, uploadToDisk } from "../disk-artifacts.js";

/** Artifacts in folders of this machine: plain copies, each there only when it is whole. */
export function createArtifactStore(): ArtifactStore {
  return {
    listArtifacts: async (root, path = "") =>
      listOnDisk(folderOf(root), path && checkArtifactPath(path)),
    uploadArtifact: async (root, path, source) => uploadToDisk(folderOf(root), path, source),
    downloadArtifact: async (root, path, file) => downloadFromDisk(folderOf(root), path, file),
  };
}

function folderOf({ uri }: ArtifactRoot): string {
  if (/^file:/i.test(uri)) return fileURLToPath(uri);
  if (!/^[a-z][a-z0-9+.-]+:/i.test(uri)) return resolve(uri);
  throw invalidParameter(
    `A local store cannot reach artifacts at ${uri}: set the tracking URI to the MLflow server they belong to.`,
  );
}
