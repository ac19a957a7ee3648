import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isInRange } from "../../base/version.js";

/** The versions of `@langchain/core` this package is tested with. */
export const SUPPORTED_CORE = ">=0.3.0 <2";

export function isSupportedCore(version: string): boolean {
  return isInRange(version, "0.3.0", "2");
}

/** The version of the copy of core that this file belongs to. Its package.json is in the folder above `dist`. */
export function coreVersionAt(pathOrUrl: string): string | undefined {
  const root = rootOfCore(pathOrUrl);
  return root === undefined ? undefined : readVersion(join(root, "package.json"));
}

/** The folder of the copy of core that this file belongs to. */
export function rootOfCore(pathOrUrl: string): string | undefined {
  const root = /^(.*[\\/]@langchain[\\/]core)(?:[\\/]|$)/.exec(pathOrUrl)?.[1];
  return root?.startsWith("file:") ? fileURLToPath(root) : root;
}

/** The version of core that the running program resolves. */
export function coreVersionOfApp(): string | undefined {
  try {
    const app = createRequire(process.argv[1] ?? join(process.cwd(), "eval.js"));
    return readVersion(app.resolve("@langchain/core/package.json"));
  } catch {
    return undefined;
  }
}

function readVersion(path: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(path, "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
