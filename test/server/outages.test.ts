import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type FaultyProxy, PASS, startFaultyProxy } from "../support/faulty-proxy.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { storedInputs } from "../support/stored-inputs.js";

let server: MlflowServer;
let proxy: FaultyProxy;
let name = "";
let count = 0;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server.close());

beforeEach(async () => {
  proxy = await startFaultyProxy(() => server.url);
  count += 1;
  name = `outage ${count}`;
  mlflow.setTrackingUri(proxy.url);
  await mlflow.setExperiment(name);
});
afterEach(async () => {
  proxy.faultOf = () => PASS;
  await mlflow.flushTraces();
  mlflow.autolog({ disable: true });
  await proxy.close();
});

const chain = RunnableLambda.from((text: string) => `${text}!`);
const numbers = (length: number) => Array.from({ length }, (_, index) => `${index}`);

/** Traces one call for each input. */
async function call(inputs: readonly string[]): Promise<void> {
  for (const input of inputs) await chain.invoke(input);
}

const stored = async () => (await storedInputs(server.url, name)).map(String).toSorted();

test("one request that gets no response loses nothing, and delays the rest for a quarter of retryTimeoutMs", async () => {
  let hung = 0;
  proxy.faultOf = ({ path }) => {
    if (path !== "/v1/traces" || hung > 0) return PASS;
    hung += 1;
    return { kind: "hang" };
  };
  mlflow.autolog({ retryTimeoutMs: 8000, durability: "memory", flushIntervalMs: 50 });
  await call(numbers(10));
  const startedAtMs = performance.now();
  const counts = await mlflow.flushTraces({ timeoutMs: 20_000 });
  expect(hung).toBe(1);
  expect(counts).toEqual({ sent: 10, spooled: 0, dropped: 0, pending: 0 });
  expect(performance.now() - startedAtMs).toBeLessThan(8000);
  expect(await stored()).toEqual(numbers(10));
});
