import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { show } from "../../base/show.js";
import { dictionary, type Kind, text, texts } from "../../settings/kinds.js";
import { formatYaml, parseYaml } from "../../store/yaml.js";
import type { StoredCode } from "../code/code-layout.js";
import type { SavedInputExampleInfo } from "../signature/input-example.js";
import type { SignatureDict } from "../signature/model-signature.js";

const ML_MODEL_FILE = "MLmodel";
export const FLAVOR = "langchainjs";
/** The version of MLflow that the format of our MLmodel files corresponds to. */
export const MLFLOW_VERSION = "3.17.2";

/** The flavor of a LangChain.js model in an MLmodel file. */
export interface LangChainFlavor {
  readonly node_version: string;
  readonly langchain_core_version: string;
  readonly langchain_mlflow_version: string;
  /** The exact version of every package, by name. */
  readonly packages: Readonly<Record<string, string>>;
  /** The name of the model's class. */
  readonly model_type: string;
  readonly streamable: boolean;
  /** The model file of a model from code. Null for a model from data. */
  readonly model_code_path: string | null;
  /** The folder of the other code, or null when there is no other code. */
  readonly code: string | null;
  /** The directory of the model file relative to the other code. */
  readonly code_place?: string;
  /** Whether `bundle.mjs` contains the model's code and all packages. */
  readonly bundle?: boolean;
  /** The file with the data of a model from data. Null for a model from code. */
  readonly model_data: string | null;
  /** The environment variables that the keys in the data are read from. */
  readonly secrets: readonly string[];
  /** The fields that are not in the data, because their values come from the environment. */
  readonly left_out: readonly string[];
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** The contents of an MLmodel file, with MLflow's names. */
export interface MlModel {
  readonly artifact_path: string;
  readonly env_vars: readonly string[] | null;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly mlflow_version: string;
  readonly model_id?: string;
  readonly model_size_bytes: number;
  readonly model_uuid: string;
  /** `prompts:/<name>/<version>`. */
  readonly prompts?: readonly string[] | null;
  readonly run_id?: string;
  readonly saved_input_example_info?: SavedInputExampleInfo;
  readonly signature?: SignatureDict;
  /** `2026-11-23 19:15:25.748784`, in UTC. */
  readonly utc_time_created: string;
}

/** Writes an MLmodel file in Python's format, with sorted keys. */
export async function writeMlModel(folder: string, model: MlModel): Promise<void> {
  await writeFile(join(folder, ML_MODEL_FILE), await formatYaml(model, { sortKeys: true }));
}

/**
 * Reads the MLmodel file of a folder.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when the folder has no MLmodel file, INVALID_PARAMETER_VALUE when it is not valid.
 */
export async function readMlModel(folder: string, shown = folder): Promise<MlModel> {
  const content = await readFile(join(folder, ML_MODEL_FILE), "utf8").catch((cause) => {
    throw new MlflowException(
      `Could not find an "${ML_MODEL_FILE}" configuration file at "${shown}"`,
      "RESOURCE_DOES_NOT_EXIST",
      { cause },
    );
  });
  try {
    const model = (await parseYaml(content)) as MlModel;
    if (typeof model.flavors === "object" && model.flavors !== null) return model;
  } catch {
    // Text that is not YAML is not valid either.
  }
  throw new MlflowException(
    `The "${ML_MODEL_FILE}" file at "${shown}" is not a valid MLmodel file: it has no \`flavors\`.`,
    "INVALID_PARAMETER_VALUE",
  );
}

/**
 * Returns the LangChain.js flavor of a model.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when the model has only other flavors. The message lists them.
 * INVALID_PARAMETER_VALUE when a field of the flavor has a wrong type.
 */
export function flavorOf(model: MlModel, shown: string): LangChainFlavor {
  const flavor = model.flavors[FLAVOR];
  if (typeof flavor === "object" && flavor !== null) {
    checkFlavor(flavor, shown);
    return flavor as LangChainFlavor;
  }
  const names = Object.keys(model.flavors).join(", ");
  const why =
    "langchain" in model.flavors
      ? "It was logged by Python's mlflow.langchain: it consists of Python code or pickled Python objects, which Node.js cannot run. Load it in Python, or log the chain from LangChain.js."
      : "Only models that langchain-mlflow logged can be loaded here.";
  throw new MlflowException(
    `Model "${shown}" does not have the "${FLAVOR}" flavor, only: ${names}. ${why}`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

/** The fields that are used when a model is loaded. Each of them may be missing. */
const FIELD_KINDS: { readonly [Name in keyof LangChainFlavor]?: Kind<unknown> } = {
  packages: dictionary,
  model_code_path: text,
  code: text,
  code_place: text,
  model_data: text,
  secrets: texts,
  config: dictionary,
};

function checkFlavor(flavor: object, shown: string): void {
  const fields = new Map(Object.entries(flavor));
  for (const [name, kind] of Object.entries(FIELD_KINDS)) {
    const value: unknown = fields.get(name) ?? undefined;
    if (value === undefined || kind.read(value) !== undefined) continue;
    throw invalidParameter(
      `The "${ML_MODEL_FILE}" file at "${shown}" is not valid: ${name} of the flavor ${FLAVOR} must be ${kind.want}, got ${show(value)}. Log the model again.`,
    );
  }
}

/** The layout of the code of a model. Undefined for a model from data. */
export function storedCodeOf(flavor: LangChainFlavor): StoredCode | undefined {
  const { model_code_path: file, code, code_place: place } = flavor;
  if (typeof file !== "string") return undefined;
  return { file, code: code === null || code === undefined ? null : "code", place: place ?? "" };
}

/** Formats a time as Python does in MLmodel files: in UTC, with microseconds. */
export function utcTime(date: Date): string {
  return `${date.toISOString().slice(0, -1).replace("T", " ")}000`;
}
