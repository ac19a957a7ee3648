import { Document } from "@langchain/core/documents";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel, FakeStreamingLLM } from "@langchain/core/utils/testing";
import { Annotation, interrupt, MemorySaver, START, StateGraph } from "@langchain/langgraph";
import * as mlflow from "langchain-mlflow";
import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { historyOf, type ReadTracked, readTracked } from "../callback-handler/read-tracked.js";
import { isCore03 } from "../support/core-version.js";
import { collectGarbageUntil } from "../support/garbage.js";
import { newFolder } from "../support/traces.js";

beforeEach(() => mlflow.setTrackingUri(newFolder()));

const answering = (...responses: string[]) => new FakeListChatModel({ responses });
const chainOf = (model = answering("Guten Morgen.")) =>
  ChatPromptTemplate.fromTemplate("{text}").pipe(model).pipe(new StringOutputParser());
const finished = async (handler: mlflow.MlflowCallbackHandler): Promise<ReadTracked> => {
  await handler.flushTracker(undefined, { finish: true });
  return readTracked(handler.runId ?? expect.fail("It has no run."));
};

describe("the run", () => {
  test("is created at the first event with name and tags, and ended by `finish`", async () => {
    const handler = new mlflow.MlflowCallbackHandler({ name: "mine-%", tags: { team: "docs" } });
    expect(handler.runId).toBeUndefined();
    await chainOf().invoke({ text: "Good morning." }, { callbacks: [handler] });
    await handler.flushTracker();
    const { info } = await mlflow.getRun(handler.runId ?? "");
    expect(info).toMatchObject({ status: "RUNNING", endTimeMs: undefined });
    expect(info.runName).toMatch(/^mine-[A-Z0-9]{7}$/);
    const { status, tags } = await finished(handler);
    expect(status).toBe("FINISHED");
    expect(tags).toMatchObject({ team: "docs", "mlflow.source.type": "LOCAL" });
  });

  test("is not created without an event", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    await handler.flushTracker();
    await handler.flushTracker(undefined, { finish: true });
    expect(handler.runId).toBeUndefined();
  });

  test("is FAILED if the last root call failed, and has the tables", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const failing = RunnableLambda.from(() => {
      throw new Error("Incorrect API key provided: sk-abc123def456ghi789.");
    });
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    await expect(failing.invoke("a", { callbacks: [handler] })).rejects.toThrow("Incorrect");
    const { status, records, metrics, files } = await finished(handler);
    expect(status).toBe("FAILED");
    expect(metrics.errors).toBe(1);
    expect(records["chain_error_1.json"]).toMatchObject({
      action: "on_chain_error",
      error: "Incorrect API key provided: [REDACTED].",
      error_type: "Error",
      errors: 1,
    });
    expect(files).toContain("table_session_analysis.html");
  });

  test("is the active run, which the app ends", async () => {
    const handler = new mlflow.MlflowCallbackHandler({ tags: { seen: "yes" } });
    const run = await mlflow.startRun({ runName: "the app's" }, async (active) => {
      await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
      await handler.flushTracker(undefined, { finish: true });
      expect((await mlflow.getRun(active.info.runId)).info.status).toBe("RUNNING");
      return active;
    });
    expect(handler.runId).toBe(run.info.runId);
    const { tags, files } = await readTracked(run.info.runId);
    expect(tags.seen).toBe("yes");
    expect(files).toContain("chain_end_3.json");
  });

  test("is the given run, with the files in a directory", async () => {
    const { info } = await mlflow.startRun({}, (active) => active);
    const handler = new mlflow.MlflowCallbackHandler({ runId: info.runId, artifactsDir: "a/b" });
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    const { files } = await finished(handler);
    expect(handler.runId).toBe(info.runId);
    expect(files).toContain("a/b/table_action_records.json");
    expect(files.filter((file) => !file.startsWith("a/b/"))).toEqual([]);
  });

  test("is in the experiment and the store of the handler", async () => {
    const elsewhere = newFolder();
    const options = { experiment: "of its own", trackingUri: elsewhere };
    const handler = new mlflow.MlflowCallbackHandler(options);
    await mlflow.startRun({}, async () => {
      await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
      await handler.flushTracker(undefined, { finish: true });
    });
    expect(mlflow.getTrackingUri()).not.toContain(elsewhere);
    mlflow.setTrackingUri(elsewhere);
    await mlflow.setExperiment("of its own");
    const runs = [];
    for await (const run of mlflow.searchRuns()) runs.push(run.info.runId);
    expect(runs).toEqual([handler.runId]);
    await mlflow.setExperiment("Default");
  });

  test("is a new run after `finish`, and the counters are reset", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    await finished(handler);
    const first = handler.runId;
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    const { metrics } = await finished(handler);
    expect(handler.runId).not.toBe(first);
    expect(metrics).toMatchObject({ step: 8, chain_starts: 3 });
  });
});

