import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setSilent } from "../../../src/log.js";
import { type Invokable, PyFuncModel } from "../../../src/models/pyfunc/pyfunc-model.js";
import { inferSignature } from "../../../src/models/signature/infer-signature.js";
import type { ModelSignature } from "../../../src/models/signature/model-signature.js";
import { collect } from "../../support/outcome.js";

const PAGE = { input_language: "English", output_language: "German", input: "I love programming." };
const SCHEMA =
  "['input_language': string (required), 'output_language': string (required), 'input': string (required)]";

const seen: unknown[] = [];
const options: unknown[] = [];
const echo = RunnableLambda.from((input: { input: unknown }, config) => {
  seen.push(input);
  options.push(config);
  return `said ${JSON.stringify(input.input ?? input)}`;
});
const printed: string[] = [];

beforeEach(() => {
  setSilent(false);
  printed.length = 0;
  seen.length = 0;
  options.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => vi.restoreAllMocks());

function modelOf(model: object, signature?: ModelSignature) {
  return new PyFuncModel({ model: model as Invokable, signature, metadata: {} });
}

describe("a model with the page's signature", () => {
  const page = () => modelOf(echo, inferSignature(PAGE, "x"));
  const answer = 'said "I love programming."';

  test.each<[string, unknown, unknown]>([
    ["an object", PAGE, [answer]],
    ["a list of one", [PAGE], [answer]],
    ["a list of two", [PAGE, PAGE], [answer, answer]],
    ["an object with an extra field", { ...PAGE, extra: 1 }, [answer]],
    ["a list for a text", { ...PAGE, input: ["a", "b"] }, ['said ["a","b"]']],
    [
      "null for a text",
      { ...PAGE, input: null },
      ['said {"input_language":"English","output_language":"German","input":null}'],
    ],
    [
      "lists of texts in every field, which are one row",
      { input_language: ["a"], output_language: ["b"], input: ["c", "d"] },
      ['said ["c","d"]'],
    ],
  ])("answers %s", async (_, data, expected) => {
    expect(await page().predict(data)).toEqual(expected);
  });

  test("ignores what the signature does not name, and says so", async () => {
    await page().predict({ ...PAGE, "more than it takes": 1 });
    expect(seen).toEqual([PAGE]);
    expect(printed.join("")).toContain(
      "Found extra inputs in the model input that are not defined in the model signature: `['more than it takes']`. These inputs will be ignored.",
    );
  });

  test.each<[string, unknown, string]>([
    [
      "a text",
      "x",
      "Model is missing inputs ['input_language', 'output_language', 'input']. Note that there were extra inputs: [0].",
    ],
    [
      "a missing field",
      { input_language: "English", output_language: "German" },
      "Model is missing inputs ['input'].",
    ],
    [
      "two missing fields",
      { input: "x" },
      "Model is missing inputs ['input_language', 'output_language'].",
    ],
    [
      "a missing field and an extra one",
      { input_language: "a", output_language: "b", nope: "x" },
      "Model is missing inputs ['input']. Note that there were extra inputs: ['nope'].",
    ],
    [
      "a whole number for a text",
      { ...PAGE, input: 5 },
      "Incompatible input types for column input. Can not safely convert int64 to <U0.",
    ],
    [
      "a number for a text",
      { ...PAGE, input: 1.5 },
      "Incompatible input types for column input. Can not safely convert float64 to <U0.",
    ],
    [
      "a boolean for a text",
      { ...PAGE, input: true },
      "Incompatible input types for column input. Can not safely convert bool to <U0.",
    ],
    [
      "an object for a text",
      { ...PAGE, input: { a: 1 } },
      "Incompatible input types for column input. Can not safely convert int64 to <U0.",
    ],
    ["null", null, "Expected input to be DataFrame. Found: NoneType"],
    [
      "an empty list",
      [],
      "Model is missing inputs ['input_language', 'output_language', 'input'].",
    ],
    [
      "an empty object",
      {},
      "Model is missing inputs ['input_language', 'output_language', 'input'].",
    ],
    [
      "a list of texts",
      ["a"],
      "Model is missing inputs ['input_language', 'output_language', 'input']. Note that there were extra inputs: [0].",
    ],
  ])("refuses %s with Python's words", async (_, data, message) => {
    const shown = { x: "x" }[data as string] ?? undefined;
    await expect(page().predict(data)).rejects.toThrow(
      `with schema '${SCHEMA}'. Error: ${message}`,
    );
    await expect(page().predict(data)).rejects.toThrow(/^Failed to enforce schema of data '/);
    if (shown) await expect(page().predict(data)).rejects.toThrow("data 'x' with");
    expect(seen).toEqual([]);
  });

  test("shows the data as Python does", async () => {
    await expect(page().predict({ ...PAGE, input: true })).rejects.toThrow(
      "data '{'input_language': 'English', 'output_language': 'German', 'input': True}' with",
    );
  });

  test("warns of parameters that no schema names, and ignores them", async () => {
    expect(await page().predict(PAGE, { temperature: 0.5 })).toEqual([answer]);
    expect(options[0]).not.toHaveProperty("temperature");
    expect(printed.join("")).toContain(
      "This model does not define a params schema. Ignoring provided params: ['temperature']",
    );
  });

  test("streams a single input only", async () => {
    const streamed = (data: unknown) => collect(page().predictStream(data));
    expect(await streamed(PAGE)).toEqual([answer]);
    expect(await streamed([PAGE])).toEqual([answer]);
    await expect(streamed([PAGE, PAGE])).rejects.toThrow(
      /^'predict_stream' requires single input, but it got input data \[\{'input_language': 'English'/,
    );
  });
});

describe("a model whose signature is one text", () => {
  const model = () =>
    modelOf(
      RunnableLambda.from((text: string) => `You said: ${text}`),
      inferSignature("q", "a"),
    );

  test.each<[string, unknown, unknown]>([
    ["a text", "hello", ["You said: hello"]],
    ["two texts", ["hello", "there"], ["You said: hello", "You said: there"]],
  ])("answers %s with a list", async (_, data, expected) => {
    expect(await model().predict(data)).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    [
      "a number",
      5,
      "Failed to enforce schema of data '5' with schema '[string (required)]'. Error: Incompatible input types for column 0. Can not safely convert int64 to <U0.",
    ],
    [
      "null",
      null,
      "Failed to enforce schema of data 'None' with schema '[string (required)]'. Error: Expected input to be DataFrame. Found: NoneType",
    ],
  ])("refuses %s", async (_, data, message) => {
    await expect(model().predict(data)).rejects.toThrow(message);
  });
});

describe("a model without a signature", () => {
  test("gives the bare result for one input, a list for a list", async () => {
    expect(await modelOf(echo).predict({ input: "a" })).toBe('said "a"');
    expect(await modelOf(echo).predict([{ input: "a" }, { input: "b" }])).toEqual([
      'said "a"',
      'said "b"',
    ]);
  });

  test("turns a chat request into messages and the answer into a chat completion", async () => {
    const model = modelOf(new FakeListChatModel({ responses: ["hello"] }));
    const request = { messages: [{ role: "user", content: "hi" }] };
    expect(await model.predict(request)).toMatchObject({
      object: "chat.completion",
      model: "",
      choices: [
        { index: 0, message: { role: "assistant", content: "hello" }, finish_reason: null },
      ],
      usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null },
    });
    expect(await model.predict([request, request])).toHaveLength(2);
    const chunks = await collect(model.predictStream(request));
    expect(chunks[0]).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ delta: { role: "assistant", content: "h" }, finish_reason: null }],
    });
  });

  test("leaves a chat request alone that a prompt takes itself, or that has more", async () => {
    const prompt = ChatPromptTemplate.fromMessages([["placeholder", "{messages}"]]);
    const chain = prompt
      .pipe(new FakeListChatModel({ responses: ["hello"] }))
      .pipe(new StringOutputParser());
    expect(await modelOf(chain).predict({ messages: [{ role: "user", content: "hi" }] })).toBe(
      "hello",
    );
    const more = { messages: [{ role: "user", content: "hi" }], temperature: 1 };
    expect(await modelOf(echo).predict(more)).toBe(`said ${JSON.stringify(more)}`);
  });

  test("gives messages as what they hold", async () => {
    const model = modelOf(new FakeListChatModel({ responses: ["hello"] }));
    expect(await model.predict("hi")).toMatchObject({
      type: "ai",
      content: "hello",
      tool_calls: [],
    });
  });
});

