import * as fs from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";

// These take half the time of node:fs/promises, which creates a FileHandle for each file.
const writeFileAsync = promisify(fs.writeFile);
const renameAsync = promisify(fs.rename);
const accessAsync = promisify(fs.access);
const mkdirAsync = promisify(fs.mkdir);
const rmAsync = promisify(fs.rm);
const readFileAsync = promisify(fs.readFile);
const readdirAsync = promisify(fs.readdir);
const appendFileAsync = promisify(fs.appendFile);

/** One file system call in its synchronous and its asynchronous form. */
interface Effect<T> {
  sync(): T;
  async(): Promise<T>;
}

/**
 * File work that can run in two ways: asynchronously with `perform` while the app runs, and synchronously with
 * `performSync` when the process exits and asynchronous code no longer runs.
 */
export type Steps<T> = Generator<Effect<unknown>, T, unknown>;

function* step<T>(effect: Effect<T>): Steps<T> {
  return (yield effect) as T;
}

export function writeFile(path: string, text: string | Uint8Array): Steps<void> {
  return step({
    sync: () => fs.writeFileSync(path, text),
    async: () => writeFileAsync(path, text),
  });
}

/**
 * Creates the folder and its parents if they are missing. Not Node's `recursive`: on a read-only file system it reports
 * ENOENT, as if another attempt could succeed.
 */
export function* makeFolders(path: string): Steps<void> {
  try {
    yield* makeFolder(path);
  } catch (cause) {
    const parent = dirname(path);
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw cause;
    yield* makeFolders(parent);
    try {
      yield* makeFolder(path);
    } catch (again) {
      // The parent exists: the file system takes no folders, and another attempt does not help.
      const isRefused = (again as NodeJS.ErrnoException).code === "ENOENT";
      throw isRefused ? Object.assign(again as Error, { code: "EROFS" }) : again;
    }
  }
}

/** Creates the folder if it is missing. Throws if its parent is missing. */
export function* makeFolder(path: string): Steps<void> {
  try {
    yield* step({ sync: () => fs.mkdirSync(path), async: () => mkdirAsync(path) });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
  }
}

export function rename(from: string, to: string): Steps<void> {
  return step({
    sync: () => fs.renameSync(from, to),
    async: () => renameAsync(from, to),
  });
}

/** Creates a file. Returns false, and changes nothing, if the file exists. */
export function* writeNewFile(path: string, text: string): Steps<boolean> {
  const options = { flag: "wx" };
  try {
    yield* step({
      sync: () => fs.writeFileSync(path, text, options),
      async: () => writeFileAsync(path, text, options),
    });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

/** Appends the text in one write, so that texts from several processes do not mix. */
export function appendFile(path: string, text: string): Steps<void> {
  return step({
    sync: () => fs.appendFileSync(path, text),
    async: () => appendFileAsync(path, text),
  });
}

/** Returns undefined if the file does not exist. */
export function readText(path: string): Steps<string | undefined> {
  return absent(
    step({ sync: () => fs.readFileSync(path, "utf8"), async: () => readFileAsync(path, "utf8") }),
  );
}

/** Returns an empty list if the folder does not exist. */
export function* readNames(path: string): Steps<string[]> {
  const names = yield* absent(
    step({ sync: () => fs.readdirSync(path), async: () => readdirAsync(path) }),
  );
  return names ?? [];
}

/** Returns false if the file does not exist. */
export function* removeFile(path: string): Steps<boolean> {
  const done = yield* absent(
    step({
      sync: () => {
        fs.rmSync(path);
        return true;
      },
      async: () => rmAsync(path).then(() => true),
    }),
  );
  return done ?? false;
}

const ABSENT = new Set(["ENOENT", "ENOTDIR", "EISDIR"]);

function* absent<T>(steps: Steps<T>): Steps<T | undefined> {
  try {
    return yield* steps;
  } catch (cause) {
    if (ABSENT.has((cause as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw cause;
  }
}

export function removeFolder(path: string): Steps<void> {
  const options = { recursive: true, force: true };
  return step({
    sync: () => fs.rmSync(path, options),
    async: () => rmAsync(path, options),
  });
}

export function exists(path: string): Steps<boolean> {
  return step({
    sync: () => fs.existsSync(path),
    async: () =>
      accessAsync(path).then(
        () => true,
        () => false,
      ),
  });
}

export function performSync<T>(steps: Steps<T>): T {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      value = next.value.sync();
    } catch (cause) {
      next = steps.throw(cause);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}

export async function perform<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      value = await next.value.async();
    } catch (cause) {
      next = steps.throw(cause);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}