describe("the logged data", () => {
  test("has metrics for each event, at its step", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    await finished(handler);
    const runId = handler.runId ?? "";
    expect(await historyOf(runId, "chain_starts")).toEqual([
      ...[
        [1, 1],
        [2, 2],
        [3, 2],
        [4, 2],
      ],
      ...[
        [5, 2],
        [6, 3],
        [7, 3],
        [8, 3],
      ],
    ]);
    expect((await historyOf(runId, "flesch_reading_ease")).map(([step]) => step)).toEqual([5]);
  });

  test("has tools and retrievers", async () => {
    class Shelf extends BaseRetriever {
      lc_namespace = ["test"];
      override async _getRelevantDocuments(query: string) {
        const metadata = { source: "a", pages: [1, 2], size: { width: 3 } };
        return [new Document({ pageContent: `On ${query}.`, metadata })];
      }
    }
    const weather = tool(({ city }) => `Rain in ${city}.`, {
      ...{
        name: "weather",
        description: "Tells the weather.",
        schema: z.object({ city: z.string() }),
      },
    });
    const handler = new mlflow.MlflowCallbackHandler();
    await new Shelf().invoke("rain", { callbacks: [handler] });
    await weather.invoke({ city: "Paris" }, { callbacks: [handler] });
    const { records } = await finished(handler);
    expect(records["retriever_start_1.json"]).toMatchObject({ query: "rain", retriever_starts: 1 });
    expect(records["retriever_end_1.json"]?.documents).toEqual([
      { page_content: "On rain.", metadata: { source: "a", pages: "1,2", size: '{"width": 3}' } },
    ]);
    expect(records["tool_start_1.json"]).toMatchObject({
      name: "weather",
      input_str: '{"city":"Paris"}',
    });
    expect(records["tool_end_1.json"]).toMatchObject({ output: "Rain in Paris.", ends: 2 });
  });

  test("has the tokens of each answer of an LLM in one file, and its prompt", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const llm = new FakeStreamingLLM({ responses: ["abc", "de"] });
    for await (const _ of await llm.stream("first", { callbacks: [handler] }));
    for await (const _ of await llm.stream("second", { callbacks: [handler] }));
    const { records, metrics } = await finished(handler);
    expect(metrics.llm_streams).toBe(5);
    expect(records["llm_start_2_prompt_0.json"]?.prompt).toBe("second");
    expect(records["llm_new_tokens_1.json"]?.tokens).toEqual(["a", "b", "c"]);
    expect(records["llm_new_tokens_2.json"]?.tokens).toEqual(["d", "e"]);
    expect(records["llm_end_2_generation_0.json"]?.text).toBe("de");
  });

  test("has the text of an answer in blocks, its tool calls, and its token usage", async () => {
    const response_metadata = { usage: { prompt_tokens: 2, completion_tokens: 3 } };
    const answers = [
      new AIMessage({
        response_metadata,
        content: [
          { type: "text", text: "Guten " },
          { type: "text", text: "Tag." },
        ],
      }),
      new AIMessage({
        response_metadata,
        content: "",
        tool_calls: [{ name: "search", args: { query: "a" }, id: "1" }],
      }),
    ];
    class Answering extends FakeListChatModel {
      override async _generate() {
        const message = answers.shift() ?? expect.fail("It was asked too often.");
        return { generations: [{ text: "", message }] };
      }
    }
    const handler = new mlflow.MlflowCallbackHandler();
    const model = new Answering({ responses: [] });
    for (const question of ["a", "b"]) await model.invoke(question, { callbacks: [handler] });
    const { text, metrics } = await finished(handler);
    expect(metrics).toMatchObject({ token_usage_total_tokens: 5, token_usage_prompt_tokens: 2 });
    const { columns, data } = JSON.parse(text("table_session_analysis.json"));
    expect(data.map((row: string[]) => row[columns.indexOf("output")])).toEqual([
      "Guten Tag.",
      expect.stringMatching(/"name": "search", "args": \{"query": "a"\}/),
    ]);
  });

  test.skipIf(isCore03)("counts the tokens of a stream of events", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const other = { name: "other", lc_prefer_chat_model_stream_events: true };
    await answering("abc").invoke("a", { callbacks: [handler, other as object] });
    const { metrics, records } = await finished(handler);
    expect(metrics.llm_streams).toBe(3);
    expect(records["llm_new_tokens_1.json"]?.tokens).toEqual(["a", "b", "c"]);
  });

  test("is complete and in order when calls run in parallel", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const prompts = Array.from({ length: 20 }, (_, at) => `prompt ${at}`);
    const echo = RunnableLambda.from(async (text: string, config) =>
      new FakeListChatModel({ responses: [`answer to ${text}`], sleep: Math.random() * 5 }).invoke(
        text,
        config,
      ),
    );
    await echo.batch(prompts, { callbacks: [handler] });
    const { text } = await finished(handler);
    const { columns, data } = JSON.parse(text("table_session_analysis.json"));
    const at = (name: string) => columns.indexOf(name);
    expect(data.length).toBe(20);
    for (const row of data) {
      expect(row[at("output")]).toBe(`answer to ${row[at("prompt")].replace("Human: ", "")}`);
    }
  });

  test("has the metrics of a call at its end, also after abandoned streams", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const left = await chainOf().stream({ text: "left" }, { callbacks: [handler] });
    for await (const _ of left) break;
    await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    await mlflow.flushTraces();
    const { data } = await mlflow.getRun(handler.runId ?? "");
    expect(data.metrics.llm_ends).toBeGreaterThanOrEqual(1);
    expect(data.metrics.chain_starts).toBeGreaterThanOrEqual(5);
    await finished(handler);
  });

  test("is replaced by another flush", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    await chainOf().invoke({ text: "first" }, { callbacks: [handler] });
    await handler.flushTracker();
    await chainOf().invoke({ text: "second" }, { callbacks: [handler] });
    const { text } = await finished(handler);
    const { columns, data } = JSON.parse(text("table_session_analysis.json"));
    const prompts = data.map((row: string[]) => row[columns.indexOf("prompt")]);
    expect(prompts).toEqual(["Human: first", "Human: second"]);
    expect(text("chat_html.html")).toContain("Human: first");
  });

  test("runs no script in a browser", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const attack = `<script>alert(1)</script>"'&<img src=x>`;
    await chainOf(answering(attack)).invoke({ text: attack }, { callbacks: [handler] });
    const { files, text } = await finished(handler);
    const pages = files.filter((file) => file.endsWith(".html"));
    expect(pages).toEqual([
      "chat_html.html",
      "table_action_records.html",
      "table_session_analysis.html",
    ]);
    for (const page of pages) {
      expect(text(page)).not.toMatch(/<script|<img/);
      expect(text(page)).toContain("&#60;script&#62;alert(1)");
    }
  });

  test("records no key, and no value that the app's `redact` removes", async () => {
    const key = "sk-planted-0123456789abcdef";
    mlflow.autolog({ logTraces: false, redact: withoutAda });
    const handler = new mlflow.MlflowCallbackHandler();
    const model = answering("Ada and you.");
    Object.assign(model.lc_kwargs, {
      apiKey: key,
      configuration: { headers: { authorization: key } },
    });
    const chain = chainOf(model);
    for await (const _ of await chain.stream({ text: "I am Ada." }, { callbacks: [handler] }));
    const failing = RunnableLambda.from(() => {
      throw new Error(`Ada sent ${key}`);
    });
    await failing.invoke("Ada", { callbacks: [handler] }).catch(() => {});
    const { files, text } = await finished(handler);
    mlflow.autolog();
    mlflow.autolog({ disable: true });
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      expect(text(file), file).not.toContain(key);
      expect(text(file), file).not.toContain("Ada");
    }
  });
});

