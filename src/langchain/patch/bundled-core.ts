import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Texts of core that no bundler changes, in two parts so that this file does not contain them. */
const MARKS = ["lc:child config", "lc runnable", "runnable lambda"].map((mark) =>
  mark.replace(" ", "_"),
);

/** Limits of the search: it runs once, and only if no copy of core was found outside of bundles. */
const MAX_FILES = 50;
const MAX_BYTES = 64 * 1024 * 1024;

const RELATIVE_IMPORT = /(?:from|import|require\()\s*\(?\s*["'](\.{1,2}\/[^"'\n]+)["']/g;

/** Returns a file of the running program that contains core: a bundle. Searches the entry file and what it imports. */
export function findBundledCore(entry: string | undefined): string | undefined {
  const { cache } = createRequire(process.execPath);
  const queue = [...(entry ? [fileOf(entry)] : []), ...Object.keys(cache)].filter(isOfApp);
  const seen = new Set<string>();
  let bytes = 0;
  for (const file of queue) {
    if (seen.size >= MAX_FILES || bytes > MAX_BYTES) return undefined;
    if (seen.has(file)) continue;
    seen.add(file);
    const text = read(file, MAX_BYTES - bytes);
    bytes += text.length;
    if (MARKS.every((mark) => text.includes(mark))) return file;
    for (const [, path = ""] of text.matchAll(RELATIVE_IMPORT)) {
      queue.push(join(dirname(file), path));
    }
  }
  return undefined;
}

function fileOf(entry: string): string {
  return entry.startsWith("file:") ? fileURLToPath(entry) : resolve(entry);
}

/** A program in `node_modules`, such as npm, does not belong to the app. */
function isOfApp(file: string): boolean {
  return !/[\\/]node_modules[\\/]/.test(file);
}

function read(file: string, maxBytes: number): string {
  try {
    return statSync(file).size <= maxBytes ? readFileSync(file, "latin1") : "";
  } catch {
    return "";
  }
}
