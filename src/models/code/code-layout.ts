import { cp, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { inspect } from "node:util";
import { invalidParameter } from "../../base/errors.js";
import { hasModuleSyntax, isTypeScript } from "./typescript.js";

/** The extensions that a model file can have. */
const EXTENSIONS = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];
/** Never copied into a model: installed packages, git's data, local stores, and files that contain keys. */
const EXCLUDED_NAMES = /^(node_modules|\.git|\.?mlflow-local|mlruns|\.env(\..*)?|\.npmrc)$/;

/** The layout of the code in a model's folder, as stored in MLmodel. */
export interface StoredCode {
  /** The name of the model file, which is at the top of the model's folder. */
  readonly file: string;
  /** The folder of the other code, or null when there is no other code. */
  readonly code: "code" | null;
  /** The directory of the model file relative to the other code, with forward slashes. Empty for the top. */
  readonly place: string;
}

/** Returns the absolute path of a model file. Throws if it does not exist, or has another extension. */
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
    `The provided model path '${file}' is not a file of code that Node.js runs. Its name must end in one of ${EXTENSIONS.join(", ")}.`,
  );
}

async function fileWithExtension(file: string): Promise<string | undefined> {
  for (const extension of EXTENSIONS) {
    const found = await stat(file + extension).catch(() => undefined);
    if (found?.isFile()) return basename(file) + extension;
  }
  return undefined;
}

/** Copies the model file and its code paths unchanged into a model's folder. They keep their relative places, so imports by path work. */
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
      // A link would point to a path on this machine.
      dereference: true,
      filter: (source) => source === path || !EXCLUDED_NAMES.test(basename(source)),
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

/** Copies the code of a model's folder to `directory`, in the layout it had when it was logged. Returns the path of the model file. */
export async function restoreCode(
  folder: string,
  { file, code, place }: StoredCode,
  directory: string,
): Promise<string> {
  const at = inside(directory, place);
  await mkdir(at, { recursive: true });
  if (code !== null) {
    await cp(inside(folder, code), directory, { recursive: true });
  }
  // Its `type` decides whether `.js` files are ES modules or CommonJS.
  await cp(join(folder, "package.json"), join(directory, "package.json")).catch(() => {});
  const target = inside(at, file);
  await cp(inside(folder, file), target);
  if (isTypeScript(file) && hasModuleSyntax(await readFile(target, "utf8"))) {
    await allowModules(join(directory, "package.json"));
  }
  return target;
}

/**
 * Removes `"type": "commonjs"`, which `npm init` writes also in apps whose TypeScript is compiled from ES modules. Without a type,
 * the syntax of each file decides, so Node runs the file without a compiler.
 */
async function allowModules(manifest: string): Promise<void> {
  const text = await readFile(manifest, "utf8").catch(() => "{}");
  const { type, ...rest } = JSON.parse(text);
  if (type === "commonjs") await writeFile(manifest, JSON.stringify(rest));
}

/** Resolves a path from MLmodel, which is not trusted: throws if the path is outside of the directory. */
function inside(directory: string, path: string): string {
  const target = resolve(directory, path);
  const steps = relative(directory, target);
  const isOutside = steps === ".." || steps.startsWith(`..${sep}`) || isAbsolute(steps);
  if (typeof path === "string" && !isOutside) return target;
  throw invalidParameter(`The model's folder names a path outside of itself: ${inspect(path)}.`);
}
