import { shared } from "../base/process-state.js";
import { readActiveModelId } from "../settings/settings.js";

interface ActiveModel {
  id: string | undefined;
  /** The app has chosen it. Otherwise it is the model that was logged or loaded last. */
  isChosen: boolean;
}

const state = shared("activeModel", (): ActiveModel => ({ id: undefined, isChosen: false }));

const objects = shared("modelObjects", () => new WeakSet<object>());

/** Marks an object that the app has logged or loaded as a model: autolog logs no other model of it. */
export function noteModelObject(object: object): void {
  objects.add(object);
}

export function isModelObject(object: object): boolean {
  return objects.has(object);
}

/** Whether the app has chosen the model of traces. Otherwise each trace gets the model of its own object. */
export function isModelChosen(): boolean {
  return state.isChosen || readActiveModelId() !== undefined;
}

/** The logged model of traces made now: the chosen one, MLFLOW_ACTIVE_MODEL_ID, or the one logged or loaded last. */
export function activeModelId(): string | undefined {
  return state.isChosen ? state.id : (readActiveModelId() ?? state.id);
}

export function chooseActiveModel(modelId: string | undefined): void {
  state.id = modelId;
  state.isChosen = modelId !== undefined;
}

/** A model that is logged or loaded becomes the active one, as in Python, unless the app chose another. */
export function noteModel(modelId: string | undefined): void {
  if (modelId !== undefined && !state.isChosen) state.id = modelId;
}
