import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { loadedModelConfig } from "./set-model.js";

/**
 * The configuration of a model that is logged from code, read in its file. A model that is loaded gets
 * the `modelConfig` it was logged or is loaded with; without one, and while it is developed, `developmentConfig`.
 * Mirrors `mlflow.models.ModelConfig`.
 *
 * @example
 * const config = new mlflow.models.ModelConfig({ developmentConfig: { temperature: 0 } });
 * const llm = new ChatOpenAI({ temperature: config.get("temperature") });
 */
export class ModelConfig {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws MlflowException INVALID_PARAMETER_VALUE where there is no configuration at all. */
  constructor(options: { readonly developmentConfig?: Readonly<Record<string, unknown>> } = {}) {
    const values = loadedModelConfig() ?? options.developmentConfig;
    if (values === undefined) {
      throw invalidParameter(
        "Config is not provided which is needed to load the model. Please provide `modelConfig` to logModel() or loadModel(), or `developmentConfig` here.",
      );
    }
    this.#values = values;
  }

  /** @throws MlflowException INVALID_PARAMETER_VALUE for a key that is not there. */
  // biome-ignore lint/suspicious/noExplicitAny: the configuration is the developer's own.
  get(key: string): any {
    if (!Object.hasOwn(this.#values, key)) {
      const known = Object.keys(this.#values).join(", ");
      throw invalidParameter(`Key ${inspect(key)} is not in the model's configuration: ${known}.`);
    }
    return this.#values[key];
  }

  /** A copy of all of it. */
  toObject(): Record<string, unknown> {
    return { ...this.#values };
  }
}
