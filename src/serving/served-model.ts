import type { PyFuncModel } from "../models/pyfunc/pyfunc-model.js";
import type { RawModel } from "../models/pyfunc/requests.js";
import { checkArgument } from "../settings/check-options.js";
import { kindOf } from "../settings/kinds.js";

/** What the server uses of a model of `mlflow.pyfunc.loadModel()`. */
export type ServedModel = Pick<
  PyFuncModel,
  "predict" | "predictStream" | "metadata" | "getRawModel"
>;

/** What can be served: a model of `mlflow.pyfunc.loadModel()`, or a LangChain object. */
export type ServableModel = ServedModel | RawModel;

const servable = kindOf<ServableModel>(
  "a model of mlflow.pyfunc.loadModel(), or a LangChain object with a method `invoke`",
  (value) => isServedModel(value) || hasMethods(value, ["invoke"]),
);

/** @throws MlflowException INVALID_PARAMETER_VALUE if the value cannot be served. */
export function readServableModel(caller: string, value: unknown): ServableModel {
  return checkArgument(caller, "model", servable, value);
}

export async function servedModelOf(model: ServableModel): Promise<ServedModel> {
  if (isServedModel(model)) return model;
  const { createPyFuncModel } = await import("../models/pyfunc/pyfunc-model.js");
  return createPyFuncModel({ model, metadata: {} });
}

function isServedModel(value: unknown): value is ServedModel {
  return hasMethods(value, ["predict", "predictStream", "getRawModel"]);
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === "function");
}
