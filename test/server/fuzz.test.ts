import { afterAll, beforeAll, expect, it } from "vitest";
import { toJson } from "../../src/data/plain.js";
import { createSnapshot } from "../../src/data/snapshot.js";
import { readLangChain } from "../../src/langchain/events/read.js";
import type { TrackingStore } from "../../src/store/store.js";
import { exceptionEvent } from "../../src/trace/exception.js";
import type { Trace } from "../../src/trace/trace.js";
import { LIMITS } from "../data/snapshots.js";
import { traceOf } from "../fuzz/fuzzed-trace.js";
import { hostileValue, seeded } from "../fuzz/hostile-values.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";

const SEED = 317;
const TRACES = 400;
const BATCH = 50;
const SMALL = {
  ...LIMITS,
  maxStringCharacters: 5000,
  maxValueCharacters: 20_000,
  maxValueNodes: 300,
};

let server: MlflowServer;
let store: TrackingStore;
beforeAll(async () => {
  server = await startMlflowServer();
  store = openRestStore(server.url);
});
afterAll(async () => {
  await store?.close();
  await server?.close();
});

it(`takes ${TRACES} traces of hostile values, ${BATCH} a request, and gives each back`, {
  timeout: 300_000,
}, async () => {
  const random = seeded(SEED);
  const snapshot = createSnapshot(() => SMALL, readLangChain);
  const traces = Array.from({ length: TRACES }, () => {
    const value = hostileValue(random);
    return traceOf(snapshot(value, { characters: 0 }), exceptionEvent(value));
  });
  const experimentId = await store.createExperiment("hostile values");
  const lost: string[] = [];
  for (let at = 0; at < TRACES; at += BATCH) {
    const batch = traces.slice(at, at + BATCH);
    const verdicts = await store.logTraces(experimentId, batch);
    const reads = await Promise.all(batch.map(({ info }) => store.getTrace(info.traceId)));
    batch.forEach((trace, index) => {
      const difference = differenceOf(dataOf(trace), dataOf(reads[index]));
      const state = verdicts[index]?.state;
      if (state !== "stored" || difference) lost.push(`${at + index} ${state}: ${difference}`);
    });
  }
  expect(lost).toEqual([]);
});

/** What of a trace the server gives back as it was; NUL it cannot hold. */
function dataOf(trace: Trace | undefined): string {
  const spans = trace?.data.spans.map(({ inputs, outputs, attributes, events }) =>
    toJson([inputs ?? null, outputs ?? null, attributes.value ?? null, events.length]),
  );
  return String(spans).replaceAll("\\u0000", "");
}

/** Where two texts part, with what is around; empty where they do not. */
function differenceOf(sent: string, read: string): string {
  if (sent === read) return "";
  let at = 0;
  while (sent[at] === read[at]) at += 1;
  const [from, to] = [Math.max(0, at - 60), at + 60];
  return `sent ${sent.slice(from, to)} read ${read.slice(from, to)}`;
}
