import { AsyncLocalStorage } from "node:async_hooks";
import { invalidParameter } from "../base/errors.js";
import { shared } from "../base/process-state.js";
import { attempt, show } from "../base/show.js";
import { checkArgument, readOptions } from "../settings/check-options.js";
import { dictionary, text } from "../settings/kinds.js";

/** A LangChain object that has `invoke`: a Runnable, an agent, a compiled graph, a retriever, a tool. */
export interface LangChainModel {
  // biome-ignore lint/suspicious/noExplicitAny: each model has its own types of inputs and outputs.
  invoke(input: any, options?: any): Promise<any>;
}

/** The state that a model file shares with the call that loads it. */
interface Slot {
  model?: LangChainModel;
  readonly modelConfig?: Readonly<Record<string, unknown>>;
  /** The model files that are being loaded: this one, and the ones whose code loads it. */
  readonly files?: readonly string[];
}

/** Each load has its own slot, so that concurrent loads do not mix. */
const slots = () => shared("model slots", () => new AsyncLocalStorage<Slot>());
const runningLoads = () => shared("model loads", () => ({ count: 0 }));

/**
 * Sets the model of a model file, for {@link logModel} and {@link loadModel}, which run the file. When the file runs as a program,
 * it has no effect. Mirrors `mlflow.models.set_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an object without `invoke`.
 */
export function setModel(model: LangChainModel): void {
  if (!isLangChainModel(model)) {
    throw invalidParameter(
      `Model should be a LangChain object: a Runnable, an agent, a compiled graph, a retriever or a tool. Got ${describe(model)}.${hintFor(model)}`,
    );
  }
  const slot = slots().getStore();
  if (slot) slot.model = model;
}

/** Runs the code of a model file. Returns the model that it sets, or undefined if it sets none. */
export async function captureModel(
  { files, modelConfig }: Pick<Required<Slot>, "files"> & Pick<Slot, "modelConfig">,
  work: () => Promise<unknown>,
): Promise<LangChainModel | undefined> {
  const slot: Slot = {
    files: [...filesBeingLoaded(), ...files],
    ...(modelConfig && { modelConfig }),
  };
  const loads = runningLoads();
  loads.count += 1;
  try {
    await slots().run(slot, work);
  } finally {
    loads.count -= 1;
    // Until then, Node.js 20 and 22 observe each promise of the process.
    if (loads.count === 0) slots().disable();
  }
  return slot.model;
}

/** The paths of the model files whose code is running, in the app and as copies. */
export function filesBeingLoaded(): readonly string[] {
  return slots().getStore()?.files ?? [];
}

export function isLangChainModel(value: unknown): value is LangChainModel {
  // A proxy of the app may throw.
  return attempt(() => isObject(value) && typeof value.invoke === "function") === true;
}

function hintFor(model: unknown): string {
  return typeof model === "function" ? " Wrap a function in RunnableLambda.from(fn)." : "";
}

function isObject(value: unknown): value is Partial<LangChainModel> {
  return typeof value === "object" && value !== null;
}

function describe(value: unknown): string {
  const name = attempt(() => {
    if (typeof value === "function") return `a function${value.name ? ` named ${value.name}` : ""}`;
    return isObject(value)
      ? `an object of class ${value.constructor?.name ?? "Object"}`
      : undefined;
  });
  return name ?? show(value);
}

interface ModelConfigOptions {
  /** The configuration while the model file runs as a program. */
  readonly developmentConfig?: Readonly<Record<string, unknown>>;
}

/**
 * The configuration of a model that is logged from code, for its model file. While the model is logged or loaded, it is the
 * `modelConfig` of logModel() or loadModel(). Otherwise it is `developmentConfig`. Mirrors `mlflow.models.ModelConfig`.
 *
 * @example
 * const config = new mlflow.models.ModelConfig({ developmentConfig: { temperature: 0 } });
 * const llm = new ChatOpenAI({ temperature: config.get("temperature") });
 */
export class ModelConfig {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws MlflowException INVALID_PARAMETER_VALUE when there is neither configuration. */
  constructor(options: ModelConfigOptions = {}) {
    const given = readOptions<ModelConfigOptions>("ModelConfig()", options, {
      developmentConfig: dictionary,
    });
    const values = slots().getStore()?.modelConfig ?? given.developmentConfig;
    if (values === undefined) {
      throw invalidParameter(
        "Config is not provided which is needed to load the model. Please provide `modelConfig` to logModel() or loadModel(), or `developmentConfig` here.",
      );
    }
    this.#values = values;
  }

  /** @throws MlflowException INVALID_PARAMETER_VALUE for a key that the configuration does not have. */
  // biome-ignore lint/suspicious/noExplicitAny: the configuration is the developer's own.
  get(key: string): any {
    checkArgument("ModelConfig.get()", "key", text, key);
    if (!Object.hasOwn(this.#values, key)) {
      const known = Object.keys(this.#values).join(", ");
      throw invalidParameter(`Key ${show(key)} is not in the model's configuration: ${known}.`);
    }
    return this.#values[key];
  }

  /** Returns a copy of the configuration. */
  toObject(): Record<string, unknown> {
    return { ...this.#values };
  }
}
