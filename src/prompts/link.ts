import { messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { activeModelId } from "../context/active-model.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import type { OpenSpan } from "../recording/call.js";
import { getPipeline } from "../recording/pipeline.js";
import type { TrackingStore } from "../store/store.js";
import type { PromptVersion } from "./prompt-version.js";

/** MLflow lists here the prompts that a trace, a span or a model uses, as JSON. */
const LINKED_PROMPTS = "mlflow.linkedPrompts";

type Version = Pick<PromptVersion, "name" | "version">;

/** Returns the list with the version, written as Python writes it. Returns undefined if it is in the list. */
function added(list: unknown, { name, version }: Version): string | undefined {
  const linked = typeof list === "string" ? readList(list) : [];
  const entry = entryOf(name, String(version));
  return linked.includes(entry) ? undefined : `[${[...linked, entry].join(", ")}]`;
}

function readList(json: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) ? list.map(({ name, version }) => entryOf(name, version)) : [];
  } catch {
    return [];
  }
}

function entryOf(name: string, version: string): string {
  return `{"name": ${JSON.stringify(name)}, "version": ${JSON.stringify(version)}}`;
}

/** Adds the version to the prompts of the trace, and of the span, in which the caller runs, if there is one. */
export function linkToCurrentTrace(prompt: Version): void {
  const { byHand } = getPipeline().recording.collector;
  const call = byHand.activeCall();
  if (!call) return;
  const ofTrace = added(call.tags[LINKED_PROMPTS], prompt);
  if (ofTrace !== undefined) call.tags[LINKED_PROMPTS] = ofTrace;
  linkToSpan(byHand.active(), prompt);
}

function linkToSpan(span: OpenSpan | undefined, prompt: Version): void {
  if (!span?.isOpen) return;
  const ofSpan = added(span.attributes[LINKED_PROMPTS], prompt);
  if (ofSpan !== undefined) span.attributes[LINKED_PROMPTS] = ofSpan;
}

/** The links of this process to each model: several loads change one list. */
const links = shared("promptLinks", () => new Map<string, Promise<void>>());

/** Adds the version to the prompts of a logged model in the background. A failure is only logged. */
export function linkToModel(
  store: TrackingStore,
  prompt: Version,
  modelId = activeModelId(),
): void {
  // A local folder has no logged models.
  if (modelId === undefined || !/^https?:/i.test(store.uri)) return;
  const before = links.get(modelId) ?? Promise.resolve();
  const link = before.then(async () => {
    try {
      const model = await store.getLoggedModel(modelId);
      const list = model && added(model.tags[LINKED_PROMPTS], prompt);
      if (list !== undefined) await store.setLoggedModelTags(modelId, { [LINKED_PROMPTS]: list });
    } catch (cause) {
      warnOnce(
        `prompt of model ${modelId}`,
        `the prompt ${JSON.stringify(prompt.name)} (${prompt.version}) was not linked to the model ${modelId}: ${messageOf(cause)}`,
      );
    }
    if (links.get(modelId) === link) links.delete(modelId);
  });
  links.set(modelId, link);
  hold(link, ANSWER_TIMEOUT_MS);
}
