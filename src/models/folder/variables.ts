import { readsVariables, readVariable } from "../../settings/settings.js";
import type { ImportFromApp } from "../code/app-modules.js";
import { packageOf, type ScannedImport } from "../code/scan.js";
import { MODEL_CLASSES } from "../serialize/model-classes.js";

/** Python writes the same text above the names. */
const HEAD = `# This file records environment variable names that are used during model inference.
# They might need to be set when creating a serving endpoint from this model.
# Note: it is not guaranteed that all environment variables listed here are required
`;

export function variablesFile(names: readonly string[]): string {
  return HEAD + names.join("\n");
}

/**
 * The names of the environment variables that a model needs: the ones in `read`, and those of the variables declared by the
 * classes it imports that are set now.
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

/** The variables that the imported classes of a package declare for their secrets. */
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

/** Only LangChain's packages are imported, because importing any other package a second time could have side effects. */
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
