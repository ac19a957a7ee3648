import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Reads what an install of packages brings into a folder, as Node.js resolves their dependencies. */
export function createInstalled(folder) {
  const resolve = (name, from = folder) => {
    for (let at = from; at.startsWith(folder); at = join(at, "..")) {
      const candidate = join(at, "node_modules", name);
      if (existsSync(join(candidate, "package.json"))) return candidate;
    }
    return undefined;
  };
  const manifest = (package_) => JSON.parse(readFileSync(join(package_, "package.json"), "utf8"));
  const closure = (names, from = folder, found = new Set()) => {
    for (const name of names) {
      const package_ = resolve(name, from);
      if (!package_ || found.has(package_)) continue;
      found.add(package_);
      closure(Object.keys(manifest(package_).dependencies ?? {}), package_, found);
    }
    return found;
  };
  return {
    /** The packages and MiB that `names` bring besides those of `present`. */
    sizeOf(names, present) {
      const there = closure(present);
      const own = [...closure(names)].filter((package_) => !there.has(package_));
      const bytes = own.reduce((sum, package_) => sum + bytesOf(package_), 0);
      return { packages: own.length, mebibytes: bytes / 2 ** 20 };
    },
    /** `name version` of each package that is installed. */
    versions: (names) =>
      names.flatMap((name) => {
        const package_ = resolve(name);
        return package_ ? [`${name} ${manifest(package_).version}`] : [];
      }),
  };
}

function bytesOf(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === "node_modules") return sum;
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size);
  }, 0);
}
