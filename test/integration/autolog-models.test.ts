import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeRetriever } from "@langchain/core/utils/testing";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { collectGarbageUntil } from "../support/garbage.js";
import { collect } from "../support/outcome.js";
import { newFolder } from "../support/traces.js";
import {
  TRANSLATION as ANSWER,
  TRANSLATION_INPUT as EXAMPLE,
  newTranslationChain as newChain,
} from "../support/translation.js";
import { rootOf } from "../support/tree.js";

const ALL = { logModels: true, logInputExamples: true, logModelSignatures: true };
const STRING = { type: "string", required: true };
const COLUMNS = ["input_language", "output_language", "input"].map((name) => ({ ...STRING, name }));

let server: OpenAiServer;
let folder: string;
let callsBefore: number;
let written: string[];

beforeAll(async () => {
  server = await startOpenAiServer();
  vi.stubEnv("OPENAI_API_KEY", "sk-planted-0123456789abcdef");
  vi.stubEnv("OPENAI_BASE_URL", server.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
});
beforeEach(() => {
  folder = newFolder();
  mlflow.setTrackingUri(`file:${folder}`);
  callsBefore = server.calls();
  written = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    written.push(String(line));
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  mlflow.autolog({ disable: true });
});

interface Made {
  readonly run: mlflow.Run;
  /** The files of its artifacts. */
  readonly files: readonly string[];
  text(file: string): string;
}

/** The runs that were made, oldest first, when all is delivered. */
async function runsMade(): Promise<Made[]> {
  await mlflow.flushTraces();
  const runs = await collect(mlflow.searchRuns({ orderBy: ["attributes.start_time ASC"] }));
  return runs.map((run) => {
    const root = fileURLToPath(run.info.artifactUri);
    const all = existsSync(root) ? readdirSync(root, { recursive: true, encoding: "utf8" }) : [];
    return {
      run,
      files: all.filter((file) => /\.\w+$|MLmodel$/.test(file)).sort(),
      text: (file) => readFileSync(join(root, file), "utf8"),
    };
  });
}

const tracesMade = async () => {
  const traces = await collect(mlflow.searchTraces());
  return traces.sort((a, b) => Number(rootOf(a).startTimeNs - rootOf(b).startTimeNs));
};

const sourceRuns = (traces: readonly mlflow.Trace[]) =>
  traces.map(({ info }) => info.traceMetadata["mlflow.sourceRun"]);

const WAYS = {
  invoke: (chain) => chain.invoke(EXAMPLE),
  stream: async (chain) => (await collect(await chain.stream(EXAMPLE))).join(""),
  batch: async (chain) => (await chain.batch([EXAMPLE]))[0],
  streamEvents: (chain) => collect(chain.streamEvents(EXAMPLE, { version: "v2" })),
} satisfies Record<string, (chain: ReturnType<typeof newChain>) => Promise<unknown>>;

describe.each(Object.entries(WAYS))("after %s", (_, call) => {
  test("the chain is logged as a model to a new run, from the app's only call of it", async () => {
    mlflow.autolog({ ...ALL, extraTags: { team: "blue" } });
    await call(newChain());
    const [only, ...others] = await runsMade();
    expect(others).toEqual([]);
    expect(server.calls() - callsBefore, "the user's own call").toBe(1);
    const { run, text } = only!;
    expect(run.info).toMatchObject({
      ...{ status: "FINISHED", runName: expect.stringMatching(/^langchain-[a-z]+-[a-z]+-\d+$/) },
    });
    expect(run.data.tags).toMatchObject({ "mlflow.autologging": "langchain", team: "blue" });
    expect(JSON.parse(text("model/input_example.json"))).toEqual(EXAMPLE);
    const uri = `runs:/${run.info.runId}/model`;
    const model = await mlflow.pyfunc.loadModel(uri);
    expect(model.metadata.signature?.toDict()).toEqual({
      ...{ inputs: expect.anything(), outputs: expect.anything(), params: null },
    });
    expect(JSON.parse(model.metadata.signature!.toDict().inputs!)).toEqual(COLUMNS);
    expect(JSON.parse(model.metadata.signature!.toDict().outputs!)).toEqual([STRING]);
    expect(await model.predict(EXAMPLE)).toEqual([ANSWER]);
    const after = await runsMade();
    expect(after, "a model that was loaded is not logged again").toHaveLength(1);
    const traces = await tracesMade();
    expect(sourceRuns(traces)).toEqual([run.info.runId, undefined]);
    expect(written.filter((line) => line.includes("autolog"))).toEqual([]);
  });
});

test("later calls of the object, and of objects made from the same parts, are traces of its run", async () => {
  mlflow.autolog(ALL);
  const prompt = "Translate to German: {input}";
  const chain = () => {
    const template = ChatPromptTemplate.fromTemplate(prompt);
    return template.pipe(new ChatOpenAI({ model: "gpt-4o" })).pipe(new StringOutputParser());
  };
  const first = chain();
  await first.invoke({ input: "I love programming." });
  await mlflow.flushTraces();
  await first.invoke({ input: "I love programming." });
  for (let request = 0; request < 20; request += 1) await chain().invoke({ input: "Hello." });
  const runs = await runsMade();
  expect(runs).toHaveLength(1);
  const traces = await tracesMade();
  expect(sourceRuns(traces)).toEqual(Array(22).fill(runs[0]!.run.info.runId));
  expect(server.calls() - callsBefore).toBe(22);
});

test("chains with the same function source count as one object, others do not", async () => {
  mlflow.autolog({ ...ALL, silent: true });
  const chain = (fn: (text: string) => string) =>
    new RunnablePassthrough<string>().pipe(RunnableLambda.from(fn));
  await chain((text) => `${text}!`).invoke("one");
  await chain((text) => `${text}?`).invoke("two");
  await chain((text) => `${text}!`).invoke("three");
  const runs = await runsMade();
  const examples = runs.map(({ text }) => JSON.parse(text("input_example.json")));
  // Both may have started in the same millisecond.
  expect(examples.sort()).toEqual(["one", "two"]);
});

test("in an active run no other run is created, and the models are named model, model-2, …", async () => {
  mlflow.autolog({ ...ALL, extraTags: { team: "blue", "mlflow.note.content": "mine" } });
  const [first, second] = [newChain(), newChain()];
  await mlflow.startRun({ runName: "mine" }, async () => {
    await first.invoke(EXAMPLE);
    await second.invoke(EXAMPLE);
    await first.invoke(EXAMPLE);
  });
  const [only, ...others] = await runsMade();
  expect(others).toEqual([]);
  expect(only!.run.info).toMatchObject({ runName: "mine", status: "FINISHED" });
  expect(only!.run.data.tags).toMatchObject({ team: "blue" });
  expect(only!.run.data.tags).not.toHaveProperty("mlflow.note.content");
  expect(only!.run.data.tags).not.toHaveProperty("mlflow.autologging");
  const models = only!.files.filter((file) => file.endsWith("MLmodel"));
  expect(models).toEqual(["model-2/MLmodel", "model/MLmodel"]);
});

test("repeated failed calls create one FAILED run, and the first successful call creates a model", async () => {
  mlflow.autolog(ALL);
  const prompt = ChatPromptTemplate.fromTemplate("The assistant that fails, {input}");
  const chain = prompt.pipe(new ChatOpenAI({ model: "gpt-4o", maxRetries: 0 }));
  for (let call = 0; call < 2; call += 1) {
    await expect(chain.invoke({ wrong: "name" } as never)).rejects.toThrow(/input/);
  }
  await chain.invoke({ input: "hello" });
  const runs = await runsMade();
  expect(runs.map(({ run }) => run.info.status)).toEqual(["FAILED", "FINISHED"]);
  expect(runs.map(({ files }) => files.includes("model/MLmodel"))).toEqual([false, true]);
  const [failed, finished] = runs.map(({ run }) => run.info.runId);
  expect(sourceRuns(await tracesMade())).toEqual([failed, failed, finished]);
});

test("the first item of a batch is the input example, and a failed item makes the run FAILED", async () => {
  mlflow.autolog(ALL);
  const inputs = ["One.", "Two.", "Three."].map((input) => ({ ...EXAMPLE, input }));
  await newChain().batch(inputs);
  await newChain()
    .batch([{ input: "incomplete" } as never, EXAMPLE], undefined, { returnExceptions: true })
    .catch(() => {});
  const runs = await runsMade();
  expect(runs.map(({ run }) => run.info.status)).toEqual(["FINISHED", "FAILED"]);
  expect(JSON.parse(runs[0]!.text("model/input_example.json"))).toEqual(inputs[0]);
});

test("a stream that is left early creates no run, and the next complete stream creates one", async () => {
  mlflow.autolog(ALL);
  const chain = newChain();
  for await (const _ of await chain.stream(EXAMPLE)) break;
  expect(await runsMade()).toEqual([]);
  await collect(await chain.stream(EXAMPLE));
  expect(await runsMade()).toHaveLength(1);
});

test("an agent that cannot be serialized is logged as example and signature only, with one warning", async () => {
  mlflow.autolog(ALL);
  const search = tool(() => "sunny", {
    name: "weather",
    description: "The weather.",
    schema: z.object({ city: z.string() }),
  });
  const agent = createReactAgent({ llm: new ChatOpenAI({ model: "gpt-4o" }), tools: [search] });
  await agent.invoke({ messages: [new HumanMessage("hello")] });
  const [{ run, files, text }] = (await runsMade()) as [Made];
  expect(run.info.status).toBe("FINISHED");
  expect(files).toEqual(["input_example.json", "signature.json"]);
  expect(JSON.parse(text("input_example.json"))).toMatchObject({
    messages: [{ type: "human", content: "hello" }],
  });
  const signature = JSON.parse(text("signature.json"));
  expect(JSON.parse(signature.inputs)).toMatchObject([{ name: "messages", type: "array" }]);
  const told = written.filter((line) => line.includes("autolog"));
  expect(told).toEqual([
    expect.stringMatching(
      /^langchain-mlflow: autolog\(\) cannot log the CompiledStateGraph as a model: .*mlflow\.models\.setModel\(model\).*\n$/,
    ),
  ]);
});

test("without logModels the run receives the example or the signature, as the options ask", async () => {
  for (const wanted of [{ logInputExamples: true }, { logModelSignatures: true }]) {
    mlflow.autolog({ ...wanted, silent: true });
    await newChain().invoke(EXAMPLE);
  }
  const runs = await runsMade();
  expect(runs.map(({ files }) => files)).toEqual([["input_example.json"], ["signature.json"]]);
});

test("with logModels alone a model has no example and no signature, and is not called again", async () => {
  mlflow.autolog({ logModels: true });
  await newChain().invoke(EXAMPLE);
  const [{ files, text }] = (await runsMade()) as [Made];
  expect(files).not.toContain("model/input_example.json");
  expect(text("model/MLmodel")).not.toContain("signature:");
  expect(server.calls() - callsBefore).toBe(1);
});

test("a chat model alone is logged with its raw input and output, not with those of its span", async () => {
  mlflow.autolog(ALL);
  await new ChatOpenAI({ model: "gpt-4o", topP: 0.5 }).invoke("I love programming.");
  const [{ text }] = (await runsMade()) as [Made];
  expect(JSON.parse(text("model/input_example.json"))).toBe("I love programming.");
  expect(text("model/MLmodel")).toMatch(/outputs: .*"name": "content"/);
});

test("objects called within a call are never logged, with or without the parent's config", async () => {
  mlflow.autolog({ ...ALL, silent: true });
  const [inner, forgetful] = [newChain(), newChain()];
  const outer = RunnableLambda.from(async (input: typeof EXAMPLE, config) => [
    await inner.invoke(input, config),
    await forgetful.invoke(input),
    await forgetful.batch([input]),
    (await collect(await forgetful.stream(input))).join(""),
  ]);
  await outer.invoke(EXAMPLE);
  const [{ files }, ...others] = (await runsMade()) as [Made];
  expect(others).toEqual([]);
  expect(files).toEqual(["input_example.json", "signature.json"]);
});

test("a stream that fails creates a FAILED run", async () => {
  mlflow.autolog(ALL);
  const failing = RunnableLambda.from(async function* (): AsyncGenerator<string> {
    yield "begun";
    throw new Error("and broken");
  });
  await expect(collect(await failing.stream("go"))).rejects.toThrow("and broken");
  expect((await runsMade()).map(({ run }) => run.info.status)).toEqual(["FAILED"]);
});

test("logged objects are released", async () => {
  mlflow.autolog({ ...ALL, silent: true });
  const refs: WeakRef<object>[] = [];
  const call = async () => {
    const chains = [newChain(), RunnableLambda.from((text: object) => ({ ...text }))];
    for (const chain of chains) {
      await chain.invoke(EXAMPLE);
      refs.push(new WeakRef(chain));
    }
  };
  await call();
  await runsMade();
  const areGone = () => refs.every((ref) => ref.deref() === undefined);
  await collectGarbageUntil(areGone);
  expect(areGone()).toBe(true);
});

test("a retriever is skipped, and a warning says why", async () => {
  mlflow.autolog(ALL);
  await new FakeRetriever().invoke("question");
  expect(await runsMade()).toEqual([]);
  expect(written.join("")).toMatch(
    /autolog\(\) does not log the retriever FakeRetriever as a model/,
  );
});

test("a model that the app logs with logModel() is not logged again", async () => {
  mlflow.autolog(ALL);
  const chain = newChain();
  await mlflow.startRun(() =>
    mlflow.langchain.logModel({ lcModel: chain, name: "mine", inputExample: EXAMPLE }),
  );
  await chain.invoke(EXAMPLE);
  const [{ files }, ...others] = (await runsMade()) as [Made];
  expect(others).toEqual([]);
  expect(files.filter((file) => file.endsWith("MLmodel"))).toEqual(["mine/MLmodel"]);
});

test("a model contains no value that redact or redactSecrets masks", async () => {
  const redact: mlflow.Redact = (value) =>
    JSON.parse(JSON.stringify(value).replaceAll("Jane Doe", "[name]"));
  mlflow.autolog({ ...ALL, redact });
  await newChain().invoke({ ...EXAMPLE, input: "I am Jane Doe." });
  const [{ files, text }] = (await runsMade()) as [Made];
  expect(JSON.parse(text("model/input_example.json")).input).toBe("I am [name].");
  for (const file of files) expect(text(file)).not.toMatch(/Jane Doe|sk-planted/);
});
