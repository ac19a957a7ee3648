import { isPlainArray, type Plain, type PlainObject } from "../data/plain.js";
import { getPipeline } from "../recording/pipeline.js";
import type { RedactContext } from "../trace/redact.js";
import { SpanType } from "../trace/span.js";
import { readName, readSerialized, readValue, type TextMeter } from "./read-event.js";
import type { TrackedCall } from "./tracked-calls.js";
import type { Tracker } from "./tracker.js";

export type Kind = "chain" | "llm" | "tool" | "retriever";

const SPAN_TYPES: Readonly<Record<Kind, SpanType>> = {
  chain: SpanType.CHAIN,
  llm: SpanType.LLM,
  tool: SpanType.TOOL,
  retriever: SpanType.RETRIEVER,
};

/** The data that every start event of LangChain has. */
export interface CallStart {
  readonly serialized: unknown;
  readonly id: string;
  readonly parentId: string | undefined;
  readonly name: unknown;
}

/** The data that is needed to record the start or end event of a call. */
interface Known<C> {
  readonly call: C;
  /** The number of the event among the events of the same kind. The first event has the number 1. */
  readonly number: number;
  readonly context: RedactContext;
}

/** Counts the start of a call and adds the call to the open calls. `fields` is the serialized form of the called object. */
export function startCall(
  tracker: Tracker,
  kind: Kind,
  start: CallStart,
  meter: TextMeter,
): Known<TrackedCall> & { readonly fields: PlainObject } {
  tracker.counters.count(`${kind}_starts`, "starts");
  const number = tracker.counters.row[`${kind}_starts`];
  const spanName = nameOf(start);
  const context: RedactContext = { field: "inputs", spanName, spanType: SPAN_TYPES[kind] };
  const read = (name: string) => readName(name, { ...context, field: "attribute", name: "name" });
  const name = read(spanName);
  const call = tracker.calls.open(start.id, start.parentId, { spanName, name, number });
  const serialized = readSerialized(start.serialized, context, meter);
  const serializedName = serialized.name;
  const fields = {
    ...serialized,
    name: typeof serializedName === "string" ? read(serializedName) : name,
  };
  return { call, number, context, fields };
}

/** Counts the end of a call and removes the call from the open calls. */
export function endCall(tracker: Tracker, kind: Kind, id: string): Known<TrackedCall | undefined> {
  tracker.counters.count(`${kind}_ends`, "ends");
  const call = tracker.calls.close(id);
  const number = tracker.counters.row[`${kind}_ends`];
  return { call, number, context: contextOf(kind, call, "outputs") };
}

/** Records the output of a root call. The last root call decides the final status of the run. */
export function recordAnswer(
  tracker: Tracker,
  call: TrackedCall | undefined,
  output: Plain | undefined,
): void {
  if (!call?.isRoot) return;
  tracker.hasRootFailed = false;
  if (call.input !== undefined) tracker.seen = { input: call.input, output };
}

/** Records an error as a separate step. Python's handler only counts errors. */
export function recordError(tracker: Tracker, kind: Kind, id: string, thrown: unknown): void {
  tracker.counters.count("errors");
  const call = tracker.calls.close(id);
  if (call?.isRoot) tracker.hasRootFailed = true;
  const { message, event } = getPipeline().describeError(thrown);
  const context = contextOf(kind, call, "statusMessage");
  const error = getPipeline().redactValue(message, context);
  const typeName = "exception.type";
  const error_type = readName(String(event[typeName]), {
    ...context,
    field: "event",
    name: typeName,
  });
  const fields = { error, error_type, name: call?.name };
  const file = `${kind}_error_${tracker.counters.row.errors}`;
  tracker.record({ action: `on_${kind}_error`, file, fields }, message.length);
}

/** Returns a reader for the values of an event between the start and the end of a call. */
export function openEvent(tracker: Tracker, kind: Kind, id: string) {
  const meter = { characters: 0 };
  const context = contextOf(kind, tracker.calls.get(id), "event");
  const read = (name: string, live: unknown) => readValue(live, { ...context, name }, meter);
  return { meter, read };
}

function contextOf(
  kind: Kind,
  call: TrackedCall | undefined,
  field: RedactContext["field"],
): RedactContext {
  return { field, spanName: call?.spanName ?? kind, spanType: SPAN_TYPES[kind] };
}

/** The name that the app gave to the call, or the name of the class. */
function nameOf({ name, serialized }: CallStart): string {
  if (typeof name === "string" && name !== "") return name;
  const { id } = (serialized ?? {}) as { readonly id?: Plain };
  return String((isPlainArray(id) && id.at(-1)) || "unknown");
}
