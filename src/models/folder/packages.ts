import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { invalidParameter } from "../../base/errors.js";
import { parentsOf } from "../code/app-modules.js";

/** What a package says of itself, and where it is installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly directory: string;
  readonly peers: readonly string[];
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly type?: unknown;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The package of this name that code in these directories gets, the first one first. */
export function findPackage(
  name: string,
  directories: readonly string[],
): InstalledPackage | undefined {
  const places = directories.flatMap((directory) => [
    ...(createRequire(join(directory, "any.js")).resolve.paths(name) ?? []).map((modules) =>
      join(modules, name),
    ),
  ]);
  // Code inside a package may call it by its name.
  const around = directories
    .flatMap(parentsOf)
    .filter((parent) => readManifest(parent)?.name === name);
  for (const directory of [...places, ...around]) {
    const manifest = readManifest(directory);
    if (typeof manifest?.version !== "string") continue;
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
    const peers = Object.keys(peerDependencies).filter(
      (peer) => !peerDependenciesMeta[peer]?.optional,
    );
    return { name, version: manifest.version, directory, peers };
  }
  return undefined;
}

/**
 * The exact versions of these packages and of those they expect beside them, as they are installed; what is not installed
 * is left out.
 */
export function pinPackages(
  names: Iterable<string>,
  directories: readonly string[],
): Record<string, string> {
  const pinned = new Map<string, string>();
  const pin = (name: string, from: readonly string[]) => {
    const found = pinned.has(name) ? undefined : findPackage(name, from);
    if (!found) return;
    pinned.set(name, found.version);
    for (const peer of found.peers) pin(peer, [...directories, found.directory]);
  };
  for (const name of names) pin(name, directories);
  return sorted(pinned);
}

/**
 * The developer's own: names, with a version or without (`"pg"`, `"pg@8.11.0"`).
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for one without a version that is not installed.
 */
export function pinExtra(
  extra: readonly string[],
  directories: readonly string[],
): Record<string, string> {
  const pinned = new Map<string, string>();
  for (const text of extra) {
    const [, name = "", wanted] = /^(@?[^@\s]+)(?:@(\S+))?$/.exec(text) ?? [];
    const version = wanted ?? findPackage(name, directories)?.version;
    if (name === "" || version === undefined) {
      throw invalidParameter(
        `The extra dependency '${text}' is not installed: install it, or name its version ('${name || "name"}@1.2.3').`,
      );
    }
    pinned.set(name, version);
  }
  return sorted(pinned);
}

/** Whether `.js` means ES modules or CommonJS in a directory, as its package says. */
export function moduleTypeOf(directory: string): "module" | "commonjs" | undefined {
  for (const parent of parentsOf(directory)) {
    const manifest = readManifest(parent);
    if (!manifest) continue;
    const { type } = manifest;
    return type === "module" || type === "commonjs" ? type : undefined;
  }
  return undefined;
}

function readManifest(directory: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}

function sorted(pinned: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...pinned].sort(([one], [other]) => (one < other ? -1 : 1)));
}
