import { getModelDependencies, loadModel, loadPyfuncModel } from "./load-model.js";
import { logModel } from "./log-model.js";
import { ModelConfig } from "./model-config.js";
import { saveModel } from "./save-model.js";
import { setModel } from "./set-model.js";
import { inferSignature } from "./signature/infer-signature.js";
import { ModelSignature } from "./signature/model-signature.js";

/** `mlflow.models`, as in Python. */
export const models = { setModel, ModelConfig, ModelSignature, inferSignature };

/** `mlflow.pyfunc`, as in Python. */
export const pyfunc = { loadModel: loadPyfuncModel, getModelDependencies };

/** What `mlflow.langchain` has of models. */
export const langchainModels = { logModel, saveModel, loadModel };
