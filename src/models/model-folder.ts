import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { MlflowException, messageOf } from "../base/errors.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { downloadArtifacts } from "../runs/artifacts/artifacts.js";
import { checkArgument, readOptions } from "../settings/check-options.js";
import { filledText, type Kind, localPath } from "../settings/kinds.js";
import { schemeOf } from "../store/tracking-uri.js";
import { flavorOf, type LangChainFlavor, type MlModel, readMlModel } from "./folder/ml-model.js";
import { createTemporaryFolder } from "./temporary-folder.js";

/** A model's folder on this machine. */
export interface ModelFolder {
  readonly folder: string;
  readonly model: MlModel;
  readonly flavor: LangChainFlavor;
  /** The URI that the caller passed, for messages. */
  readonly shown: string;
  /** Whether the files came from another machine. */
  readonly isRemote: boolean;
}

/**
 * Downloads a model's folder if necessary, passes it to `work`, and removes a temporary download afterwards. `read` returns
 * the checked options of the caller.
 */
export function withModel<T, Options extends { readonly dstPath?: string }>(
  caller: string,
  modelUri: string,
  read: () => Options,
  work: (found: ModelFolder, options: Options) => Promise<T>,
): Promise<T> {
  const run = async () => {
    checkArgument(caller, "modelUri", modelUriKind, modelUri);
    const options = read();
    const { dstPath } = options;
    const isRemote = isOnAnotherMachine(modelUri);
    const isKept = dstPath !== undefined || !isRemote;
    const target = isKept ? dstPath : createTemporaryFolder("load");
    try {
      const artifacts = { artifactUri: modelUri, ...(target !== undefined && { dstPath: target }) };
      const folder = resolve(await downloadArtifacts(artifacts));
      const model = await readMlModel(folder, modelUri);
      const flavor = flavorOf(model, modelUri);
      return await work({ folder, model, flavor, shown: modelUri, isRemote }, options);
    } catch (cause) {
      if (cause instanceof MlflowException) throw cause;
      throw notLoaded(modelUri, cause);
    } finally {
      if (!isKept && target !== undefined) await rm(target, { recursive: true, force: true });
    }
  };
  return hold(run(), MAX_TIMER_MS);
}

/**
 * Returns the packages that a model needs, by name, in the exact versions it was logged with. To get its `package.json`, which
 * `npm ci` installs, use {@link downloadArtifacts}. Mirrors `mlflow.langchain.get_model_dependencies`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model, or the model has another flavor.
 */
export function getModelDependencies(
  modelUri: string,
  options: DownloadOptions = {},
): Promise<Readonly<Record<string, string>>> {
  const caller = "getModelDependencies()";
  const read = () => readOptions<DownloadOptions>(caller, options, { dstPath: localPath });
  return withModel(caller, modelUri, read, async ({ flavor }) => flavor.packages);
}

/** An error of Node.js: a file of the model is missing, or is not what the MLmodel file says. */
function notLoaded(modelUri: string, cause: unknown): MlflowException {
  const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return new MlflowException(
    `The files of the model "${modelUri}" cannot be read: ${messageOf(cause)}. They are not complete, or were changed: log the model again.`,
    isMissing ? "RESOURCE_DOES_NOT_EXIST" : "INVALID_PARAMETER_VALUE",
    { cause },
  );
}

interface DownloadOptions {
  /** A folder that the model is downloaded to and stays in. Default: a temporary folder. */
  readonly dstPath?: string;
}

function isOnAnotherMachine(modelUri: string): boolean {
  const scheme = schemeOf(modelUri) ?? "file";
  if (scheme === "file") return false;
  const isOfStore = ["runs", "models", "mlflow-artifacts"].includes(scheme);
  return !isOfStore || /^https?:/.test(getPipeline().tracking.current().store.uri);
}

const modelUriKind: Kind<string> = {
  ...filledText,
  want: "the URI of a model, such as `models:/m-…`, `runs:/…/model` or a path",
};
