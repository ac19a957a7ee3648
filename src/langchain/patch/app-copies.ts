import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { rootOfCore } from "./versions.js";

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
