import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { ALLOWED_ARTIFACT_ROOTS } from "../settings/settings.js";
import type { ArtifactRoot } from "./artifact-store.js";
import { isWithin } from "./local-files.js";
import { pathOfFileUri } from "./tracking-uri.js";

// A store names the places of its artifacts: a server in its answers, a local store in files that may come from
// another machine. Only folders that the user allowed are read or written for such a name.

/**
 * The folder that a root names, if it is in one of the allowed folders with all symbolic links resolved;
 * otherwise undefined. Nothing needs to exist.
 *
 * @param allowed paths or `file:` URIs.
 */
export async function allowedFolderOf(
  { uri }: ArtifactRoot,
  allowed: readonly string[],
): Promise<string | undefined> {
  const folder = localFolderOf(uri);
  const real = folder === undefined ? undefined : await realPlace(folder);
  if (real === undefined) return undefined;
  for (const one of allowed) {
    const allowedFolder = localFolderOf(one);
    const root = allowedFolder === undefined ? undefined : await realPlace(allowedFolder);
    if (root !== undefined && isWithin(root, real)) return real;
  }
  return undefined;
}

/** What a user sets to allow the folder of a root, for the end of a sentence in an error. */
export function howToAllow({ uri }: ArtifactRoot): string {
  const folder = localFolderOf(uri);
  if (folder === undefined) return `set ${ALLOWED_ARTIFACT_ROOTS} to that folder`;
  const place = experimentFolder(folder);
  const entry = place.includes(",") ? pathToFileURL(place).href.replaceAll(",", "%2C") : place;
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

/** An absolute path; undefined for what names no folder of this machine. */
function localFolderOf(uri: string): string | undefined {
  if (/^file:/i.test(uri)) {
    try {
      return resolve(pathOfFileUri(uri));
    } catch {
      return undefined;
    }
  }
  // A single letter is a drive of Windows.
  return uri === "" || /^[a-z][a-z0-9+.-]+:/i.test(uri) ? undefined : resolve(uri);
}

/** The path without symbolic links, also where its last folders do not exist yet. */
async function realPlace(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch (cause) {
    // Another failure, for example a missing permission, does not say where the path leads.
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") return undefined;
  }
  // A link to something that does not exist: whatever is written there would be made elsewhere.
  if (await exists(path)) return undefined;
  const parent = dirname(path);
  const realParent = parent === path ? undefined : await realPlace(parent);
  return realParent && join(realParent, basename(path));
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
