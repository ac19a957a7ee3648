import { setTimeout as sleep } from "node:timers/promises";
import { MlflowException } from "../../base/errors.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../../delivery/hold.js";
import { reportIfIgnored } from "../../delivery/report-if-ignored.js";
import { getPipeline } from "../../recording/pipeline.js";
import { filledText, kindOf, type RequiredKind, required } from "../../settings/kinds.js";
import type { TraceEdits, TrackingStore } from "../../store/store.js";

/** How long a change waits for a trace of this process that cannot be delivered at once. */
const DELIVERY_TIMEOUT_MS = 30_000;
const POLL_MS = 100;

/** Ids are part of a path of a request. */
export const traceIdKind = kindOf<string>(
  "the id of a trace, such as 'tr-…'",
  (value) => filledText.read(value) !== undefined,
);

/** Options that name a trace, and those that name one of its assessments. */
export const OF_TRACE: { readonly traceId: RequiredKind<string> } = {
  traceId: required(traceIdKind),
};
export const OF_ASSESSMENT = {
  ...OF_TRACE,
  assessmentId: required(
    kindOf<string>(
      "the id of an assessment, such as 'a-…'",
      (value) => filledText.read(value) !== undefined,
    ),
  ),
};

/**
 * Returns the promise of `work`. A rejection that the app does not handle is logged to stderr: a change that the app does not
 * await must not end its process.
 */
export function reported<T>(caller: string, work: () => Promise<T>): Promise<T> {
  return reportIfIgnored(work(), { caller });
}

/** The store of the call. */
export type StoreOf = () => TrackingStore;

export const currentStore: StoreOf = () => getPipeline().tracking.current().store;

/**
 * Changes a trace, or reads its assessments, where it is: in this process while it is open, and in the store after that.
 * A complete trace of this process may still wait for its delivery, so its change waits too.
 *
 * @throws MlflowException TEMPORARILY_UNAVAILABLE if the store rejects the trace for now, or does not accept it within 30 seconds; and
 * the errors of `edit`.
 */
export function editTrace<T>(
  traceId: string,
  edit: (place: TraceEdits) => Promise<T>,
  storeOf: StoreOf = currentStore,
): Promise<T> {
  const work = async () => {
    const open = getPipeline().openTrace(traceId);
    if (open) return edit(open);
    const store = storeOf();
    await whenDelivered(traceId);
    return edit(store);
  };
  return hold(work(), ANSWER_TIMEOUT_MS);
}

async function whenDelivered(traceId: string): Promise<void> {
  const pipeline = getPipeline();
  const startedAtMs = performance.now();
  await pipeline.flush(READ_AFTER_WRITE_MS);
  // The store was busy or down: the queue tries again by itself.
  for (;;) {
    const delay = pipeline.delayOf(traceId);
    const isOver = performance.now() - startedAtMs > DELIVERY_TIMEOUT_MS;
    // Waiting does not help.
    if (delay?.state === "blocked") throw notDelivered(traceId, delay.cause);
    if (!pipeline.holdsTrace(traceId)) return;
    if (isOver) throw notDelivered(traceId, delay?.cause);
    await sleep(POLL_MS);
  }
}

function notDelivered(traceId: string, cause: Error | undefined): MlflowException {
  return new MlflowException(
    `Trace ${traceId} is not delivered yet (${cause?.message ?? "no response"}). Fix the cause, and try again.`,
    "TEMPORARILY_UNAVAILABLE",
    { cause },
  );
}
