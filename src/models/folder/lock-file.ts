import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { parentsOf } from "../code/app-modules.js";
import type { StoredPackage } from "./own-package.js";

/** A package in npm's package-lock.json. */
interface LockedPackage {
  readonly name?: string;
  readonly version?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

type LockedPackages = Readonly<Record<string, LockedPackage>>;

/** Fields that describe the app or its registry, not the package. */
const EXCLUDED_FIELDS = [
  "resolved",
  "dev",
  "devOptional",
  "peer",
  "extraneous",
  "devDependencies",
  "name",
];

interface Manifest {
  readonly name: string;
  /** The version of each package. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Packages that are stored in the model. */
  readonly stored?: Readonly<Record<string, StoredPackage>>;
}

export interface LockFile {
  readonly name: string;
  readonly text: string;
}

/** The lock files of other package managers, which are copied unchanged. */
const OTHER_LOCK_FILES = ["pnpm-lock.yaml", "yarn.lock", "bun.lock"];

/**
 * Returns the lock file of a model, made from the app's. Of npm's lock file it keeps the packages that the model's package.json
 * needs, so that `npm ci` installs the versions that the app ran with, without the URLs they came from. Other lock files are
 * copied whole. Undefined when the app has no lock file, or the lock file does not match the installed packages.
 */
export function lockFileFor(
  directories: readonly string[],
  manifest: Manifest,
): LockFile | undefined {
  for (const directory of directories.flatMap(parentsOf)) {
    const npm = readText(join(directory, "package-lock.json"));
    if (npm !== undefined) {
      const place = relative(directory, directories[0] ?? directory)
        .split(sep)
        .join("/");
      const text = partOf(npm, place, manifest);
      return text === undefined ? undefined : { name: "package-lock.json", text };
    }
    const other = otherLockFile(directory);
    if (other) return other;
  }
  return undefined;
}

function otherLockFile(directory: string): LockFile | undefined {
  for (const name of OTHER_LOCK_FILES) {
    const text = readText(join(directory, name));
    // A lock file with a password or with paths on this machine is not stored.
    if (text !== undefined && isShareable(text)) return { name, text };
  }
  return undefined;
}

function partOf(text: string, place: string, manifest: Manifest): string | undefined {
  const part = new Part((parse(text)?.packages ?? {}) as LockedPackages);
  const { name, dependencies: versions, stored = {} } = manifest;
  const isWhole = Object.entries(versions).every(([dependency, version]) =>
    part.take(dependency, place, version),
  );
  if (!isWhole) return undefined;
  const dependencies = { ...versions };
  const taken = part.packages();
  for (const [one, { specifier, integrity }] of Object.entries(stored)) {
    const path = `node_modules/${one}`;
    dependencies[one] = specifier;
    taken[path] = { ...taken[path], resolved: specifier, integrity };
  }
  const packages = { "": { name, dependencies }, ...taken };
  return `${JSON.stringify({ name, lockfileVersion: 3, requires: true, packages }, null, 2)}\n`;
}

/** Packages taken from a lock file, with all their dependencies. */
class Part {
  readonly #all: LockedPackages;
  readonly #taken = new Map<string, object>();

  constructor(all: LockedPackages) {
    this.#all = all;
  }

  /** Takes a package. Returns false if the package, its version or one of its dependencies is not in the lock file. */
  take(name: string, from: string, version?: string): boolean {
    const path = find(this.#all, name, from);
    const found = path === undefined ? undefined : this.#all[path];
    if (path === undefined || !found || found.link) return false;
    if (version !== undefined && found.version !== version) return false;
    const target = path === "" ? `node_modules/${name}` : path;
    // A model has no workspaces, so it cannot have packages from a workspace's own folder.
    if (!target.startsWith("node_modules/")) return false;
    if (this.#taken.has(target)) return true;
    this.#taken.set(target, without(found, EXCLUDED_FIELDS));
    for (const one of Object.keys(found.optionalDependencies ?? {})) this.take(one, path);
    return neededBy(found).every((one) => this.take(one, path));
  }

  packages(): Record<string, object> {
    return Object.fromEntries([...this.#taken].sort(([one], [other]) => (one < other ? -1 : 1)));
  }
}

function neededBy(locked: LockedPackage): string[] {
  const {
    dependencies,
    optionalDependencies = {},
    peerDependencies,
    peerDependenciesMeta,
  } = locked;
  return Object.keys({ ...dependencies, ...peerDependencies }).filter(
    (name) =>
      !(
        Object.hasOwn(optionalDependencies, name) || peerDependenciesMeta?.[name]?.optional === true
      ),
  );
}

/** The path of a package as Node resolves it from the path of another package. */
function find(packages: LockedPackages, name: string, from: string): string | undefined {
  for (let at = from; ; ) {
    const path = `${at}${at && "/"}node_modules/${name}`;
    if (packages[path]) return path;
    if (at === "") break;
    const index = at.lastIndexOf("/node_modules/");
    at = index >= 0 ? at.slice(0, index) : at.includes("/") ? at.slice(0, at.lastIndexOf("/")) : "";
  }
  return packages[""]?.name === name ? "" : undefined;
}

function without(value: object, keys: readonly string[]): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function isShareable(text: string): boolean {
  return !/:\/\/[^/\s@"']*:[^/\s@"']*@|_authToken|file:\/{1,3}\w|link:\//.test(text);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
