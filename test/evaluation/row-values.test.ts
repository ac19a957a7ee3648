import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AIMessageChunk } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { autolog, genai, getTrace, setExperiment, setTrackingUri } from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "row-values-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("values");
});
afterEach(() => rmSync(folder, { recursive: true }));

const ok = genai.scorer({ name: "ok" }, () => true);

const itself: Record<string, unknown> = {};
itself.itself = itself;
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const fail = () => {
  throw new Error("not now");
};
const HOSTILE: [string, unknown][] = [
  ["an object that contains itself", itself],
  ["a toJSON() that throws", { toJSON: fail }],
  ["a getter that throws", Object.defineProperty({}, "field", { get: fail, enumerable: true })],
  ["a revoked proxy", revoked],
  ["a Map that contains itself", new Map([["itself", itself]])],
];

test.each(HOSTILE)("a row whose inputs have %s is evaluated", async (_, value) => {
  const data = [{ inputs: { question: "a" } }, { inputs: { value, list: [value] } }];
  const received: unknown[] = [];
  const evaluate = () =>
    genai.evaluate({
      data,
      predictFn: (inputs) => {
        received.push(inputs.value);
        return "b";
      },
      scorers: [ok],
    });
  const [one, other] = [await evaluate(), await evaluate()];
  expect(one.rows.map(({ outputs }) => outputs)).toEqual(["b", "b"]);
  expect(one.passed).toBe(true);
  expect(one.rows.map(({ traceId }) => traceId)).not.toContain(undefined);
  expect(one.rows.map(({ rowId }) => rowId)).toEqual(other.rows.map(({ rowId }) => rowId));
  expect(received).toHaveLength(4);
});

test.each(HOSTILE)("a row whose outputs are %s is evaluated", async (_, value) => {
  const result = await genai.evaluate({
    data: [{ inputs: { question: "a" } }],
    predictFn: () => ({ value }),
    scorers: [ok],
  });
  expect(result.passed).toBe(true);
});

test("rows whose inputs differ in a Map, a Set, a RegExp or NaN have different ids", async () => {
  const values = [
    NaN,
    null,
    Infinity,
    new Map([[1, 2]]),
    new Map([[3, 4]]),
    new Set([1]),
    /a/,
    /b/,
  ];
  const { rows } = await genai.evaluate({
    data: values.map((value) => ({ inputs: { value } })),
    predictFn: () => "a",
    scorers: [ok],
  });
  const ids = rows.map(({ rowId }) => rowId);
  expect(new Set(ids).size).toBe(values.length);
  expect(ids.filter((id) => id.includes("-"))).toEqual([]);
});

test.each([
  ["a revoked proxy", () => revoked],
  [
    "a proxy whose prototype cannot be read",
    () => new Proxy({}, { getPrototypeOf: fail, get: fail }),
  ],
  ["undefined", () => undefined],
])("predictFn that throws %s is an error of its row", async (_, thrown) => {
  const result = await genai.evaluate({
    data: [{ inputs: { fails: true } }, { inputs: { fails: false } }],
    predictFn: ({ fails }) => {
      if (fails) throw thrown();
      return "a";
    },
    scorers: [ok],
  });
  expect(result.rows.map(({ error }) => typeof error)).toEqual(["string", "undefined"]);
  expect(result.passed).toBe(false);
});

test("what predictFn changes in its inputs does not reach the next repetition, scorers or the result", async () => {
  const seen: unknown[] = [];
  const row = { inputs: { list: ["a"], nested: { text: "x" } } };
  const result = await genai.evaluate({
    data: [row],
    predictFn: (inputs) => {
      seen.push(structuredClone(inputs));
      inputs.list.push("b");
      inputs.nested.text = "y";
      return inputs.list.length;
    },
    scorers: [genai.scorer({ name: "same" }, ({ inputs }) => `${inputs.list}` === "a")],
    ...{ numRepetitions: 3, maxConcurrency: 1 },
  });
  expect(seen).toEqual([row.inputs, row.inputs, row.inputs]);
  expect(row).toEqual({ inputs: { list: ["a"], nested: { text: "x" } } });
  expect(result.rows.map(({ inputs }) => inputs)).toEqual(seen);
  expect(result.passed).toBe(true);
});

test("what a scorer changes does not reach the next scorer or the result", async () => {
  const expectations = { answers: ["right"] };
  const result = await genai.evaluate({
    data: [{ inputs: { list: ["a"] }, expectations }],
    predictFn: () => ({ answer: "right" }),
    scorers: [
      genai.scorer({ name: "changes" }, (row) => {
        Object.assign(row.outputs as object, { answer: "changed" });
        (row.inputs.list as unknown[]).length = 0;
        (row.expectations.answers as unknown[]).length = 0;
        return true;
      }),
      genai.scorer({ name: "compares" }, ({ inputs, outputs, expectations }) => {
        expect({ inputs, outputs, expectations }).toEqual({
          inputs: { list: ["a"] },
          outputs: { answer: "right" },
          expectations: { answers: ["right"] },
        });
        return true;
      }),
    ],
  });
  expect(result.rows[0]?.feedback.map(({ error }) => error)).toEqual([undefined, undefined]);
  expect(result.rows[0]?.outputs).toEqual({ answer: "right" });
  expect(expectations).toEqual({ answers: ["right"] });
});

