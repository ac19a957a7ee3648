import { readSettings } from "../config/settings.js";
import { shared } from "../shared.js";

interface ActiveModel {
  /** Null once it was cleared in code. */
  modelId: string | null | undefined;
}

const active = shared("activeModel", (): ActiveModel => ({ modelId: undefined }));

/** The logged model that traces made now belong to: the one set in code, else the environment's. */
export function activeModelId(): string | undefined {
  if (active.modelId === undefined) active.modelId = readSettings().activeModelId ?? null;
  return active.modelId ?? undefined;
}

export function setActiveModelId(modelId: string | undefined): void {
  active.modelId = modelId ?? null;
}
