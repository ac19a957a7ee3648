import { inspect } from "node:util";
import { MlflowException } from "../../errors.js";
import type { ImportFromApp } from "../code/import-from-app.js";
import { isAllowed, type ModelClass, modelClassOf } from "./classes.js";
import { isPrivate, secretIdOf } from "./to-data.js";

/** What data names, once it is found to be no other than what this package writes. */
export interface CheckedData {
  readonly secretIds: readonly string[];
  /** The packages of its models, by the namespace that names them. */
  readonly modules: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Context {
  readonly importFromApp: ImportFromApp;
  readonly secretIds: Set<string>;
  readonly modules: Record<string, Readonly<Record<string, unknown>>>;
}

/** What a class says of its secrets: by property, and how properties are named in data. */
interface Declaring {
  readonly lc_secrets?: Readonly<Record<string, string>>;
  readonly lc_aliases?: Readonly<Record<string, string>>;
}

/**
 * Looks at data before any object is made of it: classes that are on the list, secrets only where their
 * class itself says so, and no key, address or header.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for anything else: this package did not write it.
 */
export async function checkData(data: unknown, importFromApp: ImportFromApp): Promise<CheckedData> {
  const context: Context = { importFromApp, secretIds: new Set(), modules: {} };
  await check(data, context, 0);
  return { secretIds: [...context.secretIds].sort(), modules: context.modules };
}

async function check(value: unknown, context: Context, depth: number): Promise<void> {
  if (typeof value !== "object" || value === null) return;
  if (depth > 100) throw refused("it is nested too deep");
  if (Array.isArray(value)) {
    for (const item of value) await check(item, context, depth + 1);
    return;
  }
  const { lc, type, id, kwargs } = value as { lc?: unknown } & Record<string, unknown>;
  // What a user wrote: `load` gives it back as it is.
  if ("__lc_escaped__" in value && Object.keys(value).length === 1) return;
  if (lc === undefined) return checkFields(value, [], context, depth);
  if (lc !== 1 || type !== "constructor" || !Array.isArray(id) || !isAllowed(id)) {
    throw refused(`it names ${inspect(id)} as a ${inspect(type)}`);
  }
  if (typeof kwargs !== "object" || kwargs === null || Array.isArray(kwargs)) {
    throw refused(`${inspect(id)} has no fields`);
  }
  const modelClass = modelClassOf(id);
  const secrets = modelClass ? await takeSecrets(kwargs, id, modelClass, context) : [];
  if (modelClass)
    checkConfiguration((kwargs as { configuration?: unknown }).configuration, modelClass);
  await checkFields(kwargs, secrets, context, depth);
}

async function checkFields(
  fields: object,
  secrets: readonly string[],
  context: Context,
  depth: number,
): Promise<void> {
  for (const [key, field] of Object.entries(fields)) {
    if (secrets.includes(key)) continue;
    if (isPrivate(key, field))
      throw refused(`its field ${inspect(key)} may be a key or an address`);
    await check(field, context, depth + 1);
  }
}

function checkConfiguration(configuration: unknown, { configuration: known }: ModelClass): void {
  for (const key of Object.keys(configuration ?? {})) {
    if (!known.includes(key)) throw refused(`it configures ${inspect(key)}`);
  }
}

/** The fields that hold a secret where the class declares that very secret. */
async function takeSecrets(
  kwargs: object,
  id: readonly unknown[],
  modelClass: ModelClass,
  context: Context,
): Promise<string[]> {
  const module = await context.importFromApp(modelClass.package);
  context.modules[id.slice(0, -1).join("/")] = module;
  const { prototype } = (module[String(id.at(-1))] ?? {}) as { prototype?: Declaring };
  const declared = prototype?.lc_secrets ?? {};
  const aliases = prototype?.lc_aliases ?? {};
  const taken: string[] = [];
  for (const [property, secretId] of Object.entries(declared)) {
    const key = aliases[property] ?? snakeCase(property);
    if (secretIdOf((kwargs as Readonly<Record<string, unknown>>)[key]) !== secretId) continue;
    context.secretIds.add(secretId);
    taken.push(key);
  }
  return taken;
}

/** As LangChain names fields in data. */
function snakeCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function refused(why: string): MlflowException {
  return new MlflowException(
    `The model is not loaded: langchain-mlflow did not write it so: ${why}.`,
    "INVALID_PARAMETER_VALUE",
  );
}
