import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

/** The effects of the spool on a file system. They throw Node's errors. */
export interface SpoolFiles {
  /** Creates a folder that only the user can read, and the folders above it. */
  makeFolder(path: string): void;
  /** Writes a new file that only the user can read. */
  write(path: string, bytes: Uint8Array): void;
  /** Returns when the file is on the disk, and not only in the memory of the system. */
  sync(path: string): void;
  read(path: string): Uint8Array;
  rename(from: string, to: string): void;
  /** Returns whether the file existed. */
  remove(path: string): boolean;
  /** The names in a folder. Empty if there is no folder of that path. */
  list(path: string): string[];
  /** When the file was renamed or written last, in milliseconds since the epoch. */
  changedAtMs(path: string): number;
}

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

export const diskFiles: SpoolFiles = {
  makeFolder,
  write(path, bytes) {
    const file = openSync(
      path,
      constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY,
      FILE_MODE,
    );
    try {
      let at = 0;
      while (at < bytes.length) at += writeSync(file, bytes, at);
    } finally {
      closeSync(file);
    }
  },
  sync(path) {
    const file = openSync(path, "r");
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },
  read(path) {
    // Otherwise a named pipe would block the process.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  },
  rename: (from, to) => renameSync(from, to),
  remove(path) {
    try {
      unlinkSync(path);
      return true;
    } catch (cause) {
      if (codeOf(cause) === "ENOENT") return false;
      throw cause;
    }
  },
  list(path) {
    try {
      return readdirSync(path);
    } catch (cause) {
      if (["ENOENT", "ENOTDIR"].includes(codeOf(cause) ?? "")) return [];
      throw cause;
    }
  },
  // A rename changes this time on all file systems.
  changedAtMs: (path) => statSync(path).ctimeMs,
};

/** Not Node's `recursive`: on some read-only file systems that repeats ENOENT without end. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (cause) {
    if (codeOf(cause) === "EEXIST") return;
    const parent = dirname(path);
    if (codeOf(cause) !== "ENOENT" || parent === path) throw cause;
    makeFolder(parent);
    makeLastFolder(path);
  }
}

function makeLastFolder(path: string): void {
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
  }
}

export function codeOf(cause: unknown): string | undefined {
  const code =
    typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : undefined;
}
