import { expect, test } from "vitest";
import { isPlainArray, isPlainObject, type Plain, toJson } from "../../src/data/plain.js";
import { createSnapshot } from "../../src/data/snapshot.js";
import {
  chatInputs,
  describeModel,
  describeResult,
} from "../../src/langchain/events/model-span.js";
import { readLangChain } from "../../src/langchain/events/read.js";
import { OpenSpan } from "../../src/recording/call.js";
import { createOtlpEncoder } from "../../src/store/wire/otlp.js";
import { spansFromJson, spansToJson } from "../../src/store/wire/span-json.js";
import { exceptionEvent } from "../../src/trace/exception.js";
import { LIMITS } from "../data/snapshots.js";
import { newCall, traceOf } from "./fuzzed-trace.js";
import { hostileValue, seeded } from "./hostile-values.js";

const SEED = 20_26;
/** `npm test` asks for 10 000. */
const VALUES = Number(process.env.FUZZ_COUNT ?? 500);
/** With smaller limits than the default all of them are met. */
const SMALL = {
  ...LIMITS,
  maxStringCharacters: 2000,
  maxValueCharacters: 5000,
  maxValueNodes: 200,
};
/** Text under the limit, six characters each where all must be escaped, twice where depth made it text. */
const MAX_JSON_CHARACTERS = 100_000;
const MAX_CPU_MS = 250;

test(`${VALUES} hostile values become plain data that every encoder takes`, {
  timeout: 300_000,
}, () => {
  const random = seeded(SEED);
  const snapshot = createSnapshot(() => SMALL, readLangChain);
  const encode = createOtlpEncoder({ traceFields: true, parsesJsonText: true });
  const slowest = { cpuMs: 0, at: -1 };
  let longest = 0;
  for (let at = 0; at < VALUES; at++) {
    const value = hostileValue(random);
    const work = () => {
      const plain = snapshot(value, { characters: 0 });
      const json = toJson(plain);
      const chat = new OpenSpan(newCall(), { name: "chat", spanType: "CHAT_MODEL" });
      chatInputs(plain);
      describeModel(chat, isPlainObject(plain) ? plain : undefined, plain);
      describeResult(chat, plain, (part) => snapshot(part, { characters: 0 }));
      const trace = traceOf(plain, exceptionEvent(value));
      return { plain, json, trace, bytes: encode(trace), file: spansToJson(trace.data.spans).text };
    };
    const { result, cpuMs } = measured(work);
    const { plain, json, trace, bytes, file } = result;
    if (cpuMs > slowest.cpuMs) Object.assign(slowest, { cpuMs, at });
    longest = Math.max(longest, json.length, bytes.length);

    expectPlain(plain, at);
    expect(() => JSON.parse(json), `value ${at}`).not.toThrow();
    const [read] = spansFromJson(file, trace.info) ?? [];
    expect(toJson(read?.outputs), `value ${at}`).toBe(json);
  }
  expect(slowest.cpuMs, `value ${slowest.at}`).toBeLessThan(MAX_CPU_MS);
  expect(longest).toBeLessThan(MAX_JSON_CHARACTERS);
});

/** The garbage of the values before is collected in one of them: what is slow by itself is so again. */
function measured<T>(work: () => T): { result: T; cpuMs: number } {
  const before = process.cpuUsage();
  const result = work();
  const cpuMs = cpuMsSince(before);
  if (cpuMs < MAX_CPU_MS) return { result, cpuMs };
  const again = process.cpuUsage();
  work();
  return { result, cpuMs: Math.min(cpuMs, cpuMsSince(again)) };
}

function cpuMsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Nothing of the app's, no cycle, no more levels than MLflow's server takes. */
function expectPlain(value: Plain | undefined, at: number, depth = 0): void {
  if (depth > 24) throw new Error(`value ${at} is deeper than 24`);
  if (isPlainArray(value)) for (const item of value) expectPlain(item, at, depth + 1);
  else if (isPlainObject(value)) {
    if (Object.getPrototypeOf(value) !== Object.prototype)
      throw new Error(`value ${at}: an instance`);
    for (const entry of Object.values(value)) expectPlain(entry, at, depth + 1);
  } else if (typeof value === "function" || typeof value === "symbol") {
    throw new Error(`value ${at}: ${String(value)}`);
  }
}
