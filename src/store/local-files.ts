import { randomUUID } from "node:crypto";
import { mkdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { checkArtifactPath } from "./artifact-path.js";

/** Beside the file it becomes, so that a rename can put it there; no artifact is called so. */
const UNFINISHED = /^\.mlflow-[0-9a-f-]{36}\.part$/;

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

/**
 * Writes a file that nobody sees before it is whole: `write` fills a sibling, whose path it gets
 * and which then takes the file's place. A failure leaves neither of them.
 */
export async function writeWhole(
  file: string,
  write: (unfinished: string) => Promise<unknown>,
): Promise<void> {
  const unfinished = join(dirname(file), `.mlflow-${randomUUID()}.part`);
  try {
    await write(unfinished);
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw localFailure("write", file, cause);
  }
}

/**
 * Where an artifact goes below a local folder; the folders to it are made. Also a symbolic link does
 * not lead out of the folder.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a path that would leave it.
 */
export async function placeBelow(folder: string, path: string): Promise<string> {
  const names = checkArtifactPath(path).split("/");
  const fileName = names.pop() as string;
  if (process.platform === "win32") checkForWindows(path, [...names, fileName]);
  try {
    await mkdir(folder, { recursive: true });
    const root = await realpath(folder);
    let at = root;
    for (const name of names) {
      const next = join(at, name);
      await mkdir(next).catch(unlessThere);
      at = await realpath(next);
      if (!isWithin(root, at)) throw leavesFolder(path, folder);
    }
    return join(at, fileName);
  } catch (cause) {
    throw localFailure("write", join(folder, path), cause);
  }
}

/** Where an artifact is below a local folder; undefined when there is none. Throws as {@link placeBelow}. */
export async function findBelow(folder: string, path: string): Promise<string | undefined> {
  if (path !== "") checkArtifactPath(path);
  try {
    const root = await realpath(folder);
    const found = await realpath(join(root, path));
    if (isWithin(root, found)) return found;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw localFailure("read", join(folder, path), cause);
  }
  throw leavesFolder(path, folder);
}

/** The exception for a failed call to the file system; what is one already stays as it is. */
export function localFailure(
  what: "read" | "write",
  path: string,
  cause: unknown,
): MlflowException {
  if (cause instanceof MlflowException) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT" && what === "read") {
    return new MlflowException(`No such file: '${path}'.`, "RESOURCE_DOES_NOT_EXIST", { cause });
  }
  const isForbidden = code === "EACCES" || code === "EPERM" || code === "EROFS";
  const errorCode = isForbidden ? "PERMISSION_DENIED" : "INTERNAL_ERROR";
  return new MlflowException(`Cannot ${what} '${path}': ${message}.`, errorCode, { cause });
}

function unlessThere(cause: NodeJS.ErrnoException): void {
  if (cause.code !== "EEXIST") throw cause;
}

/** Whether a path is a folder or below it. Both are absolute and without symbolic links. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Characters that name streams and devices there, names that are devices, and ends it drops. */
const NOT_ON_WINDOWS = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function checkForWindows(path: string, names: readonly string[]): void {
  if (!names.some((name) => NOT_ON_WINDOWS.test(name))) return;
  throw invalidParameter(
    `The artifact path ${JSON.stringify(path)} names no file that Windows can have.`,
  );
}

function leavesFolder(path: string, folder: string): MlflowException {
  return invalidParameter(
    `Invalid artifact path: ${JSON.stringify(path)} leads out of ${folder} over a symbolic link.`,
  );
}
