import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface NpmLock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const LOCK_FILES = ["package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock"];

/** A lock file of the model: its name and its text. */
export interface LockFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The app's lock file, as far as the model needs it. npm's is cut down to what the model's dependencies
 * bring, so that `npm ci` takes it, and says nothing of where packages were fetched from; another
 * package manager's is handed on as it is.
 */
export function lockFileFor(
  directory: string,
  model: {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  },
): LockFile | undefined {
  for (let at = directory; ; at = dirname(at)) {
    for (const name of LOCK_FILES) {
      const text = readText(join(at, name));
      if (text === undefined) continue;
      if (!name.endsWith(".json")) return { name, text };
      const cut = cutNpmLock(text, model);
      return cut === undefined ? undefined : { name: "package-lock.json", text: cut };
    }
    if (dirname(at) === at) return undefined;
  }
}

/** Undefined where the app's lock does not hold what the model needs, at the version that is installed. */
function cutNpmLock(
  text: string,
  model: {
    readonly name: string;
    readonly version: string;
    readonly dependencies: Readonly<Record<string, string>>;
  },
): string | undefined {
  const lock = JSON.parse(text) as NpmLock;
  if (!(lock.lockfileVersion >= 2) || typeof lock.packages !== "object") return undefined;
  const kept = new Map<string, LockEntry>();
  for (const [name, version] of Object.entries(model.dependencies)) {
    const place = `node_modules/${name}`;
    if (lock.packages[place]?.version !== version || lock.packages[place]?.link) return undefined;
    keep(place, lock.packages, kept);
  }
  const packages: Record<string, unknown> = { "": model };
  for (const place of [...kept.keys()].sort()) packages[place] = withoutOrigin(kept.get(place));
  return `${JSON.stringify({ ...model, lockfileVersion: 3, requires: true, packages, dependencies: undefined }, null, 2)}\n`;
}

function keep(place: string, all: NpmLock["packages"], kept: Map<string, LockEntry>): void {
  const entry = all[place];
  if (!entry || kept.has(place)) return;
  kept.set(place, entry);
  const { dependencies, optionalDependencies, peerDependencies } = entry;
  for (const name of Object.keys({
    ...dependencies,
    ...optionalDependencies,
    ...peerDependencies,
  })) {
    const found = placeOf(name, place, all);
    if (found !== undefined) keep(found, all, kept);
  }
}

/** Where the package at `from` finds another: in its own folder, or in one around it. */
function placeOf(name: string, from: string, all: NpmLock["packages"]): string | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const place = at === "" ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (all[place]) return place;
    if (at === "") return undefined;
  }
}

/** A registry, or a path, is a thing of the machine that logged the model. */
function withoutOrigin(entry: LockEntry | undefined): object {
  const { resolved: _, ...rest } = (entry ?? {}) as Record<string, unknown>;
  for (const flag of ["dev", "devOptional", "extraneous"]) delete rest[flag];
  return rest;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
