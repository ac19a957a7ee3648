import { inspect } from "node:util";
import { MlflowException, messageOf } from "../../base/errors.js";
import { shared } from "../../base/process-state.js";
import { isInRange } from "../../base/version.js";
import { formatOf, type ImportFromApp, importFrom } from "../code/app-modules.js";
import { isLangChainModel, type LangChainModel } from "../set-model.js";
import { checkData } from "./check-data.js";
import { type Difference, findDifference } from "./difference.js";
import { NotData } from "./fields.js";
import {
  type FoundModel,
  type LoadedClasses,
  loadModelClasses,
  type ModelClass,
} from "./model-classes.js";
import { type Findings, toData } from "./to-data.js";

/** A LangChain object as data. `loadRunnable()` creates an equal object from it. */
export interface RunnableData {
  readonly json: string;
  /** The environment variables from which loading reads the keys of the object. */
  readonly secretIds: readonly string[];
  /** The fields that are not in the data, because loading reads their values from the environment. */
  readonly omitted: readonly string[];
  readonly modelClasses: readonly ModelClass[];
}

/** The module of core that restores objects from data. */
const LOAD_MODULE = "@langchain/core/load";

type Load = (
  text: string,
  options: {
    readonly secretsMap: Readonly<Record<string, string>>;
    readonly secretsFromEnv: false;
    readonly optionalImportsMap: Readonly<Record<string, unknown>>;
  },
) => Promise<unknown>;

/**
 * Converts a Runnable to data with LangChain's own serialization. Then loads the data in memory, and compares the loaded
 * object to the original.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if the objects differ. The message names the part that cannot be stored
 * as data.
 */
export async function dumpRunnable(
  model: LangChainModel,
  importsFrom: readonly string[],
): Promise<RunnableData> {
  const findings: Findings = {
    ...{ secretIds: new Set<string>(), omitted: [], modelClasses: new Set<ModelClass>() },
    constructors: new Set<object>(),
  };
  try {
    const data = toData(model, "", findings);
    checkData(data);
    const json = JSON.stringify(data);
    const loaded = await keepingNames(findings.constructors, () =>
      loadFor(model, json, importsFrom),
    );
    const difference = findDifference(model, loaded) ?? differenceAsData(loaded, json, findings);
    if (difference) throw new NotData(difference.at, difference.why);
    const { secretIds, omitted, modelClasses } = findings;
    return { json, secretIds: [...secretIds].sort(), omitted, modelClasses: [...modelClasses] };
  } catch (cause) {
    throw cannotBeData(model, cause);
  }
}

async function loadFor(
  model: LangChainModel,
  json: string,
  importsFrom: readonly string[],
): Promise<unknown> {
  const importFromApp = await appModules(importsFrom, formatOf(model));
  const classes = await loadModelClasses(checkData(JSON.parse(json)), importFromApp);
  const secrets = Object.fromEntries(classes.secretIds.map((id) => [id, "for comparison only"]));
  return loadWith(importFromApp, json, classes, secrets);
}

/** Compares the data of the loaded object to the data that it was loaded from. */
function differenceAsData(
  loaded: unknown,
  json: string,
  findings: Findings,
): Difference | undefined {
  const again = JSON.stringify(toData(loaded, "", { ...findings, omitted: [] }));
  return again === json ? undefined : { at: "", why: "has different data after it is loaded" };
}

/**
 * Loads the object from data that {@link dumpRunnable} returned.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for data that {@link dumpRunnable} cannot return, and for a missing secret.
 */
export async function loadRunnable(
  json: string,
  options: {
    /** Imports a package that the data needs. */
    readonly importPackage: ImportFromApp;
    /** The environment variables that the MLmodel file lists. No other variables are read. */
    readonly secretIds: readonly string[];
    readonly readSecret: (id: string) => string | undefined;
  },
): Promise<LangChainModel> {
  const { importPackage } = options;
  const models = checkParsed(json);
  const classes = await loadModelClasses(models, importPackage);
  const secrets: Record<string, string> = {};
  for (const id of classes.secretIds) {
    const value = options.secretIds.includes(id) ? options.readSecret(id) : undefined;
    if (!value) throw missingSecret(id, options.secretIds);
    secrets[id] = value;
  }
  const model = await loadWith(importPackage, json, classes, secrets).catch((cause: unknown) => {
    throw cannotBeLoaded(cause);
  });
  if (isLangChainModel(model)) return model;
  throw new MlflowException(
    "The object in the model's data is not a LangChain object with `invoke`.",
    "INVALID_PARAMETER_VALUE",
  );
}

