import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { createPyFuncModel, type PyFuncModel } from "../../src/models/pyfunc/pyfunc-model.js";
import type { RawModel } from "../../src/models/pyfunc/raw-model.js";
import { pythonRepr } from "../../src/models/python-text.js";
import { inferSignature } from "../../src/models/signature/infer-signature.js";
import type { ModelSignature } from "../../src/models/signature/model-signature.js";
import { goldenResults } from "../golden/golden-models.js";
import { collect } from "../support/outcome.js";

let server: OpenAiServer;
let models: Readonly<Record<"chain" | "nosig" | "llm" | "llmNosig", PyFuncModel>>;

beforeAll(async () => {
  server = await startOpenAiServer();
  const chat = new ChatOpenAI({
    model: "gpt-4o",
    temperature: 0,
    apiKey: "sk-secret",
    configuration: { baseURL: server.url },
    maxRetries: 0,
  });
  const llm = chat.pipe(new StringOutputParser());
  const chain = ChatPromptTemplate.fromMessages([
    [
      "system",
      "You are a helpful assistant that translates {input_language} to {output_language}.",
    ],
    ["human", "{input}"],
  ]).pipe(llm);
  models = {
    chain: toPyFunc(chain, inferSignature(DICT, "Ich liebe das Programmieren.")),
    nosig: toPyFunc(chain),
    llm: toPyFunc(llm, inferSignature("hello", "You said: hello")),
    llmNosig: toPyFunc(llm),
  };
});
afterAll(() => server.close());

function toPyFunc(model: RawModel, signature?: ModelSignature): PyFuncModel {
  return createPyFuncModel({
    model,
    metadata: { signature },
    inputExample: DICT,
    modelConfig: { suffix: " Be brief.", temperature: 0.5 },
    warn: (message) => warnings.push(message),
  });
}

const warnings: string[] = [];
const DICT = { input_language: "English", output_language: "German", input: "I love programming." };
const BOOM = { ...DICT, input: "BOOM" };
const MESSAGES = { messages: [{ role: "user", content: "hi" }] };

const { chain, nosig, llm, llmNosig } = {
  chain: (input: unknown, params?: object) => models.chain.predict(input, { ...params }),
  nosig: (input: unknown, params?: object) => models.nosig.predict(input, { ...params }),
  llm: (input: unknown) => models.llm.predict(input),
  llmNosig: (input: unknown) => models.llmNosig.predict(input),
};

/** Calls of the reference's program, with what they were given. */
const CALLS: Readonly<Record<string, () => unknown>> = {
  "predict dict": () => chain(DICT),
  "predict [dict]": () => chain([DICT]),
  "predict [dict,dict]": () => chain([DICT, DICT]),
  "predict DataFrame 2 rows": () => chain([DICT, DICT]),
  "predict str": () => chain("x"),
  "predict missing col": () => chain({ input_language: "English", output_language: "German" }),
  "predict two missing": () => chain({ input: "x" }),
  "predict extra col": () => chain({ ...DICT, extra: 1 }),
  "predict wrong type int": () => chain({ ...DICT, input: 5 }),
  "predict wrong type list": () => chain({ ...DICT, input: ["a"] }),
  "predict wrong type None": () => chain({ ...DICT, input: null }),
  "predict wrong type bool": () => chain({ ...DICT, input: true }),
  "predict wrong type float": () => chain({ ...DICT, input: 1.5 }),
  "predict wrong type dict": () => chain({ ...DICT, input: { a: 1 } }),
  "predict None": () => chain(null),
  "predict []": () => chain([]),
  "predict {}": () => chain({}),
  "predict numpy": () => chain(["a"]),
  "predict params unknown (no params in signature)": () => chain(DICT, { temperature: 0.9 }),
  "predict params config": () => chain(DICT, { config: { tags: ["t"] } }),
  predict_stream: () => collect(models.chain.predictStream(DICT)),
  "predict_stream [dict]": () => collect(models.chain.predictStream([DICT])),
  "predict_stream [dict,dict]": () => collect(models.chain.predictStream([DICT, DICT])),
  "nosig predict dict": () => nosig(DICT),
  "nosig predict [dict,dict]": () => nosig([DICT, DICT]),
  "nosig predict extra": () => nosig({ ...DICT, extra: 1 }),
  "nosig predict params": () => nosig(DICT, { temperature: 0.9 }),
  "nosig predict_stream": () => collect(models.nosig.predictStream(DICT)),
  "llm predict str": () => llm("hello"),
  "llm predict [str,str]": () => llm(["hello", "there"]),
  "llm predict 5": () => llm(5),
  "llm predict None": () => llm(null),
  "llm predict_stream": () => collect(models.llm.predictStream("hello")),
  "llm-nosig predict messages (chat conversion)": () => llmNosig(MESSAGES),
  "llm-nosig predict [messages x2]": () => llmNosig([MESSAGES, MESSAGES]),
  "llm-nosig predict_stream messages": () => collect(models.llmNosig.predictStream(MESSAGES)),
  "model_config property": () => models.chain.modelConfig,
  input_example: () => models.chain.inputExample,
};

const golden = goldenResults("py317");

/** A time, and how often a stream says nothing, are LangChain's. */
function comparable(text: string | undefined): string | undefined {
  return text
    ?.replace(/'created': \d+/g, "'created': 0")
    .replace(/\{'id': None, 'object': 'chat.completion.chunk'[^}]*'content': ''\}\}\]\}(, )?/g, "")
    .replace(/^\[(.*)\]$/s, (_all, items: string) => `[${items.replace(/''(, |$)/g, "")}]`)
    .replace(/, \]$/, "]");
}

