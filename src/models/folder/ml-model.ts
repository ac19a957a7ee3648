import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import type { StoredCode } from "../code/code-layout.js";
import type { SavedInputExampleInfo } from "../signature/input-example.js";
import type { SignatureDict } from "../signature/model-signature.js";

const ML_MODEL_FILE = "MLmodel";
export const FLAVOR = "langchainjs";
/** The MLflow whose MLmodel files ours are like. */
export const MLFLOW_VERSION = "3.17.2";

/** What MLmodel says of a model of LangChain.js. */
export interface LangChainFlavor {
  readonly node_version: string;
  readonly langchain_core_version: string;
  readonly langchain_mlflow_version: string;
  /** Every package that was pinned, with its version. */
  readonly packages: Readonly<Record<string, string>>;
  /** The class of the model. */
  readonly model_type: string;
  readonly streamable: boolean;
  /** The model file, for a model from code; null for one from data. */
  readonly model_code_path: string | null;
  /** The folder of its other code, and where the model file stood beside it. */
  readonly code: string | null;
  readonly code_place?: string;
  /** The file with LangChain's data, for a model from data. */
  readonly model_data: string | null;
  /** The variables that its data takes keys from. */
  readonly secrets: readonly string[];
  /** What was left out of the data, to come from the environment. */
  readonly left_out: readonly string[];
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** An MLmodel file, in its own words. */
export interface MlModel {
  readonly artifact_path: string;
  readonly env_vars: readonly string[] | null;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly mlflow_version: string;
  readonly model_id?: string;
  readonly model_size_bytes: number;
  readonly model_uuid: string;
  readonly run_id?: string;
  readonly saved_input_example_info?: SavedInputExampleInfo;
  readonly signature?: SignatureDict;
  /** `2026-11-23 19:15:25.748784`, in UTC. */
  readonly utc_time_created: string;
}

/** Writes it as Python does, keys in order. */
export async function writeMlModel(folder: string, model: MlModel): Promise<void> {
  const { stringify } = await import("yaml");
  const text = stringify(model, { sortMapEntries: true, version: "1.1", lineWidth: 0 });
  await writeFile(join(folder, ML_MODEL_FILE), text);
}

/**
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where the folder has none, INVALID_PARAMETER_VALUE where it is no MLmodel file.
 */
export async function readMlModel(folder: string, shown = folder): Promise<MlModel> {
  const text = await readFile(join(folder, ML_MODEL_FILE), "utf8").catch((cause) => {
    throw new MlflowException(
      `Could not find an "${ML_MODEL_FILE}" configuration file at "${shown}"`,
      "RESOURCE_DOES_NOT_EXIST",
      { cause },
    );
  });
  const { parse } = await import("yaml");
  try {
    const model = parse(text, { version: "1.1", schema: "core", logLevel: "silent" }) as MlModel;
    if (typeof model.flavors === "object" && model.flavors !== null) return model;
  } catch {
    // Told below.
  }
  throw new MlflowException(
    `The "${ML_MODEL_FILE}" file at "${shown}" is none.`,
    "INVALID_PARAMETER_VALUE",
  );
}

/**
 * What a model says of being loaded here.
 *
 * @throws MlflowException in words that say whose model it is, when it is of another kind.
 */
export function flavorOf(model: MlModel, shown: string): LangChainFlavor {
  const flavor = model.flavors[FLAVOR];
  if (typeof flavor === "object" && flavor !== null) return flavor as LangChainFlavor;
  const names = Object.keys(model.flavors).join(", ");
  const why =
    "langchain" in model.flavors
      ? "It was logged by Python's mlflow.langchain: its chain is Python code, or pickled Python objects, which Node.js cannot run. Load it in Python, or log the chain from LangChain.js."
      : "Only models that langchain-mlflow logged can be loaded here.";
  throw new MlflowException(
    `Model "${shown}" does not have the "${FLAVOR}" flavor, only: ${names}. ${why}`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

/** How the code of a model lies in its folder; undefined for a model from data. */
export function storedCodeOf(flavor: LangChainFlavor): StoredCode | undefined {
  const { model_code_path: file, code, code_place: place = "" } = flavor;
  if (typeof file !== "string") return undefined;
  return { file, code: code === null || code === undefined ? null : "code", place };
}

/** As Python writes times: in UTC, with microseconds. */
export function utcTime(date: Date): string {
  return `${date.toISOString().slice(0, -1).replace("T", " ")}000`;
}
