import { MlflowException } from "../../base/errors.js";
import type { ImportFromApp } from "../code/import-from-app.js";
import type { FoundModel } from "./check-data.js";

/** The packages of the models in data, and the secrets that their classes declare. */
export interface LoadedClasses {
  /** By the namespace of the models' ids. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly secretIds: readonly string[];
}

/** What a class declares of its secrets, by property, and how data names its properties. */
interface Declaring {
  readonly lc_secrets?: Readonly<Record<string, string>>;
  readonly lc_aliases?: Readonly<Record<string, string>>;
}

/**
 * Imports the classes of models. The lists say which secret a field takes; the installed class must declare the same, because
 * another version of it may read the field for something else.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE where a class does not declare the secret.
 */
export async function loadModelClasses(
  models: readonly FoundModel[],
  importFromApp: ImportFromApp,
): Promise<LoadedClasses> {
  const modules: Record<string, Readonly<Record<string, unknown>>> = {};
  const secretIds = new Set<string>();
  for (const { id, modelClass, secretFields } of models) {
    const namespace = id.slice(0, -1).join("/");
    modules[namespace] ??= await importFromApp(modelClass.package);
    const name = id.at(-1) as string;
    const { prototype } = (modules[namespace][name] ?? {}) as { readonly prototype?: Declaring };
    for (const field of secretFields) {
      const variable = modelClass.secrets[field] as string;
      if (!declares(prototype, field, variable)) throw notDeclared(name, field, variable);
      secretIds.add(variable);
    }
  }
  return { modules, secretIds: [...secretIds].sort() };
}

function declares(prototype: Declaring | undefined, field: string, variable: string): boolean {
  const { lc_secrets: secrets = {}, lc_aliases: aliases = {} } = prototype ?? {};
  return Object.entries(secrets).some(
    ([property, id]) => id === variable && (aliases[property] ?? snakeCase(property)) === field,
  );
}

/** As LangChain names fields in data. */
function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function notDeclared(name: string, field: string, variable: string): MlflowException {
  return new MlflowException(
    `The model is not loaded: the ${name} that is installed here does not read its ${field} from ${variable}. Install the version of its package that the model was logged with.`,
    "INVALID_PARAMETER_VALUE",
  );
}
