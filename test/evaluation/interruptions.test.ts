import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  genai,
  getRun,
  MlflowException,
  searchTraces,
  setExperiment,
  setTrackingUri,
} from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import type { TrackingStore } from "../../src/store/store.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "evaluate-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("interruptions");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Replaces methods of the store, which is of this test alone. */
function replaceInStore(change: (store: TrackingStore) => Partial<TrackingStore>): void {
  const { store } = getPipeline().tracking.current();
  Object.assign(store, change({ ...store }));
}

const ROWS = [0, 1, 2, 3].map((row) => ({ inputs: { row } }));

function good() {
  return true;
}

/** Aborts when `hang` was called this often. */
function abortedAfter(calls: number) {
  const stop = new AbortController();
  let count = 0;
  const hang = (signal?: AbortSignal) => {
    count += 1;
    if (count === calls) setTimeout(() => stop.abort(new Error("enough")), 50);
    return sleep(2 ** 31 - 1, undefined, {
      ref: false,
      ...(signal && { signal }),
    }) as Promise<never>;
  };
  return { signal: stop.signal, hang };
}

async function failureOf(work: Promise<unknown>): Promise<MlflowException> {
  const failure = await work.then(
    () => undefined,
    (error) => error,
  );
  expect(failure).toBeInstanceOf(MlflowException);
  return failure;
}

function runIdIn({ message }: MlflowException): string {
  return /runId: "(\w+)"/.exec(message)?.[1] ?? "";
}

async function rowsOf(runId: string): Promise<number> {
  let count = 0;
  for await (const _trace of searchTraces({ runId })) count += 1;
  return count;
}

type Hang = () => Promise<never>;

test.each([
  [
    "a model",
    2,
    (hang: Hang) => ({
      data: ROWS,
      predictFn: ({ row }: { row: number }) => (row < 2 ? "yes" : hang()),
      scorers: [good],
    }),
    2,
  ],
  [
    "a scorer",
    4,
    (hang: Hang) => ({ data: ROWS, scorers: [genai.scorer({ name: "slow" }, hang)] }),
    4,
  ],
  [
    "a scorer without timeout",
    4,
    (hang: Hang) => ({ data: ROWS, scorers: [genai.scorer({ name: "slow", timeout: 0 }, hang)] }),
    4,
  ],
  [
    "an iterable",
    1,
    (hang: Hang) => ({
      data: (async function* () {
        yield* ROWS.slice(0, 1);
        await hang();
      })(),
      scorers: [good],
    }),
    1,
  ],
])("the signal ends an evaluation when %s never settles", async (_, calls, optionsOf, stored) => {
  const { signal, hang } = abortedAfter(calls);
  const failure = await failureOf(
    genai.evaluate({ predictFn: () => "yes", ...optionsOf(() => hang()), signal }),
  );
  expect(failure.errorCode).toBe("CANCELLED");
  expect(await rowsOf(runIdIn(failure))).toBe(stored);
});

test("a model that rejects when the signal aborts leaves a CANCELLED that names the run, and the finished rows", async () => {
  const { signal, hang } = abortedAfter(2);
  const failure = await failureOf(
    genai.evaluate({
      data: ROWS,
      predictFn: async ({ row }, { signal: ofRow }) => {
        if (row > 1) await hang(ofRow);
        return "yes";
      },
      ...{ scorers: [good], signal },
    }),
  );
  expect(failure.errorCode).toBe("CANCELLED");
  expect(failure.message).toContain("enough");
  const runId = runIdIn(failure);
  expect((await getRun(runId))?.inputs.datasetInputs).toHaveLength(1);
  expect(await rowsOf(runId)).toBe(2);
  const result = await genai.evaluate({
    data: ROWS,
    predictFn: () => "yes",
    scorers: [good],
    runId,
  });
  expect(result.passed).toBe(true);
  expect(await rowsOf(runId)).toBe(4);
});

test("a signal that has aborted before the evaluation is a CANCELLED", async () => {
  const failure = await failureOf(
    genai.evaluate({
      data: ROWS,
      predictFn: () => "yes",
      scorers: [good],
      signal: AbortSignal.abort("no time"),
    }),
  );
  expect(failure.errorCode).toBe("CANCELLED");
  expect(failure.message).toContain("no time");
});

test("a store that does not respond does not delay the end of an aborted evaluation", async () => {
  const { signal, hang } = abortedAfter(1);
  replaceInStore(() => ({ getRun: () => hang() }));
  const result = genai.evaluate({
    data: ROWS,
    predictFn: () => "yes",
    scorers: [good],
    runId: "a".repeat(32),
    signal,
  });
  expect((await failureOf(result)).errorCode).toBe("CANCELLED");
});

test("an iterable that throws leaves an error that names the run, after the finished rows are stored", async () => {
  const thrown = new Error("the database is gone");
  async function* data() {
    yield* ROWS.slice(0, 2);
    throw thrown;
  }
  const options = { predictFn: () => "yes", scorers: [good] };
  const failure = await failureOf(genai.evaluate({ data: data(), ...options }));
  expect(failure.message).toContain("the database is gone");
  expect(failure.cause).toBe(thrown);
  const runId = runIdIn(failure);
  expect((await getRun(runId))?.inputs.datasetInputs).toHaveLength(1);
  expect(await rowsOf(runId)).toBe(2);
  const result = await genai.evaluate({ data: ROWS, ...options, runId });
  expect(result.passed).toBe(true);
});

test("costs that the store does not return do not end an evaluation", async () => {
  const searchTraceInfos = () => Promise.reject(new Error("too busy"));
  replaceInStore(() => ({ addsCosts: true, searchTraceInfos }));
  const result = await genai.evaluate({ data: ROWS, predictFn: () => "yes", scorers: [good] });
  expect(result.passed).toBe(true);
  expect((await getRun(result.runId ?? ""))?.data.metrics["good/mean"]).toBe(1);
});

test("results that cannot be logged are a reason of their row, and the other rows are evaluated", async () => {
  let isBroken = true;
  function flaky() {
    if (isBroken) throw new Error("down");
    return true;
  }
  const options = { data: ROWS, predictFn: () => "yes", scorers: [flaky] };
  const { runId } = await genai.evaluate(options);
  isBroken = false;
  let calls = 0;
  replaceInStore(({ createAssessment }) => ({
    createAssessment: (traceId, assessment) => {
      calls += 1;
      if (calls === 2) return Promise.reject(new Error("the disk is full"));
      return createAssessment(traceId, assessment);
    },
  }));
  const result = await genai.evaluate({ ...options, runId });
  expect(result.rows).toHaveLength(4);
  expect(result.passed).toBe(false);
  expect(result.reason).toContain("the results of 1 row are not stored");
  expect(result.reason).toContain("the disk is full");
});