/** The packages from which {@link loadRunnable} imports for data with these models. */
export function packagesOfData(modelClasses: readonly ModelClass[]): string[] {
  return [LOAD_MODULE, ...modelClasses.map((one) => one.package)];
}

function checkParsed(json: string): readonly FoundModel[] {
  try {
    return checkData(JSON.parse(json));
  } catch (cause) {
    throw cannotBeLoaded(cause);
  }
}

async function loadWith(
  importFromApp: ImportFromApp,
  json: string,
  { modules }: LoadedClasses,
  secretsMap: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { load } = (await importFromApp(LOAD_MODULE)) as { readonly load: Load };
  return load(json, { secretsMap, secretsFromEnv: false, optionalImportsMap: modules });
}

/** Returns a function that imports the app's modules. Caches it, so that the same modules are imported once. */
export function appModules(
  importsFrom: readonly string[],
  format = formatOf(),
): Promise<ImportFromApp> {
  const made = shared("app modules", () => new Map<string, Promise<ImportFromApp>>());
  const key = JSON.stringify([format, ...importsFrom]);
  const modules = made.get(key) ?? importFrom(importsFrom, format);
  made.set(key, modules);
  return modules;
}

/** Calls `work`, then restores the names of the classes: LangChain's `load` renames the classes of the objects it creates. */
async function keepingNames<T>(classes: ReadonlySet<object>, work: () => Promise<T>): Promise<T> {
  const names = [...classes].map(
    (one) => [one, Object.getOwnPropertyDescriptor(one, "name")] as const,
  );
  try {
    return await work();
  } finally {
    for (const [one, name] of names) if (name) Object.defineProperty(one, "name", name);
  }
}

function cannotBeData(model: LangChainModel, cause: unknown): Error {
  if (cause instanceof MlflowException) return cause;
  const why = messageOf(cause);
  const name = model.constructor.name;
  return new MlflowException(
    `The ${name} cannot be logged as data: ${why}. Log it from code, in a file of its own:

  // model.mjs
  import * as mlflow from "langchain-mlflow";
  const model = …;  // the code that creates your ${name}
  mlflow.models.setModel(model);

Then pass the file: logModel({ lcModel: "model.mjs", … }).`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

function cannotBeLoaded(cause: unknown): MlflowException {
  if (cause instanceof MlflowException) return cause;
  const why = messageOf(cause);
  return new MlflowException(
    `The model cannot be loaded: ${why}. Only data that langchain-mlflow writes can be loaded. Log the model again, as data or from code.`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

function missingSecret(id: string, listed: readonly string[]): MlflowException {
  return new MlflowException(
    listed.includes(id)
      ? `The model needs the secret ${id}: set the environment variable ${id}, or pass secrets: { ${id}: "…" } to loadModel().`
      : `The model's data refers to the secret ${inspect(id)}, which its MLmodel file does not list. Unlisted secrets are not read. Log the model again.`,
    "INVALID_PARAMETER_VALUE",
  );
}

/** The versions of @langchain/core whose `load` does not create LangChain objects from a user's input (CVE-2025-68665). */
const SAFE_CORE = ">=0.3.80 <0.4 or >=1.1.8 <2";

/**
 * Checks whether this version of @langchain/core can load data safely.
 *
 * @throws MlflowException INVALID_STATE if it cannot. The message names the required version.
 */
export function checkCoreVersion(version: string | undefined): void {
  if (version !== undefined && isSafeCoreVersion(version)) return;
  throw new MlflowException(
    `@langchain/core ${version ?? "of an unknown version"} has a known vulnerability: it can create objects from a user's input when it loads data (CVE-2025-68665). To log models as data and load them, update @langchain/core to ${SAFE_CORE}, or log the model from code.`,
    "INVALID_STATE",
  );
}

export function isSafeCoreVersion(version: string): boolean {
  return isInRange(version, "0.3.80", "0.4") || isInRange(version, "1.1.8", "2");
}
