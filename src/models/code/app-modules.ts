import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { Runnable } from "@langchain/core/runnables";
import { shared } from "../../base/process-state.js";
import { createTemporaryFolder } from "../temporary-folder.js";

const OWN_NAME = "langchain-mlflow";

/**
 * Creates an empty temporary folder for code, from which imports by name resolve as they do from the app: its parent folders
 * contain links to the `node_modules` folders that `from` sees, the nearest one innermost. So model code gets the app's copies
 * of packages, wherever the model was downloaded to, without a module hook that slows down every import of the app. Because the
 * folder is new, Node loads its code as new modules. The folder is removed when the process exits.
 */
export function createCodeFolder(from: readonly string[]): string {
  const root = createTemporaryFolder("code");
  folders().add(root);
  let directory = root;
  // Node searches from the inside out, so the farthest folder is linked first.
  linkOwnPackage(directory, from);
  for (const modules of modulesSeenFrom(from).reverse()) {
    directory = join(directory, "in");
    mkdirSync(directory);
    link(modules, join(directory, "node_modules"));
  }
  directory = join(directory, "model");
  mkdirSync(directory);
  return directory;
}

/**
 * The directories that imports of the app are resolved from: the directory of the program, then the working directory. A
 * program in a `node_modules` folder is a tool that runs the app, so the working directory comes first then.
 */
export function appDirectories(): string[] {
  const program = process.argv[1];
  const cwd = process.cwd();
  if (program === undefined) return [cwd];
  const directory = dirname(realPathOf(resolve(program)));
  const index = directory.indexOf(`${sep}node_modules${sep}`);
  return index < 0 ? [directory, cwd] : [cwd, directory.slice(0, index)];
}

/** The `node_modules` folders that code in these directories can import from, nearest first, without duplicates. */
function modulesSeenFrom(directories: readonly string[]): string[] {
  const found = new Set<string>();
  for (const directory of directories) {
    for (const parent of parentsOf(directory)) {
      const modules = join(parent, "node_modules");
      if (!parent.endsWith(`${sep}node_modules`) && existsSync(modules)) {
        found.add(realPathOf(modules));
      }
    }
  }
  return [...found];
}

/** A program inside this package, such as a test, imports it by name although it is not installed: link the package around it. */
function linkOwnPackage(directory: string, from: readonly string[]): void {
  const own = from.flatMap(parentsOf).find((parent) => nameOfPackage(parent) === OWN_NAME);
  if (own === undefined) return;
  mkdirSync(join(directory, "node_modules"));
  link(own, join(directory, "node_modules", OWN_NAME));
}

function nameOfPackage(directory: string): unknown {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")).name;
  } catch {
    return undefined;
  }
}

export function parentsOf(directory: string): string[] {
  const parents = [directory];
  for (let at = directory; dirname(at) !== at; at = dirname(at)) parents.push(dirname(at));
  return parents;
}

/** On Windows a junction is the only kind of link that needs no privileges. Other systems ignore the type. */
function link(target: string, path: string): void {
  symlinkSync(target, path, "junction");
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function folders(): Set<string> {
  return shared("code folders", () => {
    const made = new Set<string>();
    process.once("exit", () => {
      for (const folder of made) rmSync(folder, { recursive: true, force: true });
    });
    return made;
  });
}

export type Module = Readonly<Record<string, unknown>>;

/** Imports a package as the app does. */
export type ImportFromApp = (specifier: string) => Promise<Module>;

/** LangChain's packages have two formats, and each format has its own classes. */
export type ModuleFormat = "esm" | "cjs";

/** Returns a function that imports packages from these directories in the given format, so that it gets the app's classes. */
export async function importFrom(
  directories: readonly string[],
  format: ModuleFormat,
): Promise<ImportFromApp> {
  const directory = createCodeFolder(directories);
  if (format === "cjs") {
    const require = createRequire(join(directory, "import.cjs"));
    return async (specifier) => require(specifier);
  }
  const file = join(directory, "import.mjs");
  writeFileSync(file, "export const load = (specifier) => import(specifier);\n");
  const { load } = (await import(pathToFileURL(file).href)) as { load: ImportFromApp };
  return load;
}

const CJS_BASE = /[\\/]@langchain[\\/]core[\\/]dist[\\/]runnables[\\/]base\.cjs$/;

/** The module format of the copy of core that made this object. Without an object: of the copy that this package imports. */
export function formatOf(model?: object): ModuleFormat {
  // Any absolute path works, because all `require` functions share one cache.
  const { cache } = createRequire(process.execPath);
  for (const [file, module] of Object.entries(cache)) {
    if (!CJS_BASE.test(file)) continue;
    const base = (module?.exports as { Runnable?: typeof Runnable } | undefined)?.Runnable;
    if (model ? base && isMadeBy(base, model) : base === Runnable) return "cjs";
  }
  return "esm";
}

function isMadeBy({ prototype }: { readonly prototype: object }, model: object): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, model);
}
