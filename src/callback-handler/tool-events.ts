import {
  isPlainArray,
  isPlainObject,
  type Plain,
  type PlainObject,
  toJson,
} from "../data/plain.js";
import { readAllRetrieved } from "../langchain/events/read.js";
import { parseToolInput, uncoerce } from "../langchain/events/values.js";
import { type CallStart, endCall, recordAnswer, startCall } from "./call-events.js";
import { textOf, textOfOutput } from "./python-values.js";
import { readValue } from "./read-event.js";
import type { Tracker } from "./tracker.js";

export function recordToolStart(tracker: Tracker, start: CallStart, input: unknown): void {
  // JSON text is parsed, because redaction finds secrets by field name.
  const { value } = uncoerce(parseToolInput(input), "input");
  recordStart(tracker, "tool", start, "input_str", value);
}

export function recordRetrieverStart(tracker: Tracker, start: CallStart, query: unknown): void {
  recordStart(tracker, "retriever", start, "query", query);
}

function recordStart(
  tracker: Tracker,
  kind: "tool" | "retriever",
  start: CallStart,
  column: string,
  live: unknown,
): void {
  const meter = { characters: 0 };
  const { call, number, context, fields } = startCall(tracker, kind, start, meter);
  const input = readValue(live, context, meter);
  const text = isPlainObject(input) || isPlainArray(input) ? toJson(input) : textOf(input);
  if (call.isRoot) call.input = text;
  const event = { action: `on_${kind}_start`, file: `${kind}_start_${number}` };
  tracker.record({ ...event, fields: { ...fields, [column]: text } }, meter.characters);
}

export function recordToolEnd(tracker: Tracker, id: string, live: unknown): void {
  const meter = { characters: 0 };
  const { call, number, context } = endCall(tracker, "tool", id);
  const output = readValue(live, context, meter);
  recordAnswer(tracker, call, output);
  const event = { action: "on_tool_end", file: `tool_end_${number}` };
  tracker.record({ ...event, fields: { output: textOfOutput(output) } }, meter.characters);
}

export function recordRetrieverEnd(tracker: Tracker, id: string, live: unknown): void {
  const meter = { characters: 0 };
  const { call, number, context } = endCall(tracker, "retriever", id);
  const output = readValue(readAllRetrieved(live), context, meter);
  recordAnswer(tracker, call, output);
  const documents = isPlainArray(output) ? output.map(describeDocument) : output;
  const event = { action: "on_retriever_end", file: `retriever_end_${number}` };
  tracker.record({ ...event, fields: { documents } }, meter.characters);
}

/** Converts the metadata of a document to strings, as Python's handler does. */
function describeDocument(document: Plain): Plain {
  if (!isPlainObject(document)) return document;
  const { page_content, metadata } = document;
  return { page_content, metadata: isPlainObject(metadata) ? toTexts(metadata) : metadata };
}

function toTexts(metadata: PlainObject): PlainObject {
  const texts = Object.entries(metadata).map(([name, value]) => [
    name,
    isPlainArray(value) ? value.map(textOf).join(",") : textOf(value),
  ]);
  return Object.fromEntries(texts);
}
