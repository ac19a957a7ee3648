import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { MlflowException } from "../base/errors.js";
import { type WriteModelOptions, writeModel } from "./folder/write-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";

export interface SaveModelOptions extends WriteModelOptions {
  /** A folder that is made; it may not hold anything yet. */
  readonly path: string;
}

/**
 * Writes a model to a local folder, in MLflow's layout, without any run or server. Mirrors `mlflow.langchain.save_model`; see
 * {@link logModel} for what a model may be.
 *
 * @throws MlflowException RESOURCE_ALREADY_EXISTS where the folder holds something; INVALID_PARAMETER_VALUE for what cannot be saved, which
 * leaves nothing behind.
 */
export async function saveModel({ path, ...options }: SaveModelOptions): Promise<ModelInfo> {
  const folder = resolve(path);
  const found = await readdir(folder).catch(() => []);
  if (found.length > 0) {
    throw new MlflowException(
      `Path '${path}' already exists and is not empty`,
      "RESOURCE_ALREADY_EXISTS",
    );
  }
  await mkdir(folder, { recursive: true });
  try {
    const draft = await writeModel(options, folder);
    const modelUuid = randomUUID().replaceAll("-", "");
    const model = await draft.finish({ artifactPath: "", modelUuid });
    return modelInfoOf(model, { modelUri: folder });
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  }
}
