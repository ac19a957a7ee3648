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
import {
  ALLOWED_DIFFERENCES,
  type AllowedDifference,
} from "../callback-handler/allowed-differences.js";
import { compareTracked, goldenTracked, unexplained } from "../callback-handler/compare-tracked.js";
import { historyOf, readTracked } from "../callback-handler/read-tracked.js";
import { buildRunsModule, removeRunsModule, runToItsEnd } from "../process/runs/ending-programs.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { startCuttingProxy } from "../support/cutting-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { collect } from "../support/outcome.js";
import { runExample } from "../support/page-examples.js";
import { runPython } from "../support/python.js";
import { BEEN_HERE } from "../support/traces-page.js";

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
  { program: "chain", golden: "chain", events: 8, root: "RunnableSequence" },
  { program: "react-agent", golden: "agent", events: 28, root: "AgentExecutor" },
  { program: "agent", golden: undefined, events: 40, root: "LangGraph" },
] as const;

describe.each(STORES)("the programs of the page's scenario 3, with the %s store", (store) => {
  test.each(EXAMPLES)("$program", async ({ program, golden, events, root }) => {
    const env = { OPENAI_API_KEY: KEY, OPENAI_BASE_URL: openai.url };
    const [runId = ""] = await runExample(`page-scenario-3/${program}.mjs`, {
      env: { ...env, MLFLOW_TRACKING_URI: uriOf(store), MLFLOW_EXPERIMENT_NAME: EXPERIMENT },
    });
    mlflow.setTrackingUri(uriOf(store));
    const tracked = await readTracked(runId);
    const steps = await historyOf(runId, "step");
    const traces = await collect(mlflow.searchTraces());
    mlflow.setTrackingUri(server.url);

    const ofRoot = traces.filter(({ info }) => info.tags["mlflow.traceName"] === root);
    expect(ofRoot.map(({ info }) => info.state)).toEqual(["OK"]);
    expect(tracked.status).toBe("FINISHED");
    expect(steps).toEqual(Array.from({ length: events }, (_, at) => [at + 1, at + 1]));
    expect(tracked.metrics).toMatchObject({ errors: 0, flesch_kincaid_grade: expect.any(Number) });
    for (const file of tracked.files) expect(tracked.text(file), file).not.toContain(KEY);
    if (golden === undefined) return;
    const differences = compareTracked(tracked, goldenTracked(golden));
    expect(unexplained(differences, golden, (entry) => used.add(entry))).toEqual([]);
  });
});

describe("the data that Python's handler logged for the same program", () => {
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

  test("every allowed difference occurs", () => {
    expect(ALLOWED_DIFFERENCES.filter((entry) => !used.has(entry))).toEqual([]);
  });
});

test("100 concurrent calls with one handler are counted exactly, including failures", async () => {
  const handler = new mlflow.MlflowCallbackHandler();
  const chain = pageChain();
  const calls = Array.from({ length: 100 }, (_, at) =>
    chain.invoke(
      { ...TEST_INPUT, input: at % 10 === 0 ? "BOOM" : `${at}` },
      { callbacks: [handler] },
    ),
  );
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.filter(({ status }) => status === "rejected").length).toBe(10);
  await handler.flushTracker(undefined, { finish: true });

  const { metrics, records, text } = await readTracked(handler.runId ?? "");
  const expected = {
    chain_starts: 290,
    chain_ends: 280,
    llm_starts: 100,
    llm_ends: 90,
    errors: 20,
    starts: 390,
    ends: 370,
    step: 780,
  };
  expect(metrics).toMatchObject(expected);
  expect(Object.keys(records).length).toBe(780);
  expect(JSON.parse(text("table_action_records.json")).data.length).toBe(780);
  const { columns, data } = JSON.parse(text("table_session_analysis.json"));
  expect(data.length).toBe(100);
  const answered = data.filter((row: unknown[]) => row[columns.indexOf("output")] !== null);
  expect(answered.length).toBe(90);
  const history = await historyOf(handler.runId ?? "", "step");
  expect(history.every(([step, value]) => step === value)).toBe(true);
});

test("a streamed call of 1000 tokens sends at most 5 requests, and its flush one per file", async () => {
  const proxy = await startCuttingProxy(server.url);
  mlflow.setTrackingUri(proxy.url);
  await mlflow.setExperiment(EXPERIMENT);
  const before = proxy.requests.length;
  const handler = new mlflow.MlflowCallbackHandler();
  const stream = await openAi().stream("Count to 1000", { callbacks: [handler] });
  for await (const _ of stream);
  await mlflow.flushTraces();
  const during = proxy.requests.slice(before);
  expect(during.length, during.join("\n")).toBeLessThanOrEqual(5);

  await handler.flushTracker();
  const uploads = proxy.requests.slice(before + during.length).filter((line) => /^PUT/.test(line));
  expect(new Set(uploads).size).toBe(uploads.length);
  const { files, metrics, records } = await readTracked(handler.runId ?? "");
  expect(uploads.length).toBe(files.length);
  expect(metrics.llm_streams).toBeGreaterThanOrEqual(1000);
  const { tokens } = records["llm_new_tokens_1.json"] as { tokens: string[] };
  expect(tokens.length).toBe(metrics.llm_streams);
  expect(tokens.join("").split(" ").length).toBe(1000);

  // Nothing has changed.
  const flushed = proxy.requests.length;
  await handler.flushTracker();
  expect(proxy.requests.slice(flushed).filter((line) => !/^GET/.test(line))).toEqual([]);
  mlflow.setTrackingUri(server.url);
  await proxy.close();
});

