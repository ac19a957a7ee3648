import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { invalidParameter } from "../../base/errors.js";
import { VERSION } from "../../base/process-state.js";
import { readsVariables } from "../../settings/settings.js";
import { importBundle, importFromBundle } from "../bundle/bundle.js";
import type { BundleParts } from "../bundle/write-bundle.js";
import { appDirectories, formatOf, importFrom } from "../code/app-modules.js";
import { findModelFile, storeCode } from "../code/code-layout.js";
import { loadCode } from "../code/load-code.js";
import { packageOf, type ScannedImport, scanImports, scanVariables } from "../code/scan.js";
import { isTypeScript, usesCompiler } from "../code/typescript.js";
import { checkCoreVersion, dumpRunnable, packagesOfData } from "../serialize/runnable-data.js";
import type { LangChainModel } from "../set-model.js";
import { lockFileFor } from "./lock-file.js";
import { FLAVOR, type LangChainFlavor } from "./ml-model.js";
import { type StoredPackage, storeOwnPackage } from "./own-package.js";
import { findPackage, moduleTypeOf, pinAll } from "./packages.js";
import { variablesFile, variablesOf } from "./variables.js";

const DATA_FILE = "model/runnable.json";
const OWN_NAME = "langchain-mlflow";
const CORE = "@langchain/core";

/** The parts of a model. */
export interface ModelParts {
  /** The path of a file that calls `mlflow.models.setModel(model)`, or a LangChain object. */
  readonly lcModel: string | LangChainModel;
  /** Files and folders that the model file imports by path. They keep their places relative to it. */
  readonly codePaths?: readonly string[];
  /** The values of `new mlflow.models.ModelConfig()` in the model file. They are stored: do not pass secrets. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /** Packages that the code needs but does not import with a literal name: `"pg"`, `"pg@8.11.0"`. */
  readonly extraDependencies?: readonly string[];
  /** Whether MLflow's Python client can load the model, through a Node.js process that it starts. Default: true. */
  readonly pythonFunction?: boolean;
  /**
   * Whether the model contains one file, `bundle.mjs`, with its code and all packages, so that loading it installs nothing. It
   * needs esbuild in the app. Packages with native code cannot be in it. Default: false.
   */
  readonly bundle?: boolean;
}

/** A model's folder without its MLmodel file, and the model, loaded from the folder. */
export interface Draft {
  readonly model: LangChainModel;
  readonly flavors: Readonly<Record<string, unknown>>;
  readonly variables: readonly string[] | null;
}

/** The parts that differ between a model from code and a model from data. */
interface Content {
  readonly model: LangChainModel;
  readonly importsFrom: readonly string[];
  readonly packages: readonly string[];
  readonly variables: readonly string[];
  readonly flavor: Pick<
    LangChainFlavor,
    "model_code_path" | "code" | "code_place" | "model_data" | "secrets" | "left_out"
  >;
}

/**
 * Writes the files of a model to a folder and loads the model from there, so that a model that cannot be loaded is not logged.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid parts, for code that throws, and for an object that cannot be stored
 * as data.
 */
