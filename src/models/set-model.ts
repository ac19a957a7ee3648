import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { shared } from "../base/process-state.js";

/** Anything of LangChain's that answers: a Runnable, an agent, a compiled graph, a retriever, a tool. */
export interface LangChainModel {
  // biome-ignore lint/suspicious/noExplicitAny: what goes in and comes out is the model's own affair.
  invoke(input: any, options?: any): Promise<any>;
}

/** What code that runs as a model file leaves for its loader, and reads from it. */
interface Slot {
  model?: LangChainModel;
  readonly modelConfig?: Readonly<Record<string, unknown>>;
}

/** Each load has a slot of its own, so that loads side by side do not mix. */
const slots = () => shared("model slots", () => new AsyncLocalStorage<Slot>());

/**
 * Names the model of this file, for {@link logModel} and {@link loadModel} that run it. Mirrors
 * `mlflow.models.set_model`. In a program that is run by itself it does nothing.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what has no `invoke`.
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

/** The model that `work` sets; undefined where it sets none. Before it nothing is set. */
export async function captureModel(
  modelConfig: Readonly<Record<string, unknown>> | undefined,
  work: () => Promise<unknown>,
): Promise<LangChainModel | undefined> {
  const slot: Slot = modelConfig === undefined ? {} : { modelConfig };
  await slots().run(slot, work);
  return slot.model;
}

/** The configuration that the model being loaded was given, if it is being loaded. */
export function loadedModelConfig(): Readonly<Record<string, unknown>> | undefined {
  return slots().getStore()?.modelConfig;
}

export function isLangChainModel(value: unknown): value is LangChainModel {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<LangChainModel>).invoke === "function"
  );
}

function hintFor(model: unknown): string {
  return typeof model === "function" ? " Wrap a function in RunnableLambda.from(fn)." : "";
}

function describe(value: unknown): string {
  if (typeof value === "function") return `a function${value.name ? ` named ${value.name}` : ""}`;
  return typeof value === "object" && value !== null
    ? `an object of class ${value.constructor?.name ?? "Object"}`
    : inspect(value, { maxStringLength: 80 });
}
