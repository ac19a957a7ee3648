import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import type { TrackingStore } from "../store/store.js";

/** Runs the work in the current store when everything that this process has logged is delivered. */
export function inStore<T>(work: (store: TrackingStore) => Promise<T>): Promise<T> {
  const answer = async () => {
    const { store } = getPipeline().tracking.current();
    await getPipeline().flush(READ_AFTER_WRITE_MS);
    return work(store);
  };
  return hold(answer(), ANSWER_TIMEOUT_MS);
}
