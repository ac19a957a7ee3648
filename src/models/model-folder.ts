import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { invalidParameter } from "../base/errors.js";
import { hold, MAX_TIMER_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { downloadArtifacts } from "../runs/artifacts/artifacts.js";
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

/** Downloads a model's folder if necessary, passes it to `work`, and removes a temporary download afterwards. */
export function withModel<T>(
  modelUri: string,
  { dstPath }: { readonly dstPath?: string },
  work: (found: ModelFolder) => Promise<T>,
): Promise<T> {
  const run = async () => {
    checkUri(modelUri);
    const isRemote = isOnAnotherMachine(modelUri);
    const isKept = dstPath !== undefined || !isRemote;
    const target = isKept ? dstPath : createTemporaryFolder("load");
    try {
      const artifacts = { artifactUri: modelUri, ...(target !== undefined && { dstPath: target }) };
      const folder = resolve(await downloadArtifacts(artifacts));
      const model = await readMlModel(folder, modelUri);
      const flavor = flavorOf(model, modelUri);
      return await work({ folder, model, flavor, shown: modelUri, isRemote });
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
 * @param options.dstPath A folder that the model is downloaded to and stays in. Default: a temporary folder.
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model, or the model has another flavor.
 */
export function getModelDependencies(
  modelUri: string,
  options: { readonly dstPath?: string } = {},
): Promise<Readonly<Record<string, string>>> {
  return withModel(modelUri, options, async ({ flavor }) => flavor.packages);
}

function isOnAnotherMachine(modelUri: string): boolean {
  const scheme = schemeOf(modelUri) ?? "file";
  if (scheme === "file") return false;
  const isOfStore = ["runs", "models", "mlflow-artifacts"].includes(scheme);
  return !isOfStore || /^https?:/.test(getPipeline().tracking.current().store.uri);
}

function checkUri(modelUri: unknown): asserts modelUri is string {
  if (typeof modelUri === "string" && modelUri !== "") return;
  throw invalidParameter(
    "The URI of a model must be a non-empty string, such as `models:/m-…`, `runs:/…/model` or a path.",
  );
}
