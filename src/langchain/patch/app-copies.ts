import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { debug } from "../../base/log.js";
import type { CoreClasses } from "./core-classes.js";
import { rootOfCore } from "./versions.js";

/** The ES modules of a copy of core that have the classes to patch. */
const MODULES = [
  "dist/callbacks/manager.js",
  "dist/runnables/base.js",
  "dist/singletons/async_local_storage/index.js",
];

const LANGCHAIN_PACKAGE = /^(@langchain\/(?!core$)|langchain$|deepagents$)/;

/**
 * The folders of the copies of core that an ES module app uses: those that its entry file and its LangChain packages
 * resolve, else those of the working directory. Empty for a CommonJS app, whose copies `require` knows.
 */
export function copiesOfApp(entry: string | undefined, directory: string): readonly string[] {
  const ofEntry = entry ? copiesFrom(entry) : [];
  return ofEntry.length > 0 ? ofEntry : copiesFrom(join(directory, "any.js"));
}

function copiesFrom(file: string): readonly string[] {
  if (!isEsModule(file)) return [];
  const places = [file, ...langChainPackages(file).map((folder) => join(folder, "any.js"))];
  return [...new Set(places.map(rootFrom).filter((root) => root !== undefined))];
}

/**
 * Loads the modules of a copy and passes each to `onModule`. If the app has loaded them already, they are the same.
 * If this version of Node.js cannot `require` ES modules, `onModule` is called later.
 */
export function loadCopy(
  root: string,
  onModule: (classes: CoreClasses, path: string) => void,
): void {
  const load = createRequire(join(root, "package.json"));
  const features: { readonly require_module?: boolean } = process.features;
  for (const file of MODULES.map((module) => join(root, module)).filter(existsSync)) {
    const url = pathToFileURL(file).href;
    const fail = (cause: unknown) => debug("loading %s failed: %o", url, cause);
    if (!features.require_module) {
      import(url).then((classes: CoreClasses) => onModule(classes, url)).catch(fail);
      continue;
    }
    try {
      onModule(load(file) as CoreClasses, url);
    } catch (cause) {
      fail(cause);
    }
  }
}

/** The folder of the copy of core that a file resolves. */
function rootFrom(file: string): string | undefined {
  try {
    return rootOfCore(createRequire(file).resolve("@langchain/core/package.json"));
  } catch {
    return undefined;
  }
}

/** The LangChain packages in the package.json of a file, as folders. With pnpm, the app may not resolve core itself. */
function langChainPackages(file: string): readonly string[] {
  const { manifest } = manifestOf(file);
  const names = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  return names
    .filter((name) => LANGCHAIN_PACKAGE.test(name))
    .flatMap((name) => {
      const modules = createRequire(file).resolve.paths(name) ?? [];
      const folder = modules.map((path) => join(path, name)).find((path) => existsSync(path));
      return folder ? [realpathSync(folder)] : [];
    });
}

function isEsModule(file: string): boolean {
  if (/\.[mc][jt]s$/.test(file)) return /\.m[jt]s$/.test(file);
  return manifestOf(file).manifest.type === "module";
}

interface Manifest {
  readonly type?: string;
  readonly dependencies?: object;
  readonly devDependencies?: object;
}

function manifestOf(file: string): { readonly manifest: Manifest } {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      return { manifest: JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) };
    } catch {
      if (folder === dirname(folder)) return { manifest: {} };
    }
  }
}
