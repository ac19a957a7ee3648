import { messageOf } from "../base/errors.js";
import { debug, warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { addPrompts, type PromptReference } from "../context/linked-prompts.js";
import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import type { TrackingStore } from "../store/store.js";
import { TraceTagKey } from "../trace/trace.js";
import { EXPERIMENT_IDS } from "./stored-prompt.js";

const links = shared("promptLinks", () => ({
  /** The last change of each entity by this process: several links change one list. */
  changes: new Map<string, Promise<void>>(),
  /** The prompts that were loaded, with their experiments. */
  loaded: new Set<string>(),
}));

/** Changes an entity after the earlier changes of it. Never rejects: calls `report` if the change fails. */
function inOrder(
  entity: string,
  change: () => Promise<void>,
  report: (cause: unknown) => void,
): Promise<void> {
  const { changes } = links;
  const before = changes.get(entity) ?? Promise.resolve();
  const done = before.then(change).catch(report);
  changes.set(entity, done);
  done.then(() => changes.get(entity) === done && changes.delete(entity));
  return hold(done, ANSWER_TIMEOUT_MS);
}

/**
 * Adds the active experiment to those whose pages list the prompt. A user without the permission for it can still load the
 * prompt, so a failure is a warning only for a prompt that is registered.
 */
export function linkToExperiment(name: string, how: "registered" | "loaded"): Promise<void> {
  const destination = getPipeline().tracking.current();
  const { store } = destination;
  const link = async () => {
    const id = await destination.experimentId();
    const key = [store.uri, id, name].join("\n");
    if (how === "loaded" && links.loaded.has(key)) return;
    const { tags } = await store.getRegisteredModel(name);
    links.loaded.add(key);
    const ids = (tags[EXPERIMENT_IDS] ?? "").split(",").filter((one) => one.trim() !== "");
    if (ids.includes(id)) return;
    await store.setRegisteredModelTag(name, EXPERIMENT_IDS, `,${[...ids, id].join(",")},`);
  };
  return inOrder(`prompt ${name}`, link, (cause) => {
    const failure = `the page of the experiment does not list the prompt ${JSON.stringify(name)}: ${messageOf(cause)}`;
    if (how === "loaded") debug("%s", failure);
    else warnOnce(failure, failure);
  });
}

/** Adds the prompt to the tag of a logged model. */
export function linkToModel(
  store: TrackingStore,
  prompt: PromptReference,
  modelId: string,
): Promise<void> {
  const link = async () => {
    const model = await store.getLoggedModel(modelId);
    if (!model) throw new Error("the model does not exist");
    const key = TraceTagKey.LINKED_PROMPTS;
    const list = addPrompts(model.tags[key], [prompt]);
    if (list !== model.tags[key]) await store.setLoggedModelTags(modelId, { [key]: list });
  };
  return inOrder(`model ${modelId}`, link, (cause) => {
    const failure = `the prompt ${prompt.name} (version ${prompt.version}) was not linked to the model ${modelId}`;
    warnOnce(failure, `${failure}: ${messageOf(cause)}`);
  });
}
