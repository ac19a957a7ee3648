import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A file of an app is smaller. A bundle does not name what it imports. */
const MAX_BYTES = 500_000;
const MAX_FILES = 50;

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const TYPES = /\b(?:import|export)\s+type\b[^"';]*["'][^"']*["']/g;
const NAMES = /\b(?:from|import|require)\b\s*\(?\s*["']([^"']+)["']/g;
const ENDINGS = ["", ".js", ".mjs", ".cjs", ".ts", ".mts", "/index.js", "/index.ts"];

/**
 * The packages that a file of the app imports, itself or by the app's files that it imports, without running them. Finds
 * only names that are written out.
 */
export function packagesOfFile(entry: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const files = new Set([resolve(entry)]);
  // A set may grow while it is read.
  for (const file of files) {
    for (const name of namesIn(file)) {
      if (!/^\.{1,2}\//.test(name)) packages.add(name);
      else if (files.size < MAX_FILES) {
        const found = fileOf(resolve(dirname(file), name));
        if (found !== undefined) files.add(found);
      }
    }
  }
  return packages;
}

function namesIn(file: string): string[] {
  if (sizeOf(file) > MAX_BYTES) return [];
  const text = readFileSync(file, "utf8").replace(COMMENTS, "").replace(TYPES, "");
  return [...text.matchAll(NAMES)].map(([, name = ""]) => name);
}

function fileOf(path: string): string | undefined {
  // TypeScript's files import each other by the names of the compiled files.
  const bases = [path, path.replace(/\.([cm]?)js$/, ".$1ts")];
  const candidates = bases.flatMap((base) => ENDINGS.map((ending) => base + ending));
  return candidates.find((candidate) => sizeOf(candidate) <= MAX_BYTES);
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : Number.POSITIVE_INFINITY;
}
