import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ALLOWED_ARTIFACT_ROOTS } from "../settings/settings.js";
import type { ArtifactRoot } from "./artifact-store.js";
import { isWithin } from "./local-files.js";
import { pathOfFileUri, schemeOf } from "./tracking-uri.js";

// A store names the locations of its artifacts: a server in its responses, a local store in files that may come
// from another machine. Of these locations, only folders that the user allows are read or written.

/**
 * The folder that a root names, without symbolic links. Undefined if it is not in an allowed folder. The folders
 * need not exist.
 *
 * @param allowed paths or `file:` URIs.
 */
export async function allowedFolderOf(
  { uri }: ArtifactRoot,
  allowed: readonly string[],
): Promise<string | undefined> {
  const folder = localFolderOf(uri);
  const real = folder === undefined ? undefined : await realPathOf(folder);
  if (real === undefined) return undefined;
  for (const one of allowed) {
    const allowedFolder = localFolderOf(one);
    const root = allowedFolder === undefined ? undefined : await realPathOf(allowedFolder);
    if (root !== undefined && isWithin(root, real)) return real;
  }
  return undefined;
}

/** How the user can allow the folder of a root, as the end of a sentence in an error. */
export function howToAllow({ uri }: ArtifactRoot): string {
  const folder = localFolderOf(uri);
  if (folder === undefined) return `set ${ALLOWED_ARTIFACT_ROOTS} to that folder`;
  const path = experimentFolder(folder);
  const entry = path.includes(",") ? pathToFileURL(path).href.replaceAll(",", "%2C") : path;
  return `set ${ALLOWED_ARTIFACT_ROOTS}=${entry}, or a folder above it`;
}

/** The folder of the experiment that a root belongs to. */
export function experimentFolder(root: string): string {
  // Roots are `<experiment>/<run>/artifacts`, `<experiment>/models/<model>/artifacts`,
  // `<experiment>/traces/<trace>/artifacts`, or the experiment's own folder.
  if (basename(root) !== "artifacts") return root;
  const folder = dirname(dirname(root));
  return /^(models|traces)$/.test(basename(folder)) ? dirname(folder) : folder;
}

/** An absolute path. Undefined if the URI is not that of a local folder. */
function localFolderOf(uri: string): string | undefined {
  const scheme = schemeOf(uri);
  if (scheme === "file") {
    try {
      return resolve(pathOfFileUri(uri));
    } catch {
      return undefined;
    }
  }
  return uri === "" || scheme !== undefined ? undefined : resolve(uri);
}

/** The path without symbolic links. Its last folders may be missing. */
async function realPathOf(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (cause) {
    // After another error, for example a missing permission, the real path is unknown.
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") return undefined;
  }
  // A symbolic link to a missing file: a write would create a file at its target.
  if (await exists(path)) return undefined;
  const parent = dirname(path);
  const realParent = parent === path ? undefined : await realPathOf(parent);
  return realParent && join(realParent, basename(path));
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
