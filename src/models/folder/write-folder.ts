import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { inspect } from "node:util";
import { invalidParameter } from "../../errors.js";
import { appDirectories } from "../code/app-modules.js";
import { findModelFile, type StoredCode, storeCode } from "../code/code-layout.js";
import { loadCode } from "../code/load-code.js";
import { scanVariables } from "../code/scan.js";
import { serializeChain } from "../serialized/serialize-chain.js";
import { isLangChainModel, type LangChainModel } from "../set-model.js";
import type { SavedExample } from "../signature/input-example.js";
import type { ModelSignature } from "../signature/model-signature.js";
import { type ExtraDependencies, packagesOfCode, pinDependencies } from "./dependencies.js";
import { findInstalled, nearestPackage } from "./installed.js";
import { lockFileFor } from "./lock-file.js";
import {
  FLAVOR,
  type LangChainFlavor,
  ML_MODEL_FILE,
  type MlModel,
  mlModelText,
  utcTime,
} from "./ml-model.js";
import { secretVariables, variablesText } from "./variables.js";

/** What a model folder is made of. */
export interface ModelContent {
  readonly lcModel: string | LangChainModel;
  readonly codePaths?: readonly string[];
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  readonly extraDependencies?: ExtraDependencies;
  readonly metadata?: unknown;
}

/** A model folder that has everything but what is known of it last. */
export interface DraftFolder {
  readonly model: LangChainModel;
  /** Adds example, signature, ids and MLmodel. */
  finish(last: {
    readonly example: SavedExample | undefined;
    readonly signature: ModelSignature | undefined;
    readonly modelUuid: string;
    readonly modelId?: string;
    readonly runId?: string;
    readonly artifactPath?: string;
    readonly created: Date;
  }): Promise<MlModel>;
}

const CHAIN_FILE = "model/chain.json";
const MODEL_PACKAGE = { name: "mlflow-model", version: "1.0.0" };

/**
 * Writes a model into an empty folder, and loads it once: what does not load is not logged.
 */
export async function draftFolder(folder: string, content: ModelContent): Promise<DraftFolder> {
  const { lcModel } = content;
  const importsFrom = typeof lcModel === "string" ? [] : appDirectories();
  const parts =
    typeof lcModel === "string"
      ? await writeCode(folder, lcModel, content)
      : await writeChain(folder, lcModel, importsFrom, content);
  const { model, flavor, variables } = parts;
  await writeFile(join(folder, "environment_variables.txt"), variablesText(variables));
  return {
    model,
    async finish({ example, signature, created, ...ids }) {
      for (const [name, text] of Object.entries(example?.files ?? {})) {
        await writeFile(join(folder, name), text);
      }
      const mlModel: MlModel = {
        ...(ids.artifactPath !== undefined && { artifact_path: ids.artifactPath }),
        flavors: { [FLAVOR]: flavor },
        env_vars: variables,
        metadata: content.metadata ?? null,
        ...(ids.modelId !== undefined && { model_id: ids.modelId }),
        model_uuid: ids.modelUuid,
        ...(ids.runId !== undefined && { run_id: ids.runId }),
        ...(example && { saved_input_example_info: example.info }),
        ...(signature && { signature: signature.toDict() }),
        utc_time_created: utcTime(created),
      };
      await writeFile(join(folder, ML_MODEL_FILE), await mlModelText(mlModel));
      return mlModel;
    },
  };
}

interface Parts {
  readonly model: LangChainModel;
  readonly flavor: LangChainFlavor;
  readonly variables: readonly string[];
}

async function writeCode(
  folder: string,
  path: string,
  { codePaths = [], modelConfig, extraDependencies }: ModelContent,
): Promise<Parts> {
  const file = await findModelFile(path);
  const stored = await storeCode(file, codePaths, folder);
  const importsFrom = [dirname(file), ...appDirectories()];
  const texts = await codeTexts(folder, stored);
  const dependencies = pinDependencies(packagesOfCode(texts), extraDependencies, importsFrom);
  await writePackage(folder, dirname(file), dependencies);
  const model = await loadCode({
    folder,
    stored,
    shownPath: file,
    importsFrom,
    ...(modelConfig && { modelConfig }),
  });
  const secrets = secretVariables(model);
  const variables = [...new Set([...texts.flatMap(scanVariables), ...secrets])].sort();
  const flavor = flavorWith({ model, dependencies, importsFrom, secrets: [], modelConfig });
  return { model, variables, flavor: { ...flavor, code: stored } };
}

async function writeChain(
  folder: string,
  model: LangChainModel,
  importsFrom: readonly string[],
  { codePaths = [], modelConfig, extraDependencies }: ModelContent,
): Promise<Parts> {
  if (!isLangChainModel(model)) {
    throw invalidParameter(
      `lcModel takes a LangChain object or the path of a file that sets one, got ${inspect(model, { depth: 0 })}.`,
    );
  }
  if (codePaths.length > 0) throw invalidParameter("codePaths go with a model from code.");
  const { mkdir } = await import("node:fs/promises");
  const chain = await serializeChain(model, importsFrom);
  await mkdir(join(folder, dirname(CHAIN_FILE)), { recursive: true });
  await writeFile(join(folder, CHAIN_FILE), chain.text);
  const dependencies = pinDependencies(chain.packages, extraDependencies, importsFrom);
  await writePackage(folder, importsFrom[0] ?? process.cwd(), dependencies);
  const flavor = flavorWith({
    model,
    dependencies,
    importsFrom,
    secrets: chain.secrets,
    modelConfig,
  });
  return { model, variables: chain.variables, flavor: { ...flavor, data: CHAIN_FILE } };
}

function flavorWith(of: {
  readonly model: LangChainModel;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly importsFrom: readonly string[];
  readonly secrets: readonly string[];
  readonly modelConfig: Readonly<Record<string, unknown>> | undefined;
}): LangChainFlavor {
  return {
    model_type: of.model.constructor.name,
    data: null,
    code: null,
    node_version: process.versions.node,
    langchain_core_version: findInstalled("@langchain/core", of.importsFrom)?.version ?? "",
    dependencies: of.dependencies,
    secrets: of.secrets,
    model_config: of.modelConfig ?? null,
    streamable: typeof (of.model as { stream?: unknown }).stream === "function",
  };
}

/** `npm ci` in a model's folder installs what it needs. */
async function writePackage(
  folder: string,
  directory: string,
  dependencies: Readonly<Record<string, string>>,
): Promise<void> {
  const type = nearestPackage(directory)?.content.type === "module" ? "module" : "commonjs";
  const content = { ...MODEL_PACKAGE, private: true, type, dependencies };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
  const lock = lockFileFor(directory, { ...MODEL_PACKAGE, dependencies });
  if (lock) await writeFile(join(folder, lock.name), lock.text);
}

const CODE = /\.[mc]?[jt]sx?$/;

async function codeTexts(folder: string, { file, code }: StoredCode): Promise<string[]> {
  const texts = [await readFile(join(folder, file), "utf8")];
  if (code === null) return texts;
  const directory = join(folder, code);
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    if (CODE.test(extname(name)) && (await stat(path)).isFile()) {
      texts.push(await readFile(path, "utf8"));
    }
  }
  return texts;
}

/** The default name of a model: of its file, or its class. */
export function defaultName(lcModel: string | LangChainModel): string {
  if (typeof lcModel !== "string") return lcModel.constructor.name;
  return basename(lcModel, extname(lcModel)).replace(/[/:.%"']/g, "_");
}
