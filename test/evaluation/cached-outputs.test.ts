import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { autolog, genai, setTrackingUri } from "../../src/index.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cached-outputs-"));
  vi.stubEnv("MLFLOW_LANGCHAIN_CACHE_DIR", join(folder, "cache"));
  setTrackingUri(`file:${join(folder, "store")}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const ok = genai.scorer({ name: "ok" }, () => true);

async function outputsFor(values: readonly unknown[], predictFn: genai.PredictFn) {
  const { rows } = await genai.evaluate({
    data: values.map((value) => ({ inputs: { value } })),
    predictFn,
    scorers: [ok],
    ...{ cache: true, cacheKey: "v1", dryRun: true, maxConcurrency: 1 },
  });
  return rows.map(({ outputs }) => outputs);
}

test("rows whose inputs are not JSON data do not share cached outputs", async () => {
  const values = [
    ...[NaN, null, Number.POSITIVE_INFINITY, 0, -0, 1n, "1", /a/, /b/],
    ...[new Map([[1, 2]]), new Map([[3, 4]]), new Set([1]), new Set([2])],
    ...[new Date(0), new Date(0).toISOString(), { a: undefined }, {}],
  ];
  let calls = 0;
  const outputs = await outputsFor(values, () => `call ${++calls}`);
  expect(new Set(outputs).size).toBe(values.length);
  const json = await outputsFor([null, 0, "1"], () => "called again");
  expect(json).toEqual([outputs[1], outputs[3], outputs[6]]);
});

test.each([
  ["a Date", () => new Date(0)],
  ["-0", () => -0],
  [
    "a class instance",
    () =>
      new (class Answer {
        text = "a";
      })(),
  ],
  ["a field that is undefined", () => ({ a: undefined, b: 1 })],
  ["a bigint", () => ({ count: 1n })],
])("outputs are not cached if JSON would change them: %s", async (_, make) => {
  let calls = 0;
  const predictFn = () => {
    calls += 1;
    return make();
  };
  await outputsFor(["a"], predictFn);
  const [outputs] = await outputsFor(["a"], predictFn);
  expect(calls).toBe(2);
  expect(outputs).toEqual(make());
});

/** Replaces the content of each file of the cache. */
function breakCache(content: string): void {
  const cache = join(folder, "cache");
  const files = readdirSync(cache, { recursive: true, encoding: "utf8" });
  const stored = files.filter((file) => file.endsWith(".json"));
  expect(stored).not.toHaveLength(0);
  for (const file of stored) writeFileSync(join(cache, file), content);
}

test.each(['"{"', '"', "{}", ""])("a broken cache file counts as missing: %s", async (content) => {
  let calls = 0;
  const predictFn = () => ({ call: ++calls });
  await outputsFor(["a"], predictFn);
  breakCache(content);
  expect(await outputsFor(["a"], predictFn)).toEqual([{ call: 2 }]);
  expect(await outputsFor(["a"], predictFn)).toEqual([{ call: 2 }]);
});

test.each(['"{"', '"[1]"', '"[{}]"', '"[{\\"text\\":\\"a\\",\\"message\\":1}]"'])(
  "a broken cache file of a chat model counts as missing: %s",
  async (content) => {
    autolog({ silent: true });
    try {
      const model = new FakeListChatModel({ responses: ["first", "second"] });
      const ask = async () => {
        const { rows } = await genai.evaluate({
          data: [{ inputs: { question: "a" } }],
          predictFn: async ({ question }) => (await model.invoke(question)).content,
          scorers: [ok],
          ...{ cache: true, dryRun: true },
        });
        return rows[0]?.error ?? rows[0]?.outputs;
      };
      expect(await ask()).toBe("first");
      breakCache(content);
      expect(await ask()).toBe("second");
      expect(await ask()).toBe("second");
    } finally {
      autolog({ disable: true });
    }
  },
);
