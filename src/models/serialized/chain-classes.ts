import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlflowException } from "../../errors.js";
import { createCodeFolder } from "../code/app-modules.js";
import { allowedClass } from "./allowed-classes.js";
import { isConstructor, nodesOf } from "./nodes.js";

/** LangChain's loader and the classes of a chain, as the app itself imports them. */
export interface ChainClasses {
  readonly load: (text: string, options: object) => Promise<unknown>;
  /** By LangChain's namespace. */
  readonly importsMap: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** The version of `@langchain/core`. */
  readonly coreVersion: string;
}

/**
 * Imports what a serialized chain needs, resolved from the app: so it is made of the app's own copy of
 * core and of each provider's package.
 *
 * @throws MlflowException INVALID_STATE where a package is not installed, or core is of a version whose
 * loader makes secrets of data (before 0.3.80, and from 1.0 before 1.1.8).
 */
export async function importChainClasses(
  serialized: unknown,
  importsFrom: readonly string[],
): Promise<ChainClasses> {
  const directory = createCodeFolder(importsFrom);
  const packages = new Map<string, string>();
  for (const [, node] of nodesOf(serialized)) {
    const found = isConstructor(node) ? allowedClass(node.id) : undefined;
    if (found?.namespace) packages.set(found.namespace, found.package);
  }
  const lines = [...packages].map(
    ([, name], index) => `export * as package${index} from ${JSON.stringify(name)};`,
  );
  const file = join(directory, "classes.mjs");
  await writeFile(
    file,
    [
      'import { createRequire } from "node:module";',
      'export { load } from "@langchain/core/load";',
      'export const coreVersion = createRequire(import.meta.url)("@langchain/core/package.json").version;',
      ...lines,
    ].join("\n"),
  );
  const classes = await importFile(file);
  const coreVersion = String(classes.coreVersion);
  refuseUnsafe(coreVersion);
  return {
    load: classes.load as ChainClasses["load"],
    importsMap: Object.fromEntries(
      [...packages.keys()].map((namespace, index) => [
        namespace,
        pick(classes[`package${index}`] as Record<string, unknown>, namespace),
      ]),
    ),
    coreVersion,
  };
}

async function importFile(file: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const missing = /Cannot find package '([^']+)'/.exec((cause as Error).message)?.[1];
    throw new MlflowException(
      missing
        ? `The chain needs the package ${missing}, which this app has not installed: npm install ${missing}`
        : `The classes of the chain could not be imported: ${(cause as Error).message}`,
      "INVALID_STATE",
      { cause },
    );
  }
}

/** Only the classes that are allowed, whatever else the package exports. */
function pick(module: Readonly<Record<string, unknown>>, namespace: string) {
  const id = namespace.split("/");
  return Object.fromEntries(
    Object.entries(module).filter(([name]) => allowedClass([...id, name]) !== undefined),
  );
}

/** CVE-2025-68665: before these versions, data that looks like a secret was loaded as one. */
function refuseUnsafe(version: string): void {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const atLeast = (wantedMinor: number, wantedPatch: number) =>
    minor > wantedMinor || (minor === wantedMinor && patch >= wantedPatch);
  if (major === 0 ? atLeast(3, 80) : major > 1 || atLeast(1, 8)) return;
  throw new MlflowException(
    `Serialized chains are not loaded with @langchain/core ${version}, whose loader takes data for secrets (CVE-2025-68665). ` +
      "Update it to 0.3.80, 1.1.8 or newer, or log the model from code.",
    "INVALID_STATE",
  );
}
