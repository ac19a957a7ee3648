import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { RunnablePassthrough } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";

/** A proxy before a server. The first request of each method and route fails; the others reach the server. */
class FailingProxy {
  readonly #server: Server;
  readonly #failed = new Set<string>();
  failures = 0;
  /** How the next first request fails: with a status, or by a closed connection. */
  failure: number | "closed" = 503;

  constructor(target: string) {
    this.#server = createServer((received, response) => {
      const route = `${received.method} ${received.url?.split("?")[0]?.replace(/[0-9a-f]{32}/g, "ID")}`;
      if (!this.#failed.has(route)) {
        this.#failed.add(route);
        this.failures += 1;
        received.resume();
        if (this.failure === "closed") received.once("end", () => response.destroy());
        else response.writeHead(this.failure, { "retry-after": "0" }).end("try later");
        return;
      }
      const sent = request(new URL(received.url ?? "/", target), {
        method: received.method,
        headers: { ...received.headers, host: new URL(target).host },
      });
      sent.on("error", () => response.destroy());
      sent.on("response", (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      received.pipe(sent);
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on, the first request of each route fails again. */
  reset(): void {
    this.#failed.clear();
    this.failures = 0;
  }

  close(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

let server: MlflowServer;
let proxy: FailingProxy;
let proxyUrl = "";
let experimentId = "";
let runId = "";
let traceId = "";
let modelUri = "";
const chain = () => new RunnablePassthrough().pipe(new StringOutputParser() as never);
const client = () => new mlflow.MlflowClient({ trackingUri: proxyUrl });

beforeAll(async () => {
  server = await startMlflowServer();
  proxy = new FailingProxy(server.url);
  proxyUrl = await proxy.listen();
  mlflow.setTrackingUri(server.url);
  ({ experimentId } = await mlflow.setExperiment("retries"));
  await mlflow.startRun({ runName: "first" }, async (run) => {
    runId = run.info.runId;
    mlflow.logMetric("m", 1);
    mlflow.logTable([{ a: 1 }], "t.json");
    ({ modelUri } = await mlflow.langchain.logModel({
      lcModel: chain(),
      name: "echo",
    }));
  });
  mlflow.autolog();
  await new FakeListChatModel({ responses: ["a"] }).invoke("x");
  await mlflow.flushTraces();
  traceId = mlflow.getLastActiveTraceId() ?? "";
  mlflow.autolog({ disable: true });
  await mlflow.registerModel(modelUri, "echo");
  mlflow.setTrackingUri(proxyUrl);
});
afterEach(() => mlflow.endRun().catch(() => undefined));
afterAll(async () => {
  await Promise.all([proxy?.close(), server?.close()]);
});

let number = 0;
const fresh = (name: string) => `${name}-${++number}`;
const spanless = { name: "quality", value: true };

/** Whether a failure leaves open that the server has carried out the request. */
function mayBeDone(failure: number | "closed"): boolean {
  return failure === "closed";
}

/** The requests of a listing are sent when it is read. */
async function read(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

/** Calls that an app waits for. Each has side effects of its own, or only reads. */
const CALLS: Record<string, () => Promise<unknown> | unknown> = {
  "setExperiment() of an existing experiment": () => mlflow.setExperiment("retries"),
  "setExperiment() of a new experiment": async () => {
    await mlflow.setExperiment(fresh("new"));
    await mlflow.setExperiment("retries");
  },
  "startRun() with a function": () => mlflow.startRun({ runName: "x" }, () => 1),
  "startRun() of an existing run": () => mlflow.startRun({ runId }),
  "getRun()": () => mlflow.getRun(runId),
  "searchRuns()": () => read(mlflow.searchRuns()),
  "getMetricHistory()": () => mlflow.getMetricHistory(runId, "m"),
  "loadTable()": () => mlflow.loadTable("t.json", { runIds: [runId] }),
  "getTrace()": () => mlflow.getTrace(traceId),
  "searchTraces()": () => read(mlflow.searchTraces()),
  "setTraceTag()": () => mlflow.setTraceTag(traceId, "a", "b"),
  "deleteTraceTag()": async () => {
    await mlflow.setTraceTag(traceId, "gone", "b");
    proxy.reset();
    await mlflow.deleteTraceTag(traceId, "gone");
  },
  "listArtifacts()": () => mlflow.listArtifacts({ runId }),
  "downloadArtifacts()": () => mlflow.downloadArtifacts({ runId }),
  "loadModel()": () => mlflow.langchain.loadModel(modelUri),
  "registerModel()": () => mlflow.registerModel(modelUri, fresh("registered")),
  "setRegisteredModelAlias()": () => mlflow.setRegisteredModelAlias("echo", "champion", 1),
  "logModel()": () => mlflow.langchain.logModel({ lcModel: chain(), name: "m" }),
  "client.createExperiment()": () => client().createExperiment({ name: fresh("created") }),
  "client.searchExperiments()": () => client().searchExperiments(),
  "client.deleteRun()": async () => {
    const run = await client().createRun({ experimentId });
    proxy.reset();
    await client().deleteRun({ runId: run.info.runId });
  },
  "genai.createDataset() and mergeRecords()": async () => {
    const name = fresh("dataset");
    const { genai } = mlflow;
    const dataset = await (mayBeDone(proxy.failure)
      ? genai.createDataset({ name }).catch(() => genai.createDataset({ name }))
      : genai.createDataset({ name }));
    proxy.reset();
    await dataset.mergeRecords([{ inputs: { question: "a" } }]);
  },
};

describe.each([503, "closed"] as const)("the first answer is %s", (failure) => {
  test.each(Object.entries(CALLS))("%s is repeated", async (_, call) => {
    proxy.failure = failure;
    proxy.reset();
    await call();
    expect(proxy.failures).toBeGreaterThan(0);
  });

  test("feedback is logged once, or the caller learns that it is unknown", async () => {
    proxy.failure = failure;
    proxy.reset();
    const logged = mlflow.logFeedback({ traceId, ...spanless, name: `quality-${failure}` });
    if (mayBeDone(failure)) await expect(logged).rejects.toThrow();
    else await logged;
  });
});

test("a call fails when the server does not recover", async () => {
  await expect(
    new mlflow.MlflowClient({ trackingUri: "http://127.0.0.1:9" }).getRun({ runId }),
  ).rejects.toThrow(/No answer from the tracking server/);
});
