import { invalidParameter } from "../../errors.js";
import { VERSION } from "../../shared.js";
import { packageOf, scanImports } from "../code/scan.js";
import { findInstalled } from "./installed.js";

const OWN_NAME = "langchain-mlflow";

/** Names of packages, or names with the exact version wanted. */
export type ExtraDependencies = readonly string[] | Readonly<Record<string, string>>;

/** The packages that stored code names. */
export function packagesOfCode(texts: readonly string[]): string[] {
  const names = texts.flatMap(scanImports).map(({ specifier }) => packageOf(specifier));
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * The exact versions of what a model uses, as they are installed where it was logged; this package and
 * LangChain's core are among them.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an extra dependency that is not installed.
 */
export function pinDependencies(
  names: readonly string[],
  extra: ExtraDependencies | undefined,
  importsFrom: readonly string[],
): Record<string, string> {
  const pinned = new Map<string, string>([[OWN_NAME, VERSION]]);
  for (const name of ["@langchain/core", ...names]) {
    const version = findInstalled(name, importsFrom)?.version;
    if (version !== undefined && name !== OWN_NAME) pinned.set(name, version);
  }
  if (Array.isArray(extra))
    for (const name of extra) pinned.set(name, versionOf(name, importsFrom));
  else for (const [name, version] of Object.entries(extra ?? {})) pinned.set(name, version);
  return Object.fromEntries([...pinned].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function versionOf(name: string, importsFrom: readonly string[]): string {
  const version = findInstalled(name, importsFrom)?.version;
  if (version !== undefined) return version;
  throw invalidParameter(
    `The extra dependency '${name}' is not installed. Install it, or name its version: extraDependencies: { "${name}": "1.2.3" }.`,
  );
}

/** What the model was logged with and what is here, where the two differ. */
export function mismatches(
  pinned: Readonly<Record<string, string>>,
  importsFrom: readonly string[],
): readonly { readonly name: string; readonly wanted: string; readonly found: string }[] {
  return Object.entries(pinned).flatMap(([name, wanted]) => {
    const found = name === OWN_NAME ? VERSION : findInstalled(name, importsFrom)?.version;
    return found === wanted ? [] : [{ name, wanted, found: found ?? "not installed" }];
  });
}
