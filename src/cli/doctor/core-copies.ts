import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

export interface InstalledPackage {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  readonly version: string;
}

/** More packages than real apps have: a search that takes longer is of no use. */
const MAX_FOLDERS = 50_000;

/**
 * Lists the copies of a package below the `node_modules` of a directory and of the directories above it, also those in
 * packages of the app, and in pnpm's store.
 */
export function findInstalled(name: string, directory: string): InstalledPackage[] {
  const found = new Map<string, InstalledPackage>();
  const seen = new Set<string>();
  const visit = (nodeModules: string): void => {
    const real = realPathOf(nodeModules);
    if (real === undefined || seen.has(real) || seen.size > MAX_FOLDERS) return;
    seen.add(real);
    const copy = readPackage(join(real, name));
    if (copy) found.set(copy.folder, copy);
    for (const folder of packagesIn(real)) visit(join(folder, "node_modules"));
  };
  for (let at = directory; ; at = dirname(at)) {
    visit(join(at, "node_modules"));
    if (dirname(at) === at) break;
  }
  return [...found.values()].sort((one, other) => (one.folder < other.folder ? -1 : 1));
}

/** The copy that a file in the directory would import. */
export function resolveInstalled(name: string, directory: string): InstalledPackage | undefined {
  const paths = createRequire(join(directory, "index.js")).resolve.paths(name) ?? [];
  for (const path of paths) {
    const found = readPackage(join(path, name));
    if (found) return found;
  }
  return undefined;
}

/** The direct packages of a `node_modules` folder. In pnpm's store, each entry has its own `node_modules`. */
function packagesIn(nodeModules: string): string[] {
  return namesIn(nodeModules).flatMap((name) => {
    const path = join(nodeModules, name);
    if (name === ".pnpm" || name.startsWith("@"))
      return namesIn(path).map((one) => join(path, one));
    return name.startsWith(".") ? [] : [path];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readPackage(folder: string): InstalledPackage | undefined {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return undefined;
  try {
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    return { folder: realpathSync(folder), version: String(version ?? "") };
  } catch {
    return undefined;
  }
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