test("a serializable chain is logged with its input to the handler's run; the app's run stays active", async () => {
  await mlflow.startRun({ runName: "outer" }, async (outer) => {
    const chain = pageChain();
    const own = new mlflow.MlflowCallbackHandler({ experiment: "of its own" });
    await chain.invoke(TEST_INPUT, { callbacks: [own] });
    await own.flushTracker(chain, { finish: true });
    expect(own.runId).not.toBe(outer.info.runId);
    expect((await mlflow.getRun(own.runId ?? "")).info.status).toBe("FINISHED");

    const shared = new mlflow.MlflowCallbackHandler();
    await chain.invoke(TEST_INPUT, { callbacks: [shared] });
    await shared.flushTracker(undefined, { finish: true });
    expect(shared.runId).toBe(outer.info.runId);
    expect((await mlflow.getRun(outer.info.runId)).info.status).toBe("RUNNING");

    const seen = await runPython<Record<string, unknown>>(
      `
import json, mlflow
from mlflow.models import Model
mlflow.set_tracking_uri("${server.url}")
run = mlflow.get_run("${own.runId}")
[output] = run.outputs.model_outputs
uri = f"models:/{output.model_id}"
model = Model.load(uri)
table = mlflow.load_table("table_session_analysis.json", run_ids=["${own.runId}"])
print(json.dumps({"name": mlflow.get_logged_model(output.model_id).name, "inputs": model.signature.inputs.input_names(),
  "example": model.load_input_example(mlflow.artifacts.download_artifacts(uri)), "output": list(table["output"])}))`,
      {
        env: {
          MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
          MLFLOW_EXPERIMENT_NAME: "of its own",
        },
      },
    );
    expect(seen).toEqual({
      name: "langchain-model",
      inputs: ["input_language", "output_language", "input"],
      example: TEST_INPUT,
      output: ["Ich liebe das Programmieren."],
    });
  });
});

test("a program without a flush delivers all data at its end, and ends the run", async () => {
  await buildRunsModule();
  const env = { MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_NAME: EXPERIMENT };
  const outcome = await runToItsEnd("naturally", env, "callback-handler/ends.mjs");
  removeRunsModule();
  expect(outcome).toMatchObject({ code: 0, stdout: "Guten Morgen.\n", stderr: "" });
  const runIds = [];
  const filter = "attributes.run_name = 'naturally'";
  for await (const run of mlflow.searchRuns({ filter })) runIds.push(run.info.runId);
  const { status, metrics, files } = await readTracked(runIds[0] ?? "");
  expect([runIds.length, status, metrics.step]).toEqual([1, "FINISHED", 8]);
  expect(files).toContain("table_session_analysis.json");
});

const chromium = chromiumProgram();
describe.skipIf(!chromium)("MLflow's UI on a run of the handler", () => {
  let browser: Browser;
  let runUrl: string;
  let runId: string;
  beforeAll(async () => {
    const handler = new mlflow.MlflowCallbackHandler({ name: "seen-%" });
    const ask = prompt.pipe(openAi());
    const attack = "<script>parent.hacked = hacked = 1</script><img src=x onerror='hacked = 1'>";
    for (const input of ["Good morning.", attack, "Thanks."]) {
      const variables = { ...TEST_INPUT, input_language: "French", input };
      await ask.invoke(variables, { callbacks: [handler] });
    }
    await handler.flushTracker(undefined, { finish: true });
    runId = handler.runId ?? "";
    const { info } = await mlflow.getRun(runId);
    runUrl = `${server.url}/#/experiments/${info.experimentId}/runs/${info.runId}`;
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
  });
  afterAll(() => browser?.close());

  const shows = async (...texts: string[]) => {
    for (const text of texts) {
      await browser.page.getByText(text, { exact: false }).first().waitFor();
    }
  };

  test("shows its counters and text metrics, and their charts", async () => {
    await browser.page.goto(runUrl);
    await shows("seen-", "llm_starts", "flesch_kincaid_grade", "token_usage_total_tokens");
    await browser.screenshot("tracked-run");
    await browser.page.goto(`${runUrl}/model-metrics`);
    await shows("chain_ends");
    await browser.page.locator(".js-plotly-plot, .plotly").first().waitFor();
    await browser.screenshot("tracked-charts");
  });

  test("shows the session as a table", async () => {
    await browser.page.goto(`${runUrl}/artifacts/table_session_analysis.json`);
    await shows("prompt_step", "You said: Good morning.");
    await browser.screenshot("tracked-table");
  });

  test("shows a model's answer, and does not run it as a script", async () => {
    const pages = ["chat_html", "table_session_analysis", "table_action_records"];
    const said = "hacked = hacked = 1";
    await browser.page.goto(`${runUrl}/artifacts`);
    for (const name of pages) {
      await browser.page.getByText(`${name}.html`, { exact: true }).click();
      await shows(`${name}.html`);
      const frame = browser.page.frameLocator("iframe").first();
      await frame.getByText(said, { exact: false }).first().waitFor();
      await browser.screenshot(`tracked-${name}`);
      await expectHarmless();
    }
    // Opened by itself, where nothing shields it.
    const { text } = await readTracked(runId);
    await browser.page.goto("about:blank");
    for (const name of pages) {
      await browser.page.setContent(text(`${name}.html`));
      await shows(said);
      await expectHarmless();
    }
  });

  const expectHarmless = async () => {
    for (const frame of browser.page.frames()) {
      expect(await frame.evaluate("typeof hacked")).toBe("undefined");
      expect(await frame.locator("img[src=x]").count()).toBe(0);
    }
  };
});
