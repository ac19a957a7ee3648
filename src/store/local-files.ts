import { randomUUID } from "node:crypto";
import { mkdir, realpath, rename, rm } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { invalidParameter, MlflowException } from "../base/errors.js";
import { checkArtifactPath } from "./artifact-path.js";

/** The name of an incomplete file. It is in the folder of the final file, so that a rename can replace that. */
const UNFINISHED = /^\.mlflow-[0-9a-f-]{36}\.part$/;

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

/**
 * Writes a file that appears when it is complete: `write` receives the path of a temporary file in the same folder,
 * which is then renamed. A failure leaves no temporary file, and an existing file unchanged.
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
 * The path of an artifact to be written below a local folder. Creates the folders to it.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the path leaves the folder, also by a symbolic link.
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
      await mkdir(next).catch(ignoreExisting);
      at = await realpath(next);
      if (!isWithin(root, at)) throw leavesFolder(path, folder);
    }
    return join(at, fileName);
  } catch (cause) {
    throw localFailure("write", join(folder, path), cause);
  }
}

/** The path of an existing artifact below a local folder, or undefined. Throws as {@link placeBelow}. */
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

/** The exception for a failed file system call. Returns an MlflowException unchanged. */
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

export function notAFile(path: string): MlflowException {
  return invalidParameter(`'${path}' is not a file.`);
}

function ignoreExisting(cause: NodeJS.ErrnoException): void {
  if (cause.code !== "EEXIST") throw cause;
}

/** Whether `path` is `root` or below it. Both must be absolute and without symbolic links. */
export function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Characters of streams and devices, names of devices, and final characters that Windows removes. */
const NOT_ON_WINDOWS = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

function checkForWindows(path: string, names: readonly string[]): void {
  if (!names.some((name) => NOT_ON_WINDOWS.test(name))) return;
  throw invalidParameter(
    `The artifact path ${JSON.stringify(path)} is not a valid file name on Windows. Choose another name.`,
  );
}

function leavesFolder(path: string, folder: string): MlflowException {
  return invalidParameter(
    `Invalid artifact path: ${JSON.stringify(path)} leads out of ${folder} through a symbolic link.`,
  );
}
