import { afterAll, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { runApp } from "../reach/run-app.js";

const directory = temporaryDirectory({ whenOver: afterAll });
const CHAIN = "RunnableSequence > RunnableLambda > FakeListChatModel";
const run = (what: string) => runApp("tracer.mjs", { args: [what] });

test("a program that never flushes delivers at its end", async () => {
  expect(await run("invokes")).toEqual({ code: 0, stdout: "", stderr: "", traces: [CHAIN] });
});

test("and when it exits by itself", async () => {
  expect(await run("exits")).toEqual({ code: 3, stdout: "", stderr: "", traces: [CHAIN] });
});

test("a stream that was left is delivered at the end, and is no error", async () => {
  const env = { MLFLOW_TRACKING_URI: directory };
  expect(await runApp("tracer.mjs", { args: ["leaves"], env })).toMatchObject({
    code: 0,
    stderr: "",
  });
  const store = createFileStore({ directory });
  const { items } = await store.searchTraceInfos({ experimentIds: ["0"], maxResults: 10 });
  expect(items.map(({ state, tags }) => [state, tags["mlflow.traceName"]])).toEqual([
    ["OK", "RunnableSequence"],
  ]);
  await store.close();
});

test("passed to a constructor: a trace of the component, one warning, no error", async () => {
  const { stderr, ...ended } = await run("constructs");
  expect(ended).toEqual({ code: 0, stdout: "", traces: Array(2).fill("FakeListChatModel") });
  expect(stderr).toMatch(
    /^langchain-mlflow: MlflowLangchainTracer receives the events of FakeListChatModel, .* \{ callbacks: \[tracer\] \}\)\.$/,
  );
});

test("passed to the constructor of a legacy chain: LangChain sends no events of its steps", async () => {
  const { stderr, ...ended } = await run("constructs a chain");
  expect(ended).toEqual({ code: 0, stdout: "", traces: Array(2).fill("LLMChain") });
  expect(stderr).toMatch(
    /^langchain-mlflow: MlflowLangchainTracer receives the events of LLMChain, .* \{ callbacks: \[tracer\] \}\)\.$/,
  );
});

test("a tracer that is never passed to a call does nothing", async () => {
  expect(await run("never")).toEqual({ code: 0, stdout: "", stderr: "", traces: [] });
});