test("predictFn and scorers receive the same instances of classes as the row has", async () => {
  class Document {
    text = "a";
  }
  const document = new Document();
  const received: unknown[] = [];
  await genai.evaluate({
    data: [{ inputs: { document }, expectations: { document } }],
    predictFn: (inputs) => {
      received.push(inputs.document);
      return { document };
    },
    scorers: [
      genai.scorer({ name: "receives" }, ({ inputs, outputs, expectations }) => {
        received.push(inputs.document, Object(outputs).document, expectations.document);
        return true;
      }),
    ],
  });
  expect(received).toHaveLength(4);
  for (const one of received) expect(one).toBe(document);
});

test("expectations that are not JSON data are reported, and scorers receive them", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const expectations = { limit: NaN, most: Infinity, known: new Map([[1, 2]]), " ": "blank" };
  try {
    const result = await genai.evaluate({
      data: [{ inputs: { a: 1 }, expectations: { ...expectations, none: null, fine: "a" } }],
      predictFn: () => "b",
      scorers: [
        genai.scorer({ name: "receives" }, (row) => row.expectations.known === expectations.known),
      ],
    });
    expect(result.passed).toBe(true);
    const trace = await getTrace(result.rows[0]?.traceId ?? "");
    const stored = trace?.info.assessments.filter(({ type }) => type === "expectation");
    expect(stored?.map(({ name }) => name)).toEqual(["fine"]);
    const lines = write.mock.calls.map(([line]) => String(line)).join("");
    expect(lines).toContain("does not log the expectation 'limit'");
    expect(lines).toContain("got NaN");
    expect(lines).toContain("does not log the expectation 'most'");
    expect(lines).toContain("does not log the expectation 'known'");
    expect(lines).toContain("does not log the expectation ' '");
    expect(lines).not.toContain("'none'");
  } finally {
    write.mockRestore();
  }
});

async function* words() {
  yield "Par";
  yield "is";
}

test.each([
  ["an async generator", words, "Paris"],
  [
    "a generator",
    function* () {
      yield "Par";
      yield "is";
    },
    "Paris",
  ],
  ["a web stream", () => ReadableStream.from(words()), "Paris"],
  ["a promise of a stream", async () => words(), "Paris"],
  [
    "a stream of objects",
    async function* () {
      yield { answer: "Par" };
      yield { answer: "is" };
    },
    { answer: "Paris" },
  ],
])("a stream that predictFn returns is read to its end: %s", async (_, predictFn, outputs) => {
  const seen: unknown[] = [];
  const result = await genai.evaluate({
    data: [{ inputs: { country: "France" } }],
    predictFn,
    scorers: [genai.scorer({ name: "sees" }, (row) => seen.push(row.outputs) > 0)],
  });
  expect(seen).toEqual([outputs]);
  expect(result.rows[0]?.outputs).toEqual(outputs);
  const trace = await getTrace(result.rows[0]?.traceId ?? "");
  expect(trace?.data.spans[0]?.outputs).toEqual(outputs);
});

test("the chunks of messages are joined to one message", async () => {
  const result = await genai.evaluate({
    data: [{ inputs: { country: "France" } }],
    predictFn: async function* () {
      yield new AIMessageChunk("Par");
      yield new AIMessageChunk("is");
    },
    scorers: [genai.scorer({ name: "text" }, ({ output }) => output === "Paris")],
  });
  expect(result.passed).toBe(true);
});

test("a stream that fails is an error of its row", async () => {
  const { rows } = await genai.evaluate({
    data: [{ inputs: { country: "France" } }],
    predictFn: async function* () {
      yield "Par";
      throw new Error("the connection is lost");
    },
    scorers: [ok],
  });
  expect(rows[0]?.error).toContain("the connection is lost");
  expect(rows[0]?.outputs).toBeUndefined();
});

test("the trace of a row has the outputs of a chain whose stream predictFn returns", async () => {
  autolog({ silent: true });
  try {
    const chain = RunnableLambda.from(async function* () {
      yield* words();
    }).withConfig({ runName: "chain" });
    const result = await genai.evaluate({
      data: [{ inputs: { country: "France" } }],
      predictFn: (inputs) => chain.stream(inputs),
      scorers: [genai.scorer({ name: "text" }, ({ outputs }) => outputs === "Paris")],
    });
    expect(result.passed).toBe(true);
    const trace = await getTrace(result.rows[0]?.traceId ?? "");
    const outputs = trace?.data.spans.map(({ name, outputs }) => [name, outputs]);
    expect(outputs).toContainEqual(["chain", "Paris"]);
    expect(trace?.info.state).toBe("OK");
  } finally {
    autolog({ disable: true });
  }
});