export async function draftModel(parts: ModelParts, folder: string): Promise<Draft> {
  const { lcModel, modelConfig, extraDependencies = [], pythonFunction = true } = parts;
  const { bundle: isBundled = false } = parts;
  checkBundle(parts);
  const content =
    typeof lcModel === "string"
      ? await draftCode(lcModel, parts, folder)
      : await draftObject(lcModel, parts, folder);
  const { importsFrom, model } = content;
  const names = [OWN_NAME, CORE, ...content.packages];
  const packages = pinAll(names, extraDependencies, importsFrom);
  const own =
    pythonFunction && !isBundled
      ? await storeOwnPackage(findPackage(OWN_NAME, importsFrom), folder)
      : undefined;
  await writePackageFiles(folder, packages, importsFrom, own);
  const variables = readsVariables() ? content.variables : null;
  if (variables)
    await writeFile(join(folder, "environment_variables.txt"), variablesFile(variables));
  const flavor: LangChainFlavor = {
    node_version: process.versions.node,
    langchain_core_version: packages[CORE] ?? "unknown",
    langchain_mlflow_version: packages[OWN_NAME] ?? VERSION,
    packages,
    model_type: model.constructor?.name || "Object",
    streamable: typeof (model as { stream?: unknown }).stream === "function",
    ...content.flavor,
    ...(isBundled && { bundle: true }),
    config: modelConfig ?? null,
  };
  const { streamable } = flavor;
  const flavors: Record<string, unknown> = { [FLAVOR]: flavor };
  if (pythonFunction) {
    // Its texts are loaded at the first use.
    const { writePythonFlavor } = await import("../python/python-flavor.js");
    flavors.python_function = await writePythonFlavor(folder, {
      ...{ streamable, modelConfig, isBundled },
    });
  }
  return { model, flavors, variables };
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for options that a bundle excludes. */
function checkBundle({ bundle, extraDependencies }: ModelParts): void {
  if (!bundle || !extraDependencies?.length) return;
  throw invalidParameter(
    "`extraDependencies` cannot be used with `bundle: true`: a bundle contains the packages that the code imports by a literal name. Import them in the model file.",
  );
}

/** Its code is loaded at the first use. */
async function writeBundle(folder: string, parts: BundleParts): Promise<void> {
  const { writeBundle: write } = await import("../bundle/write-bundle.js");
  await write(folder, parts);
}

async function draftCode(path: string, parts: ModelParts, folder: string): Promise<Content> {
  const { codePaths = [], modelConfig, bundle: isBundled = false, pythonFunction = true } = parts;
  const file = await findModelFile(path);
  const stored = await storeCode(file, codePaths, folder);
  const importsFrom = [dirname(file), ...appDirectories()];
  const type = moduleTypeOf(dirname(file));
  await writeFile(join(folder, "package.json"), JSON.stringify(type ? { type } : {}));
  if (isBundled) await writeBundle(folder, { stored, importsFrom, pythonFunction });
  const bundle = isBundled ? await importBundle(folder) : undefined;
  const model = await loadCode({
    ...{ folder, stored, shownPath: file, importsFrom: isBundled ? [] : importsFrom, bundle },
    ...(modelConfig && { modelConfig }),
  });
  const sources = await codeIn(folder);
  const imports = sources.flatMap(scanImports);
  // The compiler that has just run the file also runs it where the model is loaded.
  const isCompiled = !isBundled && isTypeScript(file) && sources.some(usesCompiler);
  const compiler = isCompiled ? compilerIn(importsFrom) : [];
  const importFromApp = await importFrom(importsFrom, formatOf());
  const read = sources.flatMap(scanVariables);
  return {
    ...{ model, importsFrom, packages: [...packagesOf(imports), ...compiler] },
    variables: await variablesOf(read, imports, importFromApp),
    flavor: {
      ...{ model_code_path: stored.file, code: stored.code },
      ...(stored.place && { code_place: stored.place }),
      ...{ model_data: null, secrets: [], left_out: [] },
    },
  };
}

async function draftObject(
  model: LangChainModel,
  { codePaths, modelConfig, bundle: isBundled = false, pythonFunction = true }: ModelParts,
  folder: string,
): Promise<Content> {
  if (codePaths?.length || modelConfig) {
    throw invalidParameter(
      "`codePaths` and `modelConfig` can only be used when `lcModel` is the path of a model file.",
    );
  }
  const importsFrom = appDirectories();
  checkCoreVersion(findPackage(CORE, importsFrom)?.version);
  const { json, secretIds, omitted, modelClasses } = await dumpRunnable(model, importsFrom);
  await mkdir(join(folder, dirname(DATA_FILE)), { recursive: true });
  await writeFile(join(folder, DATA_FILE), json);
  const packages = modelClasses.map((one) => one.package);
  if (isBundled) {
    const needed = packagesOfData(modelClasses);
    await writeBundle(folder, { packages: needed, importsFrom, pythonFunction });
    const bundle = await importBundle(folder);
    for (const name of needed) await importFromBundle(bundle, name);
  }
  const imports = modelClasses.map((one) => ({ specifier: one.package, names: [] }));
  const importFromApp = await importFrom(importsFrom, formatOf(model));
  return {
    ...{ model, importsFrom, packages },
    variables: await variablesOf(secretIds, imports, importFromApp),
    flavor: {
      ...{ model_code_path: null, code: null },
      ...{ model_data: DATA_FILE, secrets: secretIds, left_out: omitted },
    },
  };
}

function compilerIn(directories: readonly string[]): string[] {
  return ["esbuild", "tsx"].filter((name) => findPackage(name, directories)).slice(0, 1);
}

function packagesOf(imports: readonly ScannedImport[]): string[] {
  return imports.flatMap(({ specifier }) => packageOf(specifier) ?? []);
}

async function writePackageFiles(
  folder: string,
  dependencies: Readonly<Record<string, string>>,
  importsFrom: readonly string[],
  own: StoredPackage | undefined,
): Promise<void> {
  const type = moduleTypeOf(importsFrom[0] ?? ".");
  const manifest = {
    ...{ name: "mlflow-model", private: true as const },
    ...(type && { type }),
    dependencies: { ...dependencies, ...(own && { [OWN_NAME]: own.specifier }) },
  };
  await writeFile(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const stored = own && { [OWN_NAME]: own };
  const lock = lockFileFor(importsFrom, {
    name: manifest.name,
    dependencies,
    ...(stored && { stored }),
  });
  if (lock) await writeFile(join(folder, lock.name), lock.text);
}

/** Reads every file of code in a folder. */
async function codeIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const code = names.filter((name) => /\.([mc]?[jt]s|[jt]sx)$/.test(name)).sort();
  return Promise.all(code.map((name) => readFile(join(folder, name), "utf8")));
}

/** The size of all files in a folder, in bytes. */
export async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(names.map((name) => stat(join(folder, name))));
  return found.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}
