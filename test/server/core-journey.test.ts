import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { collect } from "../support/outcome.js";
import { runPython } from "../support/python.js";
import { MLFLOW_VERSIONS } from "./versions.js";

/** A directory that is a checked out repository, with a token in the address of its remote. */
function repositoryOfApp() {
  const directory = temporaryDirectory();
  const commit = "0123456789abcdef".repeat(3).slice(0, 40);
  const files = {
    HEAD: "ref: refs/heads/feature/login\n",
    "refs/heads/feature/login": `${commit}\n`,
    config: '[remote "origin"]\n\turl = https://ada:token@host.example/team/app.git\n',
  };
  mkdirSync(join(directory, ".git/refs/heads/feature"), { recursive: true });
  for (const [path, text] of Object.entries(files))
    writeFileSync(join(directory, ".git", path), text);
  return { directory, commit };
}

/** What most apps do with a server, in the order in which they do it. */
describe.each(MLFLOW_VERSIONS)("the core journey on MLflow %s", (version) => {
  let server: MlflowServer;
  let runId: string;
  let experimentId: string;

  beforeAll(async () => {
    server = await startMlflowServer({ version });
    mlflow.setTrackingUri(server.url);
    ({ experimentId } = await mlflow.setExperiment("journey"));
  });
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await mlflow.flushTraces();
    await server?.close();
  });

  test("a run stores params, metrics, tables and artifacts", async () => {
    runId = await mlflow.startRun({ runName: "first", tags: { team: "ml" } }, async (run) => {
      await mlflow.logParams({ temperature: 0, model: "small" });
      for (let step = 0; step < 3; step++) mlflow.logMetric("loss", 1 / (step + 1), { step });
      mlflow.logMetric("nan", Number.NaN);
      mlflow.logTable([{ question: "q", answer: "a" }], "table.json");
      mlflow.logText("report", "reports/report.txt");
      mlflow.logText("odd", "reports/a:b.txt");
      return run.info.runId;
    });
    const { info, data } = await mlflow.getRun(runId);
    expect(info).toMatchObject({ runName: "first", status: "FINISHED", experimentId });
    expect(data.params).toEqual({ temperature: "0", model: "small" });
    expect(data.metrics).toEqual({ loss: 1 / 3, nan: Number.NaN });
    expect(data.tags).toMatchObject({ team: "ml" });
    const history = await mlflow.getMetricHistory(runId, "loss");
    expect(history.map(({ step, value }) => [step, value])).toEqual([
      [0, 1],
      [1, 1 / 2],
      [2, 1 / 3],
    ]);
    expect(await mlflow.getMetricHistory(runId, "missing")).toEqual([]);
    expect(await mlflow.loadTable("table.json", { runIds: [runId] })).toMatchObject([
      { question: "q", answer: "a" },
    ]);
  });

  test("its artifacts are listed and downloaded, also beside a file with a colon in its name", async () => {
    const listed = await mlflow.listArtifacts({ runId, artifactPath: "reports" });
    expect(listed.map(({ path }) => path)).toEqual(["reports/a:b.txt", "reports/report.txt"]);
    const directory = temporaryDirectory();
    const path = await mlflow.downloadArtifacts({ runId, dstPath: directory });
    expect(readdirSync(join(path, "reports")).sort()).toEqual(["a:b.txt", "report.txt"]);
    expect(readFileSync(join(path, "reports/a:b.txt"), "utf8")).toBe("odd");
  });

  test("runs are found by a search, and children by their parent", async () => {
    const child = await mlflow.startRun({ parentRunId: runId }, (run) => run.info.runId);
    const children = mlflow.searchRuns({ filter: `tags.mlflow.parentRunId = '${runId}'` });
    expect((await collect(children)).map(({ info }) => info.runId)).toEqual([child]);
    const found = mlflow.searchRuns({ filter: "metrics.loss < 0.4 AND params.model = 'small'" });
    expect((await collect(found)).map(({ info }) => info.runId)).toEqual([runId]);
    await mlflow.deleteRun(child);
    expect(await collect(mlflow.searchRuns())).toHaveLength(1);
  });

  test("a call is traced by autolog, and the trace is read back", async () => {
    const repository = repositoryOfApp();
    const workingDirectory = vi.spyOn(process, "cwd").mockReturnValue(repository.directory);
    onTestFinished(() => workingDirectory.mockRestore());
    mlflow.autolog();
    const chain = ChatPromptTemplate.fromTemplate("Translate {text}")
      .pipe(new FakeListChatModel({ responses: ["Hallo"] }))
      .pipe(new StringOutputParser());
    expect(await chain.invoke({ text: "Hello" })).toBe("Hallo");
    expect(await mlflow.flushTraces()).toMatchObject({ sent: 1 });
    const traceId = mlflow.getLastActiveTraceId() ?? "";
    const trace = await mlflow.getTrace(traceId);
    expect(trace?.info).toMatchObject({ traceId, experimentId, state: "OK" });
    const [root, ...children] = trace?.data.spans ?? [];
    expect(root).toMatchObject({
      name: "RunnableSequence",
      inputs: { text: "Hello" },
      outputs: "Hallo",
    });
    // The name of the trace, which the root span carries to the server, is not among them.
    expect(root?.attributes).toEqual({ "langchain.end": "complete", "mlflow.spanLogLevel": 10 });
    expect(children.map(({ name, spanType }) => [name, spanType])).toEqual([
      ["ChatPromptTemplate", "CHAIN"],
      ["FakeListChatModel", "CHAT_MODEL"],
      ["StrOutputParser", "CHAIN"],
    ]);
    const found = await mlflow.searchTraces({ filter: "attributes.status = 'OK'" }).page();
    expect(found.items.map(({ info, data }) => [info.traceId, data.spans.length])).toEqual([
      [traceId, 4],
    ]);
    const metadata = await runPython<Record<string, string>>(
      `import json, mlflow; print(json.dumps(mlflow.get_trace("${traceId}").info.trace_metadata))`,
      { version, env: { MLFLOW_TRACKING_URI: server.url } },
    );
    expect(metadata).toMatchObject({
      "mlflow.source.git.commit": repository.commit,
      "mlflow.source.git.branch": "feature/login",
      "mlflow.source.git.repoURL": "https://host.example/team/app.git",
    });
    const sizes = JSON.parse(metadata["mlflow.trace.sizeStats"] ?? "");
    expect(sizes).toMatchObject({ num_spans: 4 });
    expect(metadata["mlflow.trace.sizeBytes"]).toBe(String(sizes.total_size_bytes));
    expect(sizes.total_size_bytes).toBeGreaterThan(sizes.max + sizes.p75);
  });

  test("a model is logged, registered, loaded and called", async () => {
    const lcModel = ChatPromptTemplate.fromTemplate("Translate {text}");
    const inputExample = { text: "Hello" };
    const info = await mlflow.startRun({ runId }, () =>
      mlflow.langchain.logModel({ lcModel, name: "model", inputExample }),
    );
    const { name } = await mlflow.registerModel(info.modelUri, "translator");
    await mlflow.setRegisteredModelAlias(name, "champion", 1);
    for (const uri of [info.modelUri, `runs:/${runId}/model`, "models:/translator@champion"]) {
      const model = await mlflow.pyfunc.loadModel(uri);
      expect(String(model.metadata.signature?.inputs)).toBe("['text': string (required)]");
      expect(JSON.stringify(await model.predict({ text: "Bye" }))).toContain("Translate Bye");
    }
    expect(await mlflow.registerModel(`runs:/${runId}/model`, name)).toMatchObject({
      version: "2",
      runId,
    });
    for (const path of ["nothing", "model/nothing", "reports"]) {
      await expect(mlflow.registerModel(`runs:/${runId}/${path}`, name)).rejects.toMatchObject({
        errorCode: "RESOURCE_DOES_NOT_EXIST",
        message: expect.stringContaining(
          `Unable to find a logged model with artifact_path ${path} under run ${runId}.`,
        ),
      });
    }
  });

  test("NaN and infinities in the spans of Python's client are numbers", async () => {
    const traceId = await runPython<string>(
      `
import json, mlflow
mlflow.set_experiment("journey")
with mlflow.start_span("numbers") as span:
  span.set_inputs({"nan": float("nan"), "text": "NaN"})
  span.set_outputs([float("inf"), float("-inf")])
  span.set_attribute("loss", float("nan"))
  trace_id = getattr(span, "trace_id", None) or span.request_id
if hasattr(mlflow, "flush_trace_async_logging"): mlflow.flush_trace_async_logging()
print(json.dumps(trace_id))`,
      { version, env: { MLFLOW_TRACKING_URI: server.url } },
    );
    const [span] = (await mlflow.getTrace(traceId))?.data.spans ?? [];
    expect(span?.inputs).toEqual({ nan: Number.NaN, text: "NaN" });
    expect(span?.outputs).toEqual([Infinity, -Infinity]);
    expect(span?.attributes.loss).toBeNaN();
  });
});
