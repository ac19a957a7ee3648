import { MlflowException } from "../../errors.js";
import { formatOf, type ModuleFormat } from "../code/import-from-app.js";
import type { LangChainModel } from "../set-model.js";
import { isLangChainModel } from "../set-model.js";
import { allowedClass } from "./allowed-classes.js";
import { importChainClasses } from "./chain-classes.js";
import { isConstructor, isNotImplemented, isSecret, nodesOf } from "./nodes.js";

export interface LoadChainOptions {
  /** The folders from which packages are resolved. */
  readonly importsFrom: readonly string[];
  /** The format of the classes it is made of. Default: that of the copy of core we run on. */
  readonly format?: ModuleFormat;
  /** The value of a secret that the chain names, or undefined. */
  readonly secretOf: (name: string) => string | undefined;
  /** The secrets the model is known to need; others are not given to it. */
  readonly secrets: readonly string[];
}

/**
 * Makes a chain from its serialized form: of allowed classes only, with the secrets that it was logged
 * with by name, and never any other.
 */
export async function loadChain(text: string, options: LoadChainOptions): Promise<LangChainModel> {
  const serialized: unknown = JSON.parse(text);
  checkClasses(serialized);
  const names = secretNames(serialized).filter((name) => options.secrets.includes(name));
  const secretsMap: Record<string, string> = {};
  const missing: string[] = [];
  for (const name of names) {
    const value = options.secretOf(name);
    if (value === undefined) missing.push(name);
    else secretsMap[name] = value;
  }
  if (missing.length > 0) {
    throw new MlflowException(
      `The model needs ${missing.join(", ")}: set it in the environment, or give it as \`secrets: { ${missing[0]}: "…" }\`.`,
      "INVALID_STATE",
    );
  }
  const { load, importsMap } = await importChainClasses(
    serialized,
    options.importsFrom,
    options.format ?? formatOf(),
  );
  const model = await load(text, {
    secretsMap,
    optionalImportsMap: importsMap,
    secretsFromEnv: false,
  });
  if (isLangChainModel(model)) return model;
  throw new MlflowException("The stored chain is no Runnable.", "INVALID_STATE");
}

/** Throws for what is not allowed, naming it and its place. */
export function checkClasses(serialized: unknown): void {
  for (const [path, node] of nodesOf(serialized)) {
    if (isNotImplemented(node)) throw refused(node.id, path, "LangChain does not serialize it");
    if (isConstructor(node) && !allowedClass(node.id)) {
      throw refused(node.id, path, "it is not known to load as what it was");
    }
  }
}

/** The names of the secrets it asks for. */
export function secretNames(serialized: unknown): string[] {
  const names = [...nodesOf(serialized)].flatMap(([, node]) => (isSecret(node) ? node.id : []));
  return [...new Set(names)];
}

/** The variables that say where its requests go, should it matter. */
export function baseUrlVariables(serialized: unknown): string[] {
  const found = [...nodesOf(serialized)].map(([, node]) =>
    isConstructor(node) ? allowedClass(node.id)?.baseUrlVariable : undefined,
  );
  return [...new Set(found.filter((name) => name !== undefined))];
}

/** The packages its classes are of. */
export function packagesOfChain(serialized: unknown): string[] {
  const found = [...nodesOf(serialized)].map(([, node]) =>
    isConstructor(node) ? allowedClass(node.id)?.package : undefined,
  );
  return [...new Set(found.filter((name) => name !== undefined))];
}

function refused(id: readonly string[], path: string, why: string): MlflowException {
  return new MlflowException(
    `${id.at(-1)} at ${path} cannot be part of a stored chain: ${why}.`,
    "INVALID_PARAMETER_VALUE",
  );
}