const withoutAda = (value: unknown) => JSON.parse(JSON.stringify(value).replaceAll("Ada", "…"));

describe("the app", () => {
  test("can use autolog and a tracer in addition", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const callbacks = [new mlflow.MlflowLangchainTracer(), handler];
    await chainOf().invoke({ text: "a" }, { callbacks });
    mlflow.autolog();
    await chainOf().invoke({ text: "b" }, { callbacks });
    mlflow.autolog({ disable: true });
    await mlflow.flushTraces();
    const traces = [];
    for await (const trace of mlflow.searchTraces()) traces.push(trace.data.spans.length);
    expect(traces).toEqual([4, 4]);
    const { metrics, status } = await finished(handler);
    expect(metrics).toMatchObject({ step: 16, chain_starts: 6, llm_ends: 2 });
    expect(status).toBe("FINISHED");
  });

  test("can pause a graph, which is not an error", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const State = Annotation.Root({ answer: Annotation<string>() });
    const graph = new StateGraph(State)
      .addNode("ask", () => ({ answer: interrupt("ok?") as string }))
      .addEdge(START, "ask")
      .compile({ checkpointer: new MemorySaver() });
    const config = { configurable: { thread_id: "1" }, callbacks: [handler] };
    await graph.invoke({ answer: "" }, config);
    const { status, metrics, records } = await finished(handler);
    expect(status).toBe("FINISHED");
    expect(metrics).toMatchObject({ errors: 0, chain_starts: metrics.chain_ends });
    const paused = Object.values(records).filter(({ outputs }) => String(outputs).includes("ok?"));
    expect(paused.length).toBe(1);
  });

  test("has its results whatever values LangChain passes to the handler", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const fail = (): never => {
      throw new Error("hostile");
    };
    const hostile = new Proxy({}, { get: fail, ownKeys: fail, getPrototypeOf: fail });
    const events = Object.entries<(...values: unknown[]) => unknown>({
      ...handler,
    } as never).filter(([name]) => name.startsWith("handle"));
    expect(events.length).toBe(17);
    for (const [, handle] of events) {
      for (const value of [undefined, null, 1, hostile, new HumanMessage("a")]) {
        expect(() => handle(value, value, value, value, value, value, value, value)).not.toThrow();
      }
    }
    expect(await chainOf().invoke({ text: "a" }, { callbacks: [handler] })).toBe("Guten Morgen.");
    expect((await finished(handler)).files).toContain("table_action_records.html");
  });

  test("flushTracker() rejects if an asset cannot be logged, and stores all other data", async () => {
    const handler = new mlflow.MlflowCallbackHandler();
    const chain = chainOf().pipe(RunnableLambda.from((text: string) => text.length));
    await chain.invoke({ text: "a" }, { callbacks: [handler] });
    const flushed = handler.flushTracker(chain, { finish: true });
    await expect(flushed).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
    const { status, files } = await readTracked(handler.runId ?? "");
    expect(status).toBe("FINISHED");
    expect(files).toContain("chat_html.html");
  });

  test.each([
    [{ name: "" }, "`name`"],
    [{ experiment: 3 as unknown as string }, "`experiment`"],
    [{ trackingUri: "ftp://host" }, "ftp"],
    [{ runId: "no id" }, "run_id"],
    [{ artifactsDir: "../up" }, "artifact path"],
    [{ tags: { "a\u0000": "b" } }, "key"],
    [
      { run_id: "a" } as object,
      "has no option `run_id`. Did you mean `runId`? Options are: name, experiment",
    ],
    [{ tags: "a" } as object, "`tags`"],
    ["name" as never, "takes an object of options"],
  ])("receives an error at once for invalid options: %j", (options, what) => {
    expect(() => new mlflow.MlflowCallbackHandler(options)).toThrow(what);
  });

  test.each([
    [
      { finsh: true } as object,
      "flushTracker() has no option `finsh`. Did you mean `finish`? Options are: finish.",
    ],
    [{ finish: 1 } as object, "flushTracker() option `finish` takes true or false, got 1."],
  ])("receives an error for invalid options of a flush: %j", async (options, message) => {
    const handler = new mlflow.MlflowCallbackHandler();
    const flushed = handler.flushTracker(undefined, options);
    await expect(flushed).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE", message });
  });

  test("can drop a handler: its data is delivered, and its run ends", async () => {
    const folder = newFolder();
    mlflow.setTrackingUri(folder);
    await (async () => {
      const handler = new mlflow.MlflowCallbackHandler({ name: "forgotten" });
      await chainOf().invoke({ text: "a" }, { callbacks: [handler] });
    })();
    const findRun = async () => {
      for await (const run of mlflow.searchRuns()) return run;
      return undefined;
    };
    await collectGarbageUntil(() => false, 20);
    await expect
      .poll(async () => (await findRun())?.info.status, { timeout: 5000 })
      .toBe("FINISHED");
    const { files } = await readTracked((await findRun())?.info.runId ?? "");
    expect(files).toContain("table_session_analysis.html");
  });
});
