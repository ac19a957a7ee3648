import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { genai, getRun, setExperiment, setTrackingUri } from "../../src/index.js";

let folder: string;
const rejections: unknown[] = [];
const listener = (cause: unknown) => void rejections.push(cause);
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "app-functions-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("functions");
  rejections.length = 0;
  process.on("unhandledRejection", listener);
});
afterEach(() => {
  process.off("unhandledRejection", listener);
  rmSync(folder, { recursive: true });
});

const DATA = [1, 3].map((id) => ({ inputs: { id }, outputs: id }));

/** Evaluates with a scorer that returns 1 and 3, and passes both. */
async function evaluateWith(options: Omit<genai.ScorerOptions, "name">) {
  const passes = { name: "size", passIf: () => true, ...options };
  const scorers = [genai.scorer(passes, ({ output }) => output)];
  const result = await genai.evaluate({ data: DATA, scorers });
  await new Promise((resolve) => setImmediate(resolve));
  expect(rejections).toEqual([]);
  const run = await getRun(result.runId ?? "");
  expect(run?.info.status).toBe("FINISHED");
  expect(run?.data.metrics).toEqual(result.metrics);
  return result;
}

describe("an aggregation of the app", () => {
  test("is a metric", async () => {
    const range = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    const { metrics, passed } = await evaluateWith({ aggregations: [range, "mean"] });
    expect(metrics).toMatchObject({ "size/range": 2, "size/mean": 2 });
    expect(passed).toBe(true);
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("no sum");
      },
      "threw an error: no sum",
    ],
    ["returns a text", () => "x", "returned 'x'. Return a finite number."],
    ["returns undefined", () => {}, "returned undefined."],
    ["returns a BigInt", () => 1n, "returned 1n."],
    ["returns NaN", () => Number.NaN, "returned NaN."],
    ["returns Infinity", () => Number.POSITIVE_INFINITY, "returned Infinity."],
    [
      "rejects",
      async () => {
        throw new Error("late");
      },
      "returned Promise",
    ],
  ])("that %s leaves out its metric, and the result names it", async (_, bad, reason) => {
    const worst = Object.defineProperty(bad as () => number, "name", { value: "worst" });
    const { metrics, passed, reason: why } = await evaluateWith({ aggregations: [worst, "mean"] });
    expect(metrics).toMatchObject({ "size/mean": 2 });
    expect(metrics).not.toHaveProperty(["size/worst"]);
    expect(passed).toBe(false);
    expect(why).toContain(`size/worst: the aggregation ${reason}`);
  });

  test("that changes its values does not change the other metrics", async () => {
    const empty = (values: readonly number[]) => (values as number[]).splice(0).length;
    const { metrics } = await evaluateWith({ aggregations: [empty, "mean"] });
    expect(metrics).toMatchObject({ "size/empty": 2, "size/mean": 2 });
  });
});

describe("passIf", () => {
  test.each([
    ["a promise of false", async () => false, "Promise"],
    [
      "a promise that rejects",
      async () => {
        throw new Error("late");
      },
      "Promise",
    ],
    ["a number", () => 1, "1"],
    ["undefined", () => {}, "undefined"],
  ])("that returns %s passes no row", async (_, passIf, shown) => {
    const { passed, reason } = await evaluateWith({ passIf: passIf as () => boolean });
    expect(passed).toBe(false);
    expect(reason).toContain(`row 0: size: passIf returned ${shown}`);
    expect(reason).toContain("Return true or false");
  });
});