describe("parameters of the signature", () => {
  const model = () =>
    modelOf(echo, inferSignature({ input: "q" }, "a", { temperature: 0.5, tags: ["x"] }));

  test("have their defaults, and go into the options of the call", async () => {
    await model().predict({ input: "q" });
    await model().predict({ input: "q" }, { temperature: 1 });
    expect(options).toMatchObject([{ temperature: 0.5, tags: ["x"] }, { temperature: 1 }]);
  });

  test("are told when nobody knows them, and when they are wrong", async () => {
    await model().predict({ input: "q" }, { unheard: 1 });
    expect(printed.join("")).toContain(
      "Unrecognized params ['unheard'] are ignored for inference.",
    );
    await expect(model().predict({ input: "q" }, { temperature: "hot" })).rejects.toThrow(
      /^Invalid parameters found: \{\('temperature', .*Can not safely convert `<class 'str'>` to `double` for value `hot`/,
    );
  });
});

describe("nested data", () => {
  const model = () =>
    modelOf(echo, inferSignature({ input: [{ a: "x", n: 1 }], list: ["y"] }, "a"));
  const wrong = (data: unknown) => expect(model().predict(data)).rejects;

  test("is checked to its last property", async () => {
    expect(await model().predict({ input: [{ a: "x", n: 2 }], list: [] })).toHaveLength(1);
    await wrong({ input: "x", list: ["y"] }).toThrow(
      "Error: Expected data to be list or numpy array, got str",
    );
    await wrong({ input: [{ a: "x" }], list: ["y"] }).toThrow("Missing required properties: {'n'}");
    await wrong({ input: [{ a: "x", n: 1, z: 1 }], list: ["y"] }).toThrow(
      "Invalid properties not defined in the schema found: {'z'}",
    );
    await wrong({ input: [{ a: 5, n: 1 }], list: ["y"] }).toThrow(
      "Failed to enforce schema for key `a`. Expected type string, received type int",
    );
  });
});

test("rows run ten at a time, in order, and one failure fails the whole with its place", async () => {
  let running = 0;
  let most = 0;
  const slow = RunnableLambda.from(async (n: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
    if (n === 13) throw new RangeError("no 13");
    return n;
  });
  const numbers = Array.from({ length: 30 }, (_, index) => index);
  expect(await modelOf(slow).predict(numbers.filter((n) => n !== 13))).toEqual(
    numbers.filter((n) => n !== 13),
  );
  expect(most).toBe(10);
  await expect(modelOf(slow).predict(numbers)).rejects.toThrow(
    /^1 tasks failed\. Errors: \{13: 'error: RangeError: no 13.* request payload: 13'\}$/,
  );
});
