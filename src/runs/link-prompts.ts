import { messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { addPrompts, type PromptReference } from "../context/linked-prompts.js";
import type { RunTarget } from "../delivery/destination.js";
import { TraceTagKey } from "../trace/trace.js";
import { putWrite } from "./put.js";

const KEY = TraceTagKey.LINKED_PROMPTS;

/** The tag of each run, as this process has written it. */
const lists = shared("promptsOfRuns", () => new WeakMap<RunTarget, string>());

/** Adds prompts to the tag of a run. Resolves when the change is in the queue. Never rejects. */
export async function linkPromptsToRun(
  run: RunTarget,
  prompts: readonly PromptReference[],
): Promise<void> {
  if (prompts.length === 0) return;
  try {
    const { data } = await run.whenCreated();
    const before = lists.get(run) ?? data.tags[KEY];
    const list = addPrompts(before, prompts);
    lists.set(run, list);
    if (list !== before) putWrite(run, { kind: "logBatch", tags: { [KEY]: list } });
  } catch (cause) {
    const failure = `prompts were not linked to a run, since it was not created: ${messageOf(cause)}`;
    warnOnce(failure, failure);
  }
}
