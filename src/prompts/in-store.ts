import { ANSWER_TIMEOUT_MS, hold } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import type { TrackingStore } from "../store/store.js";

/** Runs the work in the current store. Does not wait for the queue: prompts are not sent through it. */
export async function inStore<T>(work: (store: TrackingStore) => Promise<T>): Promise<T> {
  return hold(work(getPipeline().tracking.current().store), ANSWER_TIMEOUT_MS);
}
