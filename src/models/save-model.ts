import { randomUUID } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { resolve } from "node:path";
import { MlflowException } from "../errors.js";
import { type ExampleOptions, exampleAndSignature } from "./example-call.js";
import { draftFolder, type ModelContent } from "./folder/write-folder.js";

export interface SaveModelOptions extends ModelContent, ExampleOptions {
  /** A folder that is empty, or not there yet. */
  readonly path: string;
}

/**
 * Saves a model into a local folder that `loadModel()` takes. See {@link logModel} for what a model may
 * be. Mirrors `mlflow.langchain.save_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a model that cannot be saved, RESOURCE_ALREADY_EXISTS
 * for a folder that has something in it.
 */
export async function saveModel(options: SaveModelOptions): Promise<void> {
  const folder = resolve(options.path);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new MlflowException(
      `Path '${folder}' already exists and is not empty`,
      "RESOURCE_ALREADY_EXISTS",
    );
  }
  const draft = await draftFolder(folder, options);
  await draft.finish({
    ...(await exampleAndSignature(draft.model, options)),
    modelUuid: randomUUID().replaceAll("-", ""),
    created: new Date(),
  });
}
