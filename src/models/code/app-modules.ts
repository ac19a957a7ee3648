import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { shared } from "../../base/process-state.js";
import { createTemporaryFolder } from "../temporary-folder.js";

const OWN_NAME = "langchain-mlflow";

/**
 * Makes a new, empty folder for code, from which imports by name resolve as they do from the app. It is in a
 * temporary folder, and its parents there hold links to the `node_modules` that `from` sees, the nearest innermost. So what is imported there is the app's own copy of
 * everything, wherever the model was downloaded to, without a hook that every import of the app would
 * pay for; and as the folder is new, all code in it is, too. It goes with the process.
 */
export function createCodeFolder(from: readonly string[]): string {
  const root = createTemporaryFolder("code");
  folders().add(root);
  let directory = root;
  // Node looks in the folder itself first: the farthest comes first, on the outside.
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
 * Where the app is, as far as a library can know: the program that was started and the working
 * directory. A program out of a `node_modules` folder is a tool that runs the app: then the working
 * directory tells more.
 */
export function appDirectories(): string[] {
  const program = process.argv[1];
  const cwd = process.cwd();
  if (program === undefined) return [cwd];
  const directory = dirname(realPathOf(resolve(program)));
  const index = directory.indexOf(`${sep}node_modules${sep}`);
  return index < 0 ? [directory, cwd] : [cwd, directory.slice(0, index)];
}

/** The `node_modules` folders that code in these directories sees, nearest first, each once. */
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

/** A program inside this package names it without having it installed: its name means the package around. */
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

/** Junctions are the links that Windows gives to everybody; elsewhere the word means nothing. */
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
