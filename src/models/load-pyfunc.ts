import { readFile } from "node:fs/promises";
import { findBelow } from "../store/local-files.js";
import { storedCodeOf } from "./folder/ml-model.js";
import {
  configOf,
  instantiate,
  type LoadModelOptions,
  type ModelFolder,
  withModel,
} from "./load-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";
import { createPyFuncModel, type PyFuncModel } from "./pyfunc/pyfunc-model.js";
import { isCallOption } from "./serialize/check-data.js";
import { readInputExample } from "./signature/input-example.js";

/**
 * Loads a model behind MLflow's one way to call any: `predict(input, params)`, with its signature enforced, and `predictStream(input)`. For
 * the URIs, the options and what is thrown see `mlflow.langchain.loadModel`. Mirrors `mlflow.pyfunc.load_model`.
 */
export function loadPyFuncModel(
  modelUri: string,
  options: LoadModelOptions = {},
): Promise<PyFuncModel<ModelInfo>> {
  return withModel(modelUri, options, async (found) => {
    const model = await instantiate(found, options);
    const modelConfig = configOf(found.flavor, options);
    return createPyFuncModel<ModelInfo>({
      model,
      metadata: modelInfoOf(found.model, { modelUri }),
      inputExample: await exampleOf(found),
      ...(modelConfig && { modelConfig }),
      // A default goes into the options of a call, which can name another host. Code may do that anyway; data must not.
      ...(!storedCodeOf(found.flavor) && { acceptsDefault: isCallOption }),
    });
  });
}

async function exampleOf({ folder, model }: ModelFolder): Promise<unknown> {
  const info = model.saved_input_example_info;
  if (!info) return undefined;
  // The name is fixed: a name in the model's file could lead out of its folder, and so could a symbolic link.
  const path = await findBelow(folder, "input_example.json");
  const text = path && (await readFile(path, "utf8").catch(() => undefined));
  return text === undefined ? undefined : readInputExample(info, text).input;
}
