import { expect, test } from "vitest";
import type { Plain } from "../../src/data/plain.js";
import { createSnapshot } from "../../src/data/snapshot.js";
import { readLangChain } from "../../src/langchain/events/read.js";
import { createOtlpEncoder } from "../../src/store/wire/otlp.js";
import { readOtlpSpans } from "../../src/store/wire/read-otlp.js";
import { exceptionEvent } from "../../src/trace/exception.js";
import { spanStatus } from "../../src/trace/span.js";
import type { Trace } from "../../src/trace/trace.js";
import { LIMITS } from "../data/snapshots.js";
import { sampleTrace } from "../server/sample-trace.js";
import { traceOf } from "./fuzzed-trace.js";
import { hostileValue, seeded } from "./hostile-values.js";

const VALUES = Number(process.env.FUZZ_COUNT ?? 500);
const SPOOLED = { traceFields: false, parsesJsonText: false };

test(`the spans of ${VALUES} traces with hostile values are read as they were encoded`, () => {
  const random = seeded(31);
  const snapshot = createSnapshot(() => LIMITS, readLangChain);
  const encodeForSpool = createOtlpEncoder(SPOOLED);
  const encodeForServer = createOtlpEncoder({ traceFields: true, parsesJsonText: true });
  for (let at = 0; at < VALUES; at++) {
    const value = hostileValue(random);
    const trace = traceOf(snapshot(value, { characters: 0 }), exceptionEvent(value));
    const read = { ...trace, data: { spans: readOtlpSpans(encodeForSpool(trace)) } };
    // A server receives the same bytes from both.
    expect(Buffer.from(encodeForServer(read)).equals(encodeForServer(trace)), `value ${at}`).toBe(
      true,
    );
  }
});

test("every field of a span is read", () => {
  const trace = sampleTrace({
    root: {
      status: spanStatus("ERROR", "it failed"),
      events: [{ name: "token", timestampNs: 5n, attributes: { text: "a", count: 2 } }],
      links: [
        { traceId: `tr-${"0a".repeat(16)}`, spanId: "0b".repeat(8), attributes: { why: "next" } },
      ],
      attributes: attributes(),
    },
  });
  const read: Trace = {
    ...trace,
    data: { spans: readOtlpSpans(createOtlpEncoder(SPOOLED)(trace)) },
  };
  expect(read).toEqual(trace);
});

/** A field named `__proto__` is a field. */
function attributes(): Record<string, Plain> {
  const entries: [string, Plain][] = [
    ["text", "é\u{1f99c}"],
    ["empty", ""],
    ["null", null],
    ["numbers", [0, -1, 1.5, -2.25e-7, 2 ** 53 - 1, -(2 ** 53) + 1]],
    ["bigints", [2n ** 63n - 1n, -(2n ** 63n)]],
    ["flags", [true, false]],
    ["nested", { list: [[], {}, [{ a: null }]] }],
    ["__proto__", { polluted: true }],
  ];
  return Object.fromEntries(entries);
}

test("bytes that are not a request are refused", () => {
  const bytes = Buffer.from(createOtlpEncoder(SPOOLED)(sampleTrace()));
  expect(() => readOtlpSpans(bytes.subarray(0, bytes.length - 1))).toThrow(RangeError);
  expect(() => readOtlpSpans(Buffer.alloc(20, 0xff))).toThrow(RangeError);
});
