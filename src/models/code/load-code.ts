import { pathToFileURL } from "node:url";
import { invalidParameter, MlflowException, messageOf } from "../../base/errors.js";
import { captureModel, type LangChainModel } from "../set-model.js";
import { createCodeFolder } from "./app-modules.js";
import { layOutCode, type StoredCode } from "./code-layout.js";
import { compile, isTypeScript, needsCompiler, stripsTypes } from "./typescript.js";

/** The code of a model, and how it is to be run. */
export interface ModelCode {
  /** The model's folder, and how the code lies in it. */
  readonly folder: string;
  readonly stored: StoredCode;
  /** Where the model file is to be told of in errors. */
  readonly shownPath: string;
  /** The folders from which imports by name are resolved, the first one first. */
  readonly importsFrom: readonly string[];
  /** What its `ModelConfig` gives it. */
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/**
 * Runs the code of a model and gives what it set. It is copied and runs from the copy: so every load
 * has fresh modules, also of the files that the first one imports, and what was not stored is missed.
 *
 * @throws MlflowException in Python's words where the code throws, or sets no model.
 */
export async function loadCode(code: ModelCode): Promise<LangChainModel> {
  const directory = createCodeFolder(code.importsFrom);
  const file = await layOutCode(code.folder, code.stored, directory);
  const model = await captureModel(code.modelConfig, () => runFile(file, code.shownPath)).catch(
    (cause) => {
      throw failedToRun(code, directory, cause);
    },
  );
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

function failedToRun(code: ModelCode, directory: string, cause: unknown): MlflowException {
  // Not of the code, but of who runs it.
  if (cause instanceof MlflowException && cause.errorCode === "INVALID_STATE") return cause;
  const said = messageOf(cause);
  const message = said.replaceAll(directory, ".").replace(/\.$/, "");
  return new MlflowException(
    `Failed to run user code from ${code.shownPath}. Error: ${message}.${hintFor(message)} Review the stack trace for more information.`,
    "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

/** What most often lies behind a module that is not there. */
function hintFor(message: string): string {
  const isMissing = /Cannot find (module|package)|Could not resolve/.test(message);
  if (!isMissing) return "";
  return /(module|resolve) ["']\.{0,2}\//.test(message)
    ? " What the file imports by path has to be stored with it. Add it to `codePaths`."
    : " What it imports by name has to be installed in the app: `npm install` it.";
}
