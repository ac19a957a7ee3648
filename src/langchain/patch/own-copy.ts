import { realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { rootOfCore } from "./versions.js";

/**
 * Returns a path in the copy of core that this package imports, with the extension of its format. In a bundle it is the
 * bundle. Undefined if it is not known.
 *
 * @param here The file or URL of a module of this package.
 */
export function pathOfOwnCopy(here: string | undefined): string | undefined {
  if (!here) return undefined;
  const file = here.startsWith("file:") ? fileURLToPath(here) : here;
  try {
    if (isInBundle(file)) return file;
    const root = rootOfCore(createRequire(file).resolve("@langchain/core/runnables"));
    return root && join(root, file.endsWith(".cjs") ? "dist/index.cjs" : "dist/index.js");
  } catch {
    return undefined;
  }
}

/** Whether a bundler has put this package into a file of the app. */
export function isInBundle(file: string): boolean {
  try {
    const manifest = createRequire(file).resolve("langchain-mlflow/package.json");
    return !realpathSync(file).startsWith(dirname(realpathSync(manifest)) + sep);
  } catch {
    return true;
  }
}
