import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What of an installed package's `package.json` is read. */
export interface InstalledPackage {
  readonly version: string;
  readonly directory: string;
}

/** The package as code in one of these directories would find it; the first that does counts. */
export function findInstalled(
  name: string,
  directories: readonly string[],
): InstalledPackage | undefined {
  for (const start of directories) {
    for (let at = start; ; at = dirname(at)) {
      const directory = join(at, "node_modules", name);
      const version = readPackage(directory)?.version;
      if (typeof version === "string") return { version, directory };
      if (dirname(at) === at) break;
    }
  }
  return undefined;
}

/** The nearest `package.json` at or above a directory. */
export function nearestPackage(
  directory: string,
): { readonly directory: string; readonly content: Readonly<Record<string, unknown>> } | undefined {
  for (let at = directory; ; at = dirname(at)) {
    const content = readPackage(at);
    if (content) return { directory: at, content };
    if (dirname(at) === at) return undefined;
  }
}

function readPackage(directory: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}