async function answerOf(call: () => unknown): Promise<string> {
  try {
    return pythonRepr(await call());
  } catch (error) {
    return `EXC mlflow.exceptions.MlflowException: ${(error as Error).message}`;
  }
}

test.each(Object.entries(CALLS))("%s ends as in Python", async (name, call) => {
  expect(golden.has(name)).toBe(true);
  expect(comparable(await answerOf(call))).toBe(comparable(golden.get(name)));
});

const FAILED = "EXC mlflow.exceptions.MlflowException: ";

/** Answers that are not Python's to the letter, and why. */
const OTHERWISE: Readonly<
  Record<string, { readonly call: () => unknown; readonly start: string; readonly reason: string }>
> = {
  "predict dict of lists": {
    call: () => chain(Object.fromEntries(Object.entries(DICT).map(([k, v]) => [k, [v, v]]))),
    start: `['You said: ["I love programming.","I love programming."]']`,
    reason:
      "one row whose values are lists, as in Python; a prompt writes a list as JavaScript does",
  },
  "predict error inside chain": {
    call: () => chain(BOOM),
    start: `${FAILED}1 tasks failed. Errors: {0: "error: BadRequestError('400 mock provider`,
    reason: "the provider's error has another name in JavaScript; its trace is in `cause`",
  },
  "predict batch with one error": {
    call: () => chain([DICT, BOOM]),
    start: `${FAILED}1 tasks failed. Errors: {1: "error: BadRequestError('400 mock provider`,
    reason: "the same",
  },
  "nosig predict str": {
    call: () => nosig("x"),
    start: `${FAILED}1 tasks failed. Errors: {0: `,
    reason: "LangChain.js says in its own words what is missing",
  },
  "nosig predict missing": {
    call: () => nosig({ input: "x" }),
    start: `${FAILED}1 tasks failed. Errors: {0: `,
    reason: "the same",
  },
  "llm predict chat dict": {
    call: () => llm(MESSAGES),
    start: `${FAILED}1 tasks failed. Errors: {0: `,
    reason: "the same: the signature says text, so the dictionary reaches the model as it is",
  },
  "llm predict DataFrame 1 col": {
    call: () => llm([{ q: "a" }, { q: "b" }]),
    start: `${FAILED}2 tasks failed. Errors: {0: `,
    reason: "the same",
  },
  "llm-nosig predict messages extra key": {
    call: () => llmNosig({ ...MESSAGES, temperature: 0 }),
    start: `${FAILED}1 tasks failed. Errors: {0: `,
    reason: "the same: a further key stops the conversion",
  },
  get_raw_model: {
    call: () => (models.chain.getRawModel() as object).constructor.name,
    start: "'RunnableSequence'",
    reason: "the same class, of LangChain.js",
  },
};

test.each(Object.entries(OTHERWISE))("%s ends otherwise", async (name, { call, start }) => {
  expect(golden.get(name)?.slice(0, 40)).toBeDefined();
  expect((await answerOf(call)).slice(0, start.length)).toBe(start);
});

/** Rows about logging and loading a model: tested where that is done. */
const ELSEWHERE = [
  "log_model file using ModelConfig without model_config",
  "log_model of file using ModelConfig without model_config",
  "log_model tuple example (input, params)",
  "load with model_config override",
  "loader_module",
  "langchain.load_model on bad uri",
  "pyfunc.load_model bad path",
  "log_model missing file",
  "log_model file w/o set_model",
  "log_model file raising",
  "log_model unsupported obj",
  "log_model chain object",
  "set_model bad type",
  "validate_serving_input",
  // There is no Python object to unwrap.
  "unwrap_python_model",
];

test("every row of the reference is here, or tested elsewhere", () => {
  const known = [...Object.keys(CALLS), ...Object.keys(OTHERWISE), ...ELSEWHERE];
  const rest = [...golden.keys()].filter((name) => !known.includes(name));
  expect(rest.filter((name) => !/^(signature |serving input of )/.test(name))).toEqual([]);
});

test("ignored inputs are reported in Python's words", async () => {
  warnings.length = 0;
  await chain({ ...DICT, extra: 1 }, { temperature: 0.9 });
  expect(warnings).toEqual([
    "Found extra inputs in the model input that are not defined in the model signature: `['extra']`. " +
      "These inputs will be ignored.",
    "`params` can only be specified at inference time if the model signature defines a params schema. " +
      "This model does not define a params schema. Ignoring provided params: ['temperature']",
  ]);
});

test("the error of a failed row is the cause, with the row in the message and its input after it", async () => {
  const error = await chain([DICT, BOOM]).then(
    () => undefined,
    (cause: unknown) => cause as Error,
  );
  expect(error?.message).toContain("BOOM");
  expect(error?.message).toContain("request payload: {'input_language': 'English'");
  expect(error?.cause).toMatchObject({ message: expect.stringContaining("request: BOOM") });
  const both = await chain([BOOM, BOOM]).catch((cause: unknown) => cause as Error);
  expect((both as Error).message).toMatch(
    /^2 tasks failed\. Errors: \{0: "error: .*, 1: "error: /s,
  );
  expect(((both as Error).cause as AggregateError).errors).toHaveLength(2);
});
