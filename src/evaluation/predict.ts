import { messageOf } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { copyJsonData } from "../data/json-data.js";
import type { HeldTrace, TraceHolder } from "../recording/trace-holder.js";
import { SpanType } from "../trace/span.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { readableTrace } from "../tracing/read-trace.js";
import { callInSpan } from "../tracing/spans.js";
import type { Backoff } from "./back-off.js";
import { callHeld, type HeldCall } from "./hold-traces.js";
import type { Item } from "./items.js";
import { ownWork } from "./own-work.js";
import type { Prediction } from "./prediction.js";

/** Calls the model with the inputs of a row. */
export type CallModel = (inputs: Readonly<Record<string, unknown>>, signal: AbortSignal) => unknown;

/** Names the row in the trace, as in Python. */
export const ROW_ID_TAG = "mlflow.eval.requestId";

export interface PredictEffects {
  /** Undefined: the rows have their outputs. */
  readonly callModel: CallModel | undefined;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  /** Metadata of the traces. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly isDryRun: boolean;
  readonly onLost: TraceHolder["onLost"];
}

/**
 * Calls the model for an item, or records the outputs that its row has. Returns undefined if an abort has ended the call:
 * the row is not done.
 */
export async function predict(
  item: Item,
  effects: PredictEffects,
): Promise<Prediction | undefined> {
  const { callModel, signal } = effects;
  const { inputs, outputs } = item.row;
  if (!callModel) {
    const call = await held(item, effects, () => recordOutputs(inputs, outputs));
    return predictionOf(call, outputs, signal);
  }
  const { backoff } = effects;
  let call: HeldCall<unknown> | undefined;
  try {
    await backoff.run(async () => {
      // Only the last attempt is the trace of the row.
      for (const trace of call?.traces ?? []) trace.discard();
      // A signal of its own: the model adds listeners to it, which would stay on a signal of all rows.
      const own = AbortSignal.any([signal]);
      // A copy: what the model changes must not reach scorers, the next attempt or the next repetition.
      call = await held(item, effects, () => callModel(copyJsonData(inputs), own));
      if (call.outcome.kind === "threw") throw call.outcome.error;
    }, signal);
  } catch (error) {
    if (!call && !signal.aborted) throw error;
  }
  if (signal.aborted && call?.outcome.kind !== "returned") {
    // The next evaluation with the same run calls the model again.
    for (const trace of call?.traces ?? []) trace.discard();
    return undefined;
  }
  if (!call) throw new Error("unreachable: the model was called");
  if (call.traces.length > 0) return predictionOf(call, undefined, signal);
  // The model records nothing: a class without runs, or code whose traces are excluded.
  const recorded = await held(item, effects, () => recordOutcome(inputs, call));
  const prediction = await predictionOf(call, undefined, signal);
  return { ...prediction, ...(await traceOf(recorded.traces, signal)) };
}

function held<T>(
  item: Item,
  { metadata, isDryRun, onLost, signal }: PredictEffects,
  fn: () => T | Promise<T>,
): Promise<HeldCall<T>> {
  const { tags, source } = item.row;
  // A record that was made of a trace belongs to the session of that trace.
  const session = source?.sourceData.session_id;
  return callHeld(fn, {
    tags: { ...tags, [ROW_ID_TAG]: item.id },
    metadata: {
      ...(typeof session === "string" && { [TraceMetadataKey.SESSION]: session }),
      ...metadata,
    },
    ...{ sendsAtEnd: !isDryRun, onLost, signal },
  });
}

/** As Python, which has no other name for it. */
const RECORDED = { name: "root_span", spanType: SpanType.CHAIN };

function recordOutputs(inputs: unknown, outputs: unknown): void {
  callInSpan(RECORDED, (span) => {
    span.setInputs(inputs);
    span.setOutputs(outputs);
  });
}

function recordOutcome(inputs: unknown, call: HeldCall<unknown> | undefined): void {
  callInSpan(RECORDED, (span) => {
    span.setInputs(inputs);
    if (call?.outcome.kind === "returned") span.setOutputs(call.outcome.value);
    if (call?.outcome.kind === "threw") {
      span.recordException(call.outcome.error);
      span.setStatus("ERROR", messageOf(call.outcome.error));
    }
  });
}

async function predictionOf(
  { outcome, traces, durationMs }: HeldCall<unknown>,
  outputs: unknown,
  signal: AbortSignal,
) {
  const latencySeconds = durationMs / 1000;
  const recorded = await traceOf(traces, signal);
  if (outcome.kind === "returned") {
    return { outputs: outputs ?? outcome.value, latencySeconds, ...recorded };
  }
  const error = oneLineError(outcome.error);
  return { outputs: undefined, error, latencySeconds, ...recorded };
}

/** The first trace is that of the row. Others, of calls that the model has started besides, are sent unchanged. */
async function traceOf([first, ...others]: readonly HeldTrace[], signal: AbortSignal) {
  for (const other of others) {
    await ownWork(other.sendWhenRoom(), signal).catch(() => other.send());
  }
  return first ? { trace: readableTrace(first.read()), held: first } : { trace: undefined };
}

function oneLineError(error: unknown): string {
  // A proxy of the app may throw.
  return attempt(() => error instanceof Error) ? messageOf(error) : show(error);
}
