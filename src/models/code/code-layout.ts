import { cp, mkdir, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { inspect } from "node:util";
import { invalidParameter } from "../../base/errors.js";

/** What a model file may be. */
const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];
/** Never part of a model: what is installed, what belongs to git, local stores, and where keys are kept. */
const LEFT_OUT = /^(node_modules|\.git|mlflow-local|mlruns|\.env(\..*)?|\.npmrc)$/;

/** How the code of a model lies in its folder; MLmodel says it. */
export interface StoredCode {
  /** The model file, in the model folder itself. */
  readonly file: string;
  /** The folder of the other code, or null when there is none. */
  readonly code: "code" | null;
  /** Where the model file stood beside the other code, with forward slashes; empty for the top. */
  readonly place: string;
}

/** The absolute path of a model file. Throws in Python's words where there is none. */
export async function findModelFile(path: string): Promise<string> {
  const file = resolve(path);
  const isFile = await stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
  if (!isFile) {
    const meant = extname(file) === "" ? await fileWithExtension(file) : undefined;
    const hint = meant === undefined ? "" : ` Perhaps you meant '${meant}'?`;
    throw invalidParameter(
      `The provided model path '${file}' does not exist. Ensure the file path is valid and try again.${hint}`,
    );
  }
  if (EXTENSIONS.includes(extname(file))) return file;
  throw invalidParameter(
    `The provided model path '${file}' is no code that Node.js runs. Its name must end in one of ${EXTENSIONS.join(", ")}.`,
  );
}

async function fileWithExtension(file: string): Promise<string | undefined> {
  for (const extension of EXTENSIONS) {
    const found = await stat(file + extension).catch(() => undefined);
    if (found?.isFile()) return basename(file) + extension;
  }
  return undefined;
}

/**
 * Copies the model file, byte for byte, and the code it needs into a model folder. How they lie to one another
 * stays: imports by path go on to work.
 */
export async function storeCode(
  file: string,
  codePaths: readonly string[],
  folder: string,
): Promise<StoredCode> {
  const name = basename(file);
  await cp(file, join(folder, name));
  if (codePaths.length === 0) return { file: name, code: null, place: "" };
  const paths = codePaths.map((path) => resolve(path));
  const top = [dirname(file), ...(await Promise.all(paths.map(directoryOf)))].reduce(sharedParent);
  for (const path of paths) {
    await cp(path, join(folder, "code", relative(top, path)), {
      recursive: true,
      // A link would name a place on this machine.
      dereference: true,
      filter: (source) => source === path || !LEFT_OUT.test(basename(source)),
    });
  }
  const place = relative(top, dirname(file)).split(sep).join("/");
  return { file: name, code: "code", place };
}

async function directoryOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw invalidParameter(`The code path '${path}' does not exist.`);
  return found.isDirectory() ? path : dirname(path);
}

function sharedParent(one: string, other: string): string {
  let parent = one;
  while (other !== parent && !other.startsWith(parent.endsWith(sep) ? parent : parent + sep)) {
    parent = dirname(parent);
  }
  return parent;
}

/**
 * Lays the code of a model folder out as it was when it was logged, in `directory`; gives the path of
 * the model file there.
 */
export async function layOutCode(
  folder: string,
  { file, code, place }: StoredCode,
  directory: string,
): Promise<string> {
  const at = inside(directory, place);
  await mkdir(at, { recursive: true });
  if (code !== null) {
    await cp(inside(folder, code), directory, { recursive: true });
  }
  // Says whether `.js` means ES modules or CommonJS.
  await cp(join(folder, "package.json"), join(directory, "package.json")).catch(() => {});
  const target = inside(at, file);
  await cp(inside(folder, file), target);
  return target;
}

/** A model may come from anywhere: nothing it says leads out of its folder. */
function inside(directory: string, path: string): string {
  const target = resolve(directory, path);
  const way = relative(directory, target);
  if (typeof path === "string" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way)) {
    return target;
  }
  throw invalidParameter(`The model's folder names a path outside of itself: ${inspect(path)}.`);
}
