import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { invalidParameter } from "../../base/errors.js";
import { warnOnce } from "../../base/log.js";
import { parentsOf } from "../code/app-modules.js";
import type { LangChainFlavor } from "./ml-model.js";

/** An installed package, and its directory. */
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

/** Finds the package that code in these directories imports by this name. The first directory that has it wins. */
export function findPackage(
  name: string,
  directories: readonly string[],
): InstalledPackage | undefined {
  const places = directories.flatMap((directory) => [
    ...(createRequire(join(directory, "any.js")).resolve.paths(name) ?? []).map((modules) =>
      join(modules, name),
    ),
  ]);
  // Code inside a package can import the package by its own name.
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

/** The exact versions of these packages and their peer dependencies, as installed. Packages that are not installed are omitted. */
function pinPackages(
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
 * The versions of extra packages, which are named with or without a version (`"pg"`, `"pg@8.11.0"`).
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a package that is named without a version and is not installed.
 */
function pinExtra(
  extra: readonly string[],
  directories: readonly string[],
): Record<string, string> {
  const pinned = new Map<string, string>();
  for (const text of extra) {
    const [, name = "", wanted] = /^(@?[^@\s]+)(?:@(\S+))?$/.exec(text) ?? [];
    const version = wanted ?? findPackage(name, directories)?.version;
    if (name === "" || version === undefined) {
      throw invalidParameter(
        `The extra dependency '${text}' is not installed: install it, or add a version to its name ('${name || "name"}@1.2.3').`,
      );
    }
    pinned.set(name, version);
  }
  return sorted(pinned);
}

/** Whether `.js` files in a directory are ES modules or CommonJS, according to the nearest package.json. */
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

/** Equal packages must make an equal package.json, since they are installed once for each package.json and lock file. */
function sorted(pinned: Iterable<readonly [string, string]>): Record<string, string> {
  return Object.fromEntries([...pinned].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** All packages that a model needs: those that its code imports, and extra ones. */
export function pinAll(
  names: readonly string[],
  extra: readonly string[],
  directories: readonly string[],
): Record<string, string> {
  const pinned = { ...pinPackages(names, directories), ...pinExtra(extra, directories) };
  return sorted(Object.entries(pinned));
}

interface Mismatch {
  readonly name: string;
  readonly logged: string;
  readonly found: string;
}

const PACKAGE_NAME = /^(@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*$/;

/**
 * The packages that are not installed here, or in another version than the model was logged with. The names come from the
 * model's file, which is not trusted: a name that no package can have, such as `../x`, is not looked up, and control characters
 * are not printed.
 */
function findMismatches({ packages }: LangChainFlavor, importsFrom: readonly string[]): Mismatch[] {
  return Object.entries(packages ?? {}).flatMap(([name, version]) => {
    const isName = PACKAGE_NAME.test(name);
    const found = (isName && findPackage(name, importsFrom)?.version) || "not installed";
    const logged = printable(String(version));
    return found === logged ? [] : [{ name: printable(name), logged, found }];
  });
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}

/** Logs a warning, once per model, with a table of the packages whose versions differ. */
export function warnOfMismatches(
  flavor: LangChainFlavor,
  importsFrom: readonly string[],
  shown: string,
): void {
  const rows = findMismatches(flavor, importsFrom);
  if (rows.length === 0) return;
  const table = [{ name: "package", logged: "logged with", found: "here" }, ...rows];
  const width = (column: keyof Mismatch) => Math.max(...table.map((row) => row[column].length));
  const lines = table.map(
    ({ name, logged, found }) =>
      `  ${name.padEnd(width("name"))}  ${logged.padEnd(width("logged"))}  ${found}`,
  );
  warnOnce(
    `versions ${shown}`,
    `${shown} was logged with other package versions than the installed ones. To install the versions it was logged with, run npm ci in the model's folder, or npm install with the packages below.`,
    lines,
  );
}
