import { getPipeline } from "../recording/pipeline.js";
import type { PromptVersion } from "./prompt-version.js";

/** MLflow lists here the prompts that a trace uses, as JSON. */
const LINKED_PROMPTS = "mlflow.linkedPrompts";

/** Adds the version to the prompts of the trace in which the caller runs, if there is one. */
export function linkToCurrentTrace({ name, version }: PromptVersion): void {
  const call = getPipeline().recording.collector.byHand.activeCall();
  if (!call) return;
  const entry = { name, version: String(version) };
  const linked: (typeof entry)[] = JSON.parse(call.tags[LINKED_PROMPTS] ?? "[]");
  if (linked.some((one) => one.name === name && one.version === entry.version)) return;
  Object.assign(call.tags, { [LINKED_PROMPTS]: JSON.stringify([...linked, entry]) });
}
