import { shared } from "../base/process-state.js";
import { readActiveModelId } from "../settings/settings.js";

interface ActiveModel {
  id: string | undefined;
  /** The developer said so; else it is the one that was logged or loaded last. */
  isChosen: boolean;
}

const state = shared("activeModel", (): ActiveModel => ({ id: undefined, isChosen: false }));

const objects = shared("modelObjects", () => new WeakSet<object>());

/** What the developer logs, or has loaded, is a model already: nobody makes another one of it. */
export function noteModelObject(object: object): void {
  objects.add(object);
}

export function isModelObject(object: object): boolean {
  return objects.has(object);
}

/** Whether it was said which model traces are of; else what is known of their own object counts. */
export function isModelChosen(): boolean {
  return state.isChosen || readActiveModelId() !== undefined;
}

/** The logged model that traces made now are of: what was set, MLFLOW_ACTIVE_MODEL_ID, or the one logged or loaded last. */
export function activeModelId(): string | undefined {
  return state.isChosen ? state.id : (readActiveModelId() ?? state.id);
}

export function chooseActiveModel(modelId: string | undefined): void {
  state.id = modelId;
  state.isChosen = modelId !== undefined;
}

/** As in Python a model that is logged or loaded becomes the active one, unless the developer chose another. */
export function noteModel(modelId: string | undefined): void {
  if (modelId !== undefined && !state.isChosen) state.id = modelId;
}
