import { MlflowException } from "../../errors.js";
import { formatOf } from "../code/import-from-app.js";
import type { LangChainModel } from "../set-model.js";
import { firstDifference } from "./compare.js";
import {
  baseUrlVariables,
  checkClasses,
  loadChain,
  packagesOfChain,
  secretNames,
} from "./load-chain.js";
import { scrub } from "./scrub.js";

/** A chain as it is stored. */
export interface SerializedChain {
  readonly text: string;
  /** Variables that hold what was left out: keys, and where requests go. */
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
  readonly packages: readonly string[];
  /** What was left out, by its place. */
  readonly dropped: readonly string[];
}

/** What stands for a key while a chain is tried. */
const PLACEHOLDER = "langchain-mlflow";

/**
 * Writes a Runnable in LangChain's own serialized form, if that loads as the very same thing: it is
 * loaded once in memory and compared. Keys, addresses and headers are not written.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE that says which part is in the way, and how to log
 * the model from code instead.
 */
export async function serializeChain(
  model: LangChainModel,
  importsFrom: readonly string[],
): Promise<SerializedChain> {
  try {
    return await serialize(model, importsFrom);
  } catch (cause) {
    throw new MlflowException(
      `The model cannot be logged as an object: ${(cause as Error).message} ${FROM_CODE}`,
      "INVALID_PARAMETER_VALUE",
      { cause },
    );
  }
}

const FROM_CODE = `Log it from code: put what makes it into a file, say agent.js, that ends with

  import * as mlflow from "langchain-mlflow";
  const agent = …;
  mlflow.models.setModel(agent);

and log that file: mlflow.langchain.logModel({ lcModel: "agent.js", name: "model" })`;

async function serialize(
  model: LangChainModel,
  importsFrom: readonly string[],
): Promise<SerializedChain> {
  const { lc_serializable: isSerializable, toJSON } = model as {
    lc_serializable?: unknown;
    toJSON?: unknown;
  };
  if (isSerializable !== true || typeof toJSON !== "function") {
    throw new Error(`${nameOf(model)} does not serialize.`);
  }
  const serialized: unknown = JSON.parse(JSON.stringify(model));
  checkClasses(serialized);
  const dropped = scrub(serialized);
  const text = JSON.stringify(serialized);
  const secrets = secretNames(serialized);
  const reloaded = await loadChain(text, {
    importsFrom,
    format: formatOf(model),
    secrets,
    secretOf: () => PLACEHOLDER,
  });
  const again: unknown = JSON.parse(JSON.stringify(reloaded));
  scrub(again);
  if (sorted(again) !== sorted(serialized)) {
    throw new Error(`${nameOf(model)} is another one when it is loaded.`);
  }
  const difference = firstDifference(model, reloaded);
  if (difference) throw new Error(`${difference}, which is lost when it is stored.`);
  const variables = [...secrets, ...(dropped.length > 0 ? baseUrlVariables(serialized) : [])];
  return { text, secrets, variables, packages: packagesOfChain(serialized), dropped };
}

function nameOf(model: object): string {
  return (model as { constructor: { name: string } }).constructor.name;
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
