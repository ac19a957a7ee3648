import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import * as mlflow from "../../src/index.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { startCuttingProxy } from "../support/cutting-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runExample } from "../support/page-examples.js";
import { runPython } from "../support/python.js";
import { BEEN_HERE } from "../support/traces-page.js";
import { ALLOWED_DIFFERENCES, type AllowedDifference } from "../tracker/allowed-differences.js";
import { compareTracked, goldenTracked, unexplained } from "../tracker/compare-tracked.js";
import { historyOf, readTracked } from "../tracker/read-tracked.js";

const KEY = "sk-planted-0123456789abcdef";
const TEST_INPUT = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};
const EXPERIMENT = "tracked";
const local = mkdtempSync(join(tmpdir(), "tracked-"));
const used = new Set<AllowedDifference>();
let server: MlflowServer;
let openai: Awaited<ReturnType<typeof startOpenAiServer>>;

beforeAll(async () => {
  [server, openai] = await Promise.all([startMlflowServer(), startOpenAiServer()]);
  Object.assign(process.env, { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: openai.url });
  mlflow.setTrackingUri(server.url);
  await mlflow.setExperiment(EXPERIMENT);
});
afterAll(async () => {
  await Promise.all([server?.close(), openai?.close()]);
  rmSync(local, { recursive: true, force: true });
});

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const openAi = () => new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const pageChain = (llm: BaseChatModel = openAi()) =>
  prompt.pipe(llm).pipe(new StringOutputParser());

const STORES = ["server", "local"] as const;
const uriOf = (store: (typeof STORES)[number]) => (store === "local" ? local : server.url);

const EXAMPLES = [
  { program: "chain", golden: "chain", events: 8, status: "FINISHED" },
  { program: "react-agent", golden: "agent", events: 28, status: "FINISHED" },
  { program: "agent", golden: undefined, events: 40, status: "FINISHED" },
] as const;

describe.each(STORES)("the programs of the page's scenario 3, with the %s store", (store) => {
  test.each(EXAMPLES)("$program", async ({ program, golden, events, status }) => {
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: openai.url };
    const [runId = ""] = await runExample(`page-scenario-3/${program}.mjs`, {
      env: { ...env, MLFLOW_TRACKING_URI: uriOf(store), MLFLOW_EXPERIMENT_NAME: EXPERIMENT },
    });
    mlflow.setTrackingUri(uriOf(store));
    const tracked = await readTracked(runId);
    const steps = await historyOf(runId, "step");
    mlflow.setTrackingUri(server.url);

    expect(tracked.status).toBe(status);
    expect(steps).toEqual(Array.from({ length: events }, (_, at) => [at + 1, at + 1]));
    expect(tracked.metrics).toMatchObject({ errors: 0, flesch_kincaid_grade: expect.any(Number) });
    for (const file of tracked.files) expect(tracked.text(file), file).not.toContain(KEY);
    if (golden === undefined) return;
    const differences = compareTracked(tracked, goldenTracked(golden));
    expect(unexplained(differences, golden, (entry) => used.add(entry))).toEqual([]);
  });
});

describe("what Python's handler logged of the same program", () => {
  const handled = async (
    call: (callbacks: mlflow.MlflowCallbackHandler[]) => Promise<unknown>,
    options: mlflow.MlflowCallbackHandlerOptions = {},
  ) => {
    const handler = new mlflow.MlflowCallbackHandler(options);
    await call([handler]).catch(() => {});
    await handler.flushTracker(undefined, { finish: true });
    return readTracked(handler.runId ?? "");
  };
  const collect = async (stream: AsyncIterable<unknown>) => {
    for await (const _ of stream);
  };

  const programs: Record<string, () => Promise<Awaited<ReturnType<typeof readTracked>>>> = {
    stream: () =>
      handled(async (callbacks) => collect(await pageChain().stream(TEST_INPUT, { callbacks }))),
    error: () =>
      handled((callbacks) => pageChain().invoke({ ...TEST_INPUT, input: "BOOM" }, { callbacks })),
    given_run: async () => {
      const { info } = await mlflow.startRun({ runName: "given" });
      await mlflow.endRun();
      const options = { runId: info.runId, artifactsDir: "cb" };
      const llm = new FakeListChatModel({ responses: ["Ich liebe das Programmieren."] });
      return handled((callbacks) => pageChain(llm).invoke(TEST_INPUT, { callbacks }), options);
    },
  };

  test.each(Object.keys(programs))("%s", async (program) => {
    const tracked = (await programs[program]?.()) ?? expect.fail("There is no such program.");
    const differences = compareTracked(tracked, goldenTracked(program));
    expect(unexplained(differences, program, (entry) => used.add(entry))).toEqual([]);
  });

  test("no difference is allowed that there is not", () => {
    expect(ALLOWED_DIFFERENCES.filter((entry) => !used.has(entry))).toEqual([]);
  });
});
