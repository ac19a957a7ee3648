import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { PromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
// LangChain keeps what `traceable` reads in the storage that this import creates.
import "@langchain/core/context";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { langchainRoot } from "../support/core-version.js";
import { type App, observeUnchanged } from "../support/observed-app.js";
import { collect } from "../support/outcome.js";
import { treeOf } from "../support/tree.js";

/** LangSmith of the LangChain that is tested. */
const load = (entry: string) =>
  import(pathToFileURL(join(langchainRoot, "node_modules/langsmith", entry)).href);
const { traceable } = (await load("traceable.js")) as {
  traceable<Call>(
    call: Call,
    options: { readonly name: string; readonly [name: string]: unknown },
  ): Call;
};
const { Client } = (await load("index.js")) as { Client: new (config: object) => object };

interface PostedRun {
  readonly id: string;
  readonly name: string;
  readonly run_type: string;
  readonly parent_run_id?: string;
  readonly outputs?: unknown;
  readonly error?: string;
  readonly end_time?: unknown;
}

/** A server that receives runs as LangSmith does. */
class RunsServer {
  readonly #runs = new Map<string, PostedRun>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const body = (await request.toArray()).join("");
      response.setHeader("content-type", "application/json");
      if (request.url === "/info") {
        const batches = { batch_ingest_config: { use_multipart_endpoint: false } };
        return response.end(JSON.stringify(batches));
      }
      const { post = [], patch = [] } = JSON.parse(body || "{}");
      for (const run of [...post, ...patch]) {
        this.#runs.set(run.id, { ...this.#runs.get(run.id), ...run });
      }
      response.end("{}");
    });
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** A line a run since the last call: its name, type, state and outputs, below its parent. */
  async take(count: number): Promise<string[]> {
    const areComplete = () =>
      this.#runs.size >= count && [...this.#runs.values()].every(({ end_time }) => end_time);
    for (let waitedMs = 0; waitedMs < 20_000 && !areComplete(); waitedMs += 10) await sleep(10);
    const runs = [...this.#runs.values()];
    this.#runs.clear();
    const below = (parentId: string | undefined, indent: string): string[] =>
      runs
        .filter(({ parent_run_id }) => (parent_run_id ?? undefined) === parentId)
        .flatMap(({ id, name, run_type, outputs, error }) => [
          `${indent}${name} ${run_type} ${error ? "ERROR" : JSON.stringify(outputs)}`,
          ...below(id, `${indent}  `),
        ]);
    return below(undefined, "");
  }
}

const server = new RunsServer();
let url = "";
beforeAll(async () => {
  url = await server.listen();
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => server.close());

const createChain = () =>
  PromptTemplate.fromTemplate("{text}")
    .pipe(new FakeListChatModel({ responses: ["hello"] }))
    .pipe(new StringOutputParser());
const TREE = `
CHAIN RunnableSequence OK
  CHAIN PromptTemplate OK
  CHAT_MODEL FakeListChatModel OK
  CHAIN StrOutputParser OK`.trim();
const STREAMED = TREE.replace("FakeListChatModel OK", "FakeListChatModel OK [new_token]");

/** Runs a program with LangSmith's tracing on, then notes the runs that LangSmith received. */
function observeRuns(count: number, program: (app: App) => Promise<unknown>) {
  return observeUnchanged(async (app) => {
    vi.stubEnv("LANGSMITH_TRACING", "true");
    vi.stubEnv("LANGSMITH_API_KEY", "key");
    vi.stubEnv("LANGSMITH_ENDPOINT", url);
    try {
      return await program(app);
    } finally {
      vi.unstubAllEnvs();
      for (const line of await server.take(count)) app.note("langsmith", line);
    }
  });
}

describe("LangSmith receives the same", () => {
  test("of an invoke and of a stream", async () => {
    const { notes, traces, starts } = await observeRuns(8, async () => [
      await createChain().invoke({ text: "a" }),
      await collect(createChain().stream({ text: "a" })),
    ]);
    expect(notes).toHaveLength(8);
    expect(traces.map(treeOf)).toEqual([TREE, STREAMED]);
    expect(starts.direct).toEqual([]);
  });

  test("of a call in `traceable`", async () => {
    const call = traceable((text: string) => createChain().invoke({ text }), { name: "around" });
    const { notes, traces, starts } = await observeRuns(5, () => call("a"));
    expect(notes).toHaveLength(5);
    expect(notes[0]).toMatch(/^langsmith "around chain/);
    expect(traces.map(treeOf)).toEqual([TREE]);
    expect(starts.direct).toEqual([]);
  });

  test("of `traceable` in a step, and of what it calls", async () => {
    const inner = traceable((text: string) => createChain().invoke({ text }), { name: "inside" });
    const { notes, traces, starts } = await observeRuns(6, () =>
      RunnableLambda.from((text: string) => inner(text)).invoke("a"),
    );
    expect(notes).toHaveLength(6);
    expect(notes[1]).toMatch(/^langsmith " {2}inside chain/);
    expect(traces.map(treeOf)).toEqual([`CHAIN RunnableLambda OK\n${TREE.replace(/^/gm, "  ")}`]);
    expect(starts.direct).toEqual([]);
  });

  test("of a call in `traceable` that is on by its own option", async () => {
    const client = new Client({ apiUrl: url, apiKey: "key" });
    const options = { name: "around", client, tracingEnabled: true };
    const call = traceable((text: string) => createChain().invoke({ text }), options);
    const { notes, traces, starts } = await observeUnchanged(async (app) => {
      const result = await call("a");
      for (const line of await server.take(5)) app.note("langsmith", line);
      return result;
    });
    expect(notes).toHaveLength(5);
    expect(traces.map(treeOf)).toEqual([TREE]);
    expect(starts.direct).toEqual([]);
  });

  test("of a call that fails, and of the calls after it", async () => {
    const failing = createChain().pipe(() => Promise.reject(new Error("of the app")));
    const { notes, traces } = await observeRuns(9, async () => {
      await failing.invoke({ text: "a" }).catch(() => {});
      return createChain().invoke({ text: "a" });
    });
    expect(notes).toHaveLength(9);
    expect(traces).toHaveLength(2);
  });
});

test("`traceable` that is off leaves a call to autolog alone", async () => {
  const call = traceable((text: string) => createChain().invoke({ text }), { name: "off" });
  const { traces, starts } = await observeUnchanged(() => call("a"));
  expect(traces.map(treeOf)).toEqual([TREE]);
  expect(starts.byHandler).toEqual([]);
});
