import { MlflowException } from "../../errors.js";
import { type ImportFromApp, importFrom, type ModuleFormat } from "../code/import-from-app.js";
import { findInstalled } from "../folder/installed.js";
import { allowedClass } from "./allowed-classes.js";
import { isConstructor, nodesOf } from "./nodes.js";

/** LangChain's loader and the classes of a chain, as the app itself imports them. */
export interface ChainClasses {
  readonly load: (text: string, options: object) => Promise<unknown>;
  /** By LangChain's namespace. */
  readonly importsMap: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
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
  format: ModuleFormat,
): Promise<ChainClasses> {
  const importFromApp = await importFrom(importsFrom, format);
  const [{ load }, coreVersion] = await Promise.all([
    importPackage(importFromApp, "@langchain/core/load"),
    findInstalled("@langchain/core", importsFrom)?.version ?? "",
  ]);
  refuseUnsafe(coreVersion);
  const importsMap: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [, node] of nodesOf(serialized)) {
    const found = isConstructor(node) ? allowedClass(node.id) : undefined;
    if (!found?.namespace || importsMap[found.namespace]) continue;
    const module = await importPackage(importFromApp, found.package);
    importsMap[found.namespace] = pick(module, found.namespace);
  }
  return { load: load as ChainClasses["load"], importsMap };
}

async function importPackage(
  importFromApp: ImportFromApp,
  specifier: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await importFromApp(specifier);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
    throw new MlflowException(
      isMissing
        ? `The chain needs the package ${specifier}, which this app has not installed: npm install ${specifier}`
        : `${specifier}, which the chain needs, could not be imported: ${message}`,
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
