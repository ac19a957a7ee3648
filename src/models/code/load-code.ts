import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter, MlflowException, messageOf } from "../../base/errors.js";
import type { Bundle } from "../bundle/bundle.js";
import { captureModel, filesBeingLoaded, type LangChainModel } from "../set-model.js";
import { createCodeFolder } from "./app-modules.js";
import { restoreCode, type StoredCode } from "./code-layout.js";
import { compile, isTypeScript, needsCompiler, stripsTypes } from "./typescript.js";

/** The code of a model, and how to run it. */
export interface ModelCode {
  /** The model's folder. */
  readonly folder: string;
  readonly stored: StoredCode;
  /** The path of the model file that errors show. */
  readonly shownPath: string;
  /** The directories that imports by name are resolved from, in this order. A bundle has no imports. */
  readonly importsFrom: readonly string[];
  readonly bundle?: Bundle | undefined;
  /** The values of `ModelConfig` in the model file. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the code of a model and returns the model that it sets. The code is copied first and the copy runs, so that every load has
 * new modules, and a file that was not stored causes an error.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when the code throws, logs itself, or sets no model.
 */
export async function loadCode(code: ModelCode): Promise<LangChainModel> {
  checkNotLoading(code.shownPath);
  const directory = createCodeFolder(code.importsFrom);
  const file = await restoreCode(code.folder, code.stored, directory);
  // The code finds the copy's path in `import.meta`, and knows the other one from `process.argv` or as a name.
  const files = [code.shownPath, file];
  const { modelConfig } = code;
  const model = await captureModel({ files, ...(modelConfig && { modelConfig }) }, () =>
    code.bundle?.runModelFile
      ? code.bundle.runModelFile(pathToFileURL(`${realpathSync(directory)}/`).href)
      : runFile(file, code.shownPath),
  ).catch((cause) => {
    throw failedToRun(code, directory, cause);
  });
  if (model) return model;
  throw invalidParameter(
    "If the model is logged as code, ensure the model is set using mlflow.models.setModel() within the code file.",
  );
}

async function runFile(file: string, shownPath: string): Promise<unknown> {
  if (!isTypeScript(file)) return importFile(file);
  if (!stripsTypes()) return importFile(await compile(file, shownPath));
  try {
    return await importFile(file);
  } catch (cause) {
    if (!needsCompiler(cause)) throw cause;
    return importFile(await compile(file, shownPath));
  }
}

function importFile(file: string): Promise<unknown> {
  return import(pathToFileURL(file).href);
}

/**
 * Throws if the code of this model file is running. A file that logs itself would run without end, because logging it runs its code.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE, with the fix.
 */
export function checkNotLoading(file: string): void {
  if (!filesBeingLoaded().includes(resolve(file))) return;
  throw invalidParameter(
    `The model file '${file}' logs itself: logModel() and saveModel() run the file, which calls them again. Call them from another file, or only when the file is the program: if (process.argv[1] === import.meta.filename) { … }`,
  );
}

function failedToRun(code: ModelCode, directory: string, cause: unknown): MlflowException {
  // A missing compiler is a problem of the app, not of the model's code.
  if (cause instanceof MlflowException && cause.errorCode === "INVALID_STATE") return cause;
  const said = messageOf(cause);
  const message = said.replaceAll(directory, ".").replace(/\.$/, "");
  return new MlflowException(
    `Failed to run user code from ${code.shownPath}. Error: ${message}.${hintFor(message)} Review the stack trace for more information.`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

/** The most frequent cause of a missing module, and its fix. */
function hintFor(message: string): string {
  const isMissing = /Cannot find (module|package)|Could not resolve/.test(message);
  if (!isMissing) return "";
  return /(module|resolve) ["']\.{0,2}\//.test(message)
    ? " What the file imports by path has to be stored with it. Add it to `codePaths`."
    : " What it imports by name has to be installed in the app: `npm install` it.";
}
