import { type LoadModelOptions, withModel } from "./load-model.js";

/**
 * The packages a model needs, by name, in the exact versions it was logged with; for its package.json, which `npm ci` installs,
 * see {@link downloadArtifacts}. Mirrors `mlflow.langchain.get_model_dependencies`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, or one of another kind.
 */
export function getModelDependencies(
  modelUri: string,
  options: Pick<LoadModelOptions, "dstPath"> = {},
): Promise<Readonly<Record<string, string>>> {
  return withModel(modelUri, options, async ({ flavor }) => flavor.packages);
}
