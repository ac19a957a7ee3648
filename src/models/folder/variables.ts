import { readsVariables, readVariable } from "../../settings/settings.js";
import type { ImportFromApp } from "../code/import-from-app.js";
import { packageOf, type ScannedImport } from "../code/scan.js";
import { MODEL_CLASSES } from "../serialize/model-classes.js";

/** As Python writes it above the names. */
const HEAD = `# This file records environment variable names that are used during model inference.
# They might need to be set when creating a serving endpoint from this model.
# Note: it is not guaranteed that all environment variables listed here are required
`;

export function variablesFile(names: readonly string[]): string {
  return HEAD + names.join("\n");
}

/**
 * The names of the variables a model from code needs: those its code reads, and those that the classes it imports
 * declare, as far as they are set now.
 */
export async function variablesOf(
  read: readonly string[],
  imports: readonly ScannedImport[],
  importFromApp: ImportFromApp,
): Promise<string[]> {
  if (!readsVariables()) return [];
  const declared = await Promise.all(imports.map((one) => declaredBy(one, importFromApp)));
  const ofPackages = Object.values(MODEL_CLASSES)
    .filter((known) => imports.some(({ specifier }) => packageOf(specifier) === known.package))
    .flatMap(({ variables }) => variables);
  const maybe = [...declared.flat(), ...ofPackages].filter((name) => readVariable(name));
  return [...new Set([...read, ...maybe])].sort();
}

/** What the classes that code takes from a package say of their secrets. */
async function declaredBy(
  { specifier, names }: ScannedImport,
  importFromApp: ImportFromApp,
): Promise<string[]> {
  if (names.length === 0 || !mayHaveModels(specifier)) return [];
  const module = await importFromApp(specifier).catch(() => undefined);
  return names.flatMap((name) => {
    const { prototype } = (module?.[name] ?? {}) as { prototype?: object };
    return prototype ? secretsOf(prototype) : [];
  });
}

/** Only packages of LangChain's own kind are asked: loading others again may do anything. */
function mayHaveModels(specifier: string): boolean {
  return /^(@langchain\/|langchain(\/|$)|@[\w-]+\/langchain|langchain-)/.test(specifier);
}

function secretsOf(prototype: object): string[] {
  try {
    const { lc_secrets: declared = {} } = prototype as { lc_secrets?: Record<string, string> };
    return Object.values(declared).filter((name) => typeof name === "string");
  } catch {
    return [];
  }
}
