import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../errors.js";
import { isMapping } from "../../store/file/meta-yaml.js";
import type { StoredCode } from "../code/code-layout.js";
import type { SignatureDict } from "../signature/model-signature.js";

export const ML_MODEL_FILE = "MLmodel";
export const FLAVOR = "langchainjs";

/** What MLmodel says of our flavor. */
export interface LangChainFlavor {
  /** The class of the model, such as `RunnableSequence`. */
  readonly model_type: string;
  /** The file of a serialized chain, or null for a model from code. */
  readonly data: string | null;
  /** How the code lies, or null for a serialized chain. */
  readonly code: StoredCode | null;
  readonly node_version: string;
  readonly langchain_core_version: string;
  /** Exact versions of what it uses. */
  readonly dependencies: Readonly<Record<string, string>>;
  /** Names of the keys it is given at load. */
  readonly secrets: readonly string[];
  readonly model_config: Readonly<Record<string, unknown>> | null;
  readonly streamable: boolean;
}

/** The file MLmodel, as data. */
export interface MlModel {
  readonly artifact_path?: string;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly env_vars?: readonly string[];
  readonly metadata?: unknown;
  readonly model_id?: string;
  readonly model_uuid: string;
  readonly run_id?: string;
  readonly saved_input_example_info?: Readonly<Record<string, string>>;
  readonly signature?: SignatureDict;
  readonly utc_time_created: string;
}

/** MLmodel's text, in block style, keys in their order by name as Python writes them. */
export async function mlModelText(model: MlModel): Promise<string> {
  const { stringify } = await import("yaml");
  return stringify(model, {
    version: "1.1",
    sortMapEntries: true,
    lineWidth: 0,
    keepUndefined: false,
  });
}

/** Reads a model folder's MLmodel. */
export async function readMlModel(folder: string): Promise<MlModel> {
  const text = await readFile(join(folder, ML_MODEL_FILE), "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new MlflowException(
      `Could not find an "${ML_MODEL_FILE}" configuration file at "${folder}"`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const { parse } = await import("yaml");
  const model: unknown = parse(text, { version: "1.1", schema: "core", logLevel: "silent" });
  if (isMapping(model) && isMapping(model.flavors)) return model as unknown as MlModel;
  throw new MlflowException(`${ML_MODEL_FILE} of the model is not one: it names no flavors.`);
}

/** Our flavor of a model. @throws MlflowException for a model of another flavor, naming it. */
export function flavorOf({ flavors }: MlModel): LangChainFlavor {
  const flavor = flavors[FLAVOR];
  if (isMapping(flavor)) return flavor as unknown as LangChainFlavor;
  const names = Object.keys(flavors);
  const why = names.includes("langchain")
    ? "It was logged by Python's mlflow.langchain, whose code and pickled objects only Python runs: serve it with `mlflow models serve` and call that."
    : "Only models that langchain-mlflow has logged are loaded.";
  throw new MlflowException(
    `The model has no flavor "${FLAVOR}", but ${names.join(", ") || "none"}. ${why}`,
    "INVALID_PARAMETER_VALUE",
  );
}

/** A time as MLmodel has it: `2026-11-23 19:12:30.959000`, UTC. */
export function utcTime(date: Date): string {
  return date.toISOString().replace("T", " ").replace("Z", "000");
}
