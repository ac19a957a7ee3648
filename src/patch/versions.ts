import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The versions of `@langchain/core` this package is tested with. */
export const SUPPORTED_CORE = ">=0.3.0 <2";

/** Undefined where the file does not tell. */
export function isSupportedCore(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major === 1 || (major === 0 && minor >= 3);
}

/** The version of the copy of core that this file belongs to: its package.json stands above `dist`. */
export function coreVersionAt(pathOrUrl: string): string | undefined {
  const path = pathOrUrl.startsWith("file:") ? fileURLToPath(pathOrUrl) : pathOrUrl;
  const root = /^(.*[\\/]@langchain[\\/]core)(?:[\\/]|$)/.exec(path)?.[1];
  return root === undefined ? undefined : readVersion(`${root}/package.json`);
}

/** The version of core as the running program resolves it. */
export function coreVersionOfApp(): string | undefined {
  const main = process.argv[1];
  if (main === undefined) return undefined;
  try {
    return readVersion(createRequire(main).resolve("@langchain/core/package.json"));
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
