import { expect, test } from "vitest";
import { MlflowException } from "../../../src/base/errors.js";
import type { Plain } from "../../../src/data/plain.js";
import { createSnapshot } from "../../../src/data/snapshot.js";
import { readLangChain } from "../../../src/langchain/events/read.js";
import { createOtlpEncoder, encodeTraces } from "../../../src/store/wire/otlp.js";
import { ProtobufWriter } from "../../../src/store/wire/protobuf.js";
import type { Trace } from "../../../src/trace/trace.js";
import { LIMITS } from "../../data/snapshots.js";
import { traceOf } from "../../fuzz/fuzzed-trace.js";
import { hostileValue, seeded } from "../../fuzz/hostile-values.js";
import { sampleTrace } from "../../server/sample-trace.js";

const DIALECT = { traceFields: true, parsesJsonText: true };

function encodedAlone(trace: Trace): Buffer {
  return Buffer.from(createOtlpEncoder(DIALECT)(trace));
}

/** A copy in which no two values are the same object. */
function unshared<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value));
}

test("traces that are encoded together have the bytes of traces that are encoded alone", () => {
  const random = seeded(47);
  const snapshot = createSnapshot(() => LIMITS, readLangChain);
  const traces = Array.from({ length: 200 }, () =>
    traceOf(snapshot(hostileValue(random), { characters: 0 }), {}),
  );
  for (const [index, encoded] of encodeTraces(new ProtobufWriter(), traces, DIALECT).entries()) {
    if (encoded instanceof Error) throw encoded;
    expect(encodedAlone(traces[index]!).equals(encoded.bytes), `trace ${index}`).toBe(true);
    expect(encoded.spanBytes).toHaveLength(traces[index]!.data.spans.length);
  }
});

test("the bytes of traces follow each other in memory, and a trace with a wrong id is left out", () => {
  const good = sampleTrace({});
  const wrong = { ...good, info: { ...good.info, traceId: "tr-wrong" } };
  const [first, second, third] = encodeTraces(new ProtobufWriter(), [good, wrong, good], DIALECT);
  expect(second).toBeInstanceOf(MlflowException);
  if (!first || !third || first instanceof Error || third instanceof Error) throw second;
  expect(third.bytes.buffer).toBe(first.bytes.buffer);
  expect(third.bytes.byteOffset).toBe(first.bytes.byteOffset + first.bytes.byteLength);
  expect(encodedAlone(good).equals(third.bytes)).toBe(true);
});

test("a writer that is used again writes what a new one would", () => {
  const writer = new ProtobufWriter();
  encodeTraces(writer, [sampleTrace({}), sampleTrace({})], DIALECT);
  const trace = sampleTrace({});
  const [again] = encodeTraces(writer, [trace], DIALECT);
  if (!again || again instanceof Error) throw again;
  expect(encodedAlone(trace).equals(again.bytes)).toBe(true);
});

test.each([0, 1, 20, 22, 30])(
  "values that spans share are written as separate values would be, at the depth %i",
  (depth) => {
    const message = { content: "A long text. ".repeat(40), more: [{ list: [1, "a", null] }] };
    let value: Plain = { messages: [message, message] };
    for (let level = 0; level < depth; level++) value = { [`level ${level}`]: value };
    const shared = traceOf({ value, message, again: [message, value] }, { message });
    const spans = shared.data.spans.map((span) => ({
      ...span,
      inputs: unshared(span.inputs!),
      outputs: unshared(span.outputs!),
      attributes: unshared(span.attributes),
      events: span.events.map((event) => ({ ...event, attributes: unshared(event.attributes) })),
    }));
    const written = encodedAlone(shared);
    expect(written.equals(encodedAlone({ ...shared, data: { spans } }))).toBe(true);
    expect(written.byteLength).toBeGreaterThan(2_000);
  },
);
