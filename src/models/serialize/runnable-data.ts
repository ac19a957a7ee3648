import { inspect } from "node:util";
import { MlflowException, messageOf } from "../../base/errors.js";
import { shared } from "../../base/process-state.js";
import { formatOf, type ImportFromApp, importFrom } from "../code/import-from-app.js";
import { isLangChainModel, type LangChainModel } from "../set-model.js";
import { checkData, type FoundModel } from "./check-data.js";
import { type Difference, findDifference } from "./difference.js";
import type { ModelClass } from "./model-classes.js";
import { type LoadedClasses, loadModelClasses } from "./model-modules.js";
import { NotData } from "./not-data.js";
import { type Findings, toData } from "./to-data.js";

/** An object of LangChain's as data that gives it back. */
export interface RunnableData {
  readonly json: string;
  /** The variables that its keys are read from at load. */
  readonly secretIds: readonly string[];
  /** What was left out, to come from the environment at load. */
  readonly left: readonly string[];
  readonly modelClasses: readonly ModelClass[];
}

type Load = (
  text: string,
  options: {
    readonly secretsMap: Readonly<Record<string, string>>;
    readonly secretsFromEnv: false;
    readonly optionalImportsMap: Readonly<Record<string, unknown>>;
  },
) => Promise<unknown>;

/**
 * Makes data of a Runnable with LangChain's own serialization, loads it in memory, and compares: only what comes
 * back the same is given.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for everything else, with the part that is in the way.
 */
export async function dumpRunnable(
  model: LangChainModel,
  importsFrom: readonly string[],
): Promise<RunnableData> {
  const findings: Findings = {
    ...{ secretIds: new Set<string>(), left: [], modelClasses: new Set<ModelClass>() },
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
    const { secretIds, left, modelClasses } = findings;
    return { json, secretIds: [...secretIds].sort(), left, modelClasses: [...modelClasses] };
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

/** The same object gives the same data. */
function differenceAsData(
  loaded: unknown,
  json: string,
  findings: Findings,
): Difference | undefined {
  const again = JSON.stringify(toData(loaded, "", { ...findings, left: [] }));
  return again === json ? undefined : { at: "", why: "gives other data when it is loaded" };
}

/**
 * Makes the object of data that {@link dumpRunnable} made.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for data of others, and for a secret that is not there.
 */
export async function loadRunnable(
  json: string,
  options: {
    readonly importsFrom: readonly string[];
    /** The variables that MLmodel lists: no other is read. */
    readonly secretIds: readonly string[];
    readonly readSecret: (id: string) => string | undefined;
  },
): Promise<LangChainModel> {
  const importFromApp = await appModules(options.importsFrom, formatOf());
  const models = checkParsed(json);
  const classes = await loadModelClasses(models, importFromApp);
  const secrets: Record<string, string> = {};
  for (const id of classes.secretIds) {
    const value = options.secretIds.includes(id) ? options.readSecret(id) : undefined;
    if (!value) throw missingSecret(id, options.secretIds);
    secrets[id] = value;
  }
  const model = await loadWith(importFromApp, json, classes, secrets).catch((cause: unknown) => {
    throw notLoaded(cause);
  });
  if (isLangChainModel(model)) return model;
  throw new MlflowException(
    "The model's data makes no LangChain object.",
    "INVALID_PARAMETER_VALUE",
  );
}

function checkParsed(json: string): readonly FoundModel[] {
  try {
    return checkData(JSON.parse(json));
  } catch (cause) {
    throw notLoaded(cause);
  }
}

async function loadWith(
  importFromApp: ImportFromApp,
  json: string,
  { modules }: LoadedClasses,
  secretsMap: Readonly<Record<string, string>>,
): Promise<unknown> {
  const { load } = (await importFromApp("@langchain/core/load")) as { readonly load: Load };
  return load(json, { secretsMap, secretsFromEnv: false, optionalImportsMap: modules });
}

/** One for a place and a format: its imports stay what they are. */
function appModules(importsFrom: readonly string[], format: "esm" | "cjs"): Promise<ImportFromApp> {
  const made = shared("app modules", () => new Map<string, Promise<ImportFromApp>>());
  const key = JSON.stringify([format, ...importsFrom]);
  const modules = made.get(key) ?? importFrom(importsFrom, format);
  made.set(key, modules);
  return modules;
}

/** `load` names the classes it makes objects of after their ids; the app's classes keep the names they have. */
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
  const model = …;  // what makes your ${name}
  mlflow.models.setModel(model);

and pass that file: logModel({ lcModel: "model.mjs", … }).`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

function notLoaded(cause: unknown): MlflowException {
  if (cause instanceof MlflowException) return cause;
  const why = messageOf(cause);
  return new MlflowException(
    `The model is not loaded: ${why}. Only data that langchain-mlflow itself would write is loaded. Log the model again, from code if need be.`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

function missingSecret(id: string, listed: readonly string[]): MlflowException {
  return new MlflowException(
    listed.includes(id)
      ? `The model needs the secret ${id}: set the environment variable ${id}, or pass secrets: { ${id}: "…" } to loadModel().`
      : `The model asks for the secret ${inspect(id)}, which its MLmodel file does not list: it is not read.`,
    "INVALID_PARAMETER_VALUE",
  );
}
