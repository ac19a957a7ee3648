import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatOpenAI } from "@langchain/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { MLFLOW_VERSIONS } from "./versions.js";

const ROWS = [1, 2, 3].map((row) => ({
  inputs: { question: `question ${row}` },
  outputs: `answer ${row}`,
  expectations: { expected_response: `answer ${row % 3}` },
  tags: { set: "a" },
}));

let provider: Server;
let providerUrl: string;

/** Answers as a judge, in the form of OpenAI. */
beforeAll(async () => {
  provider = createServer(async (request, response) => {
    await request.toArray();
    const content = JSON.stringify({ result: "yes", rationale: "because" });
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    const head = { id: "c1", object: "chat.completion", created: 1, model: "judge-1" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...head, choices, usage }));
  });
  provider.listen(0, "127.0.0.1");
  await once(provider, "listening");
  const address = provider.address();
  providerUrl = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/v1`;
});
afterAll(() => {
  provider.closeAllConnections();
  provider.close();
});

const PYTHON = `
import json, mlflow, os
from mlflow.genai.scorers import scorer, Correctness, RelevanceToQuery, Guidelines
mlflow.set_experiment("python")
@scorer
def exact(outputs, expectations): return outputs == expectations["expected_response"]
@scorer
def broken(outputs): raise ValueError("cannot score")
@scorer(aggregations=["mean", "p90"])
def size(outputs): return len(outputs)
judge = "openai:/judge-1"
result = mlflow.genai.evaluate(data=json.loads(os.environ["ROWS"]), scorers=[exact, broken, size,
    Correctness(model=judge), RelevanceToQuery(model=judge),
    Guidelines(name="short", guidelines="be short", model=judge)])
open(os.environ["OUTPUT"], "w").write(result.run_id)`;

/** Python prints a report: the id of the run is written to a file. */
async function evaluateInPython(version: string, uri: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "evaluate-in-python-"));
  const output = join(folder, "run");
  const script = `import contextlib, sys\nwith contextlib.redirect_stdout(sys.stderr):\n${PYTHON.replace(/^/gm, " ")}`;
  await runPython(script, {
    version,
    env: {
      ...{ MLFLOW_TRACKING_URI: uri, ROWS: JSON.stringify(ROWS), OPENAI_API_KEY: "none" },
      ...{ OPENAI_API_BASE: providerUrl, OPENAI_BASE_URL: providerUrl, OUTPUT: output },
    },
  });
  const runId = readFileSync(output, "utf8");
  rmSync(folder, { recursive: true });
  return runId;
}

async function evaluateHere(): Promise<string> {
  const { scorer, scorers } = mlflow.genai;
  const configuration = { baseURL: providerUrl };
  const model = new ChatOpenAI({ model: "judge-1", apiKey: "none", configuration });
  const { runId } = await mlflow.genai.evaluate({
    data: ROWS,
    scorers: [
      scorer({ name: "exact" }, ({ outputs, expectations }) => {
        return outputs === expectations.expected_response;
      }),
      scorer({ name: "broken" }, () => {
        throw new Error("cannot score");
      }),
      scorer({ name: "size", aggregations: ["mean", "p90"] }, ({ outputs }) => {
        return String(outputs).length;
      }),
      new scorers.Correctness({ model }),
      new scorers.RelevanceToQuery({ model }),
      new scorers.Guidelines({ name: "short", guidelines: "be short", model }),
    ],
  });
  return runId ?? "";
}

interface Assessment {
  readonly assessment_name: string;
  readonly source: object;
  readonly feedback?: { readonly value: unknown; readonly error?: Record<string, string> };
  readonly expectation?: object;
  readonly rationale?: string;
  readonly span_id?: string;
  readonly metadata?: Record<string, string>;
  readonly valid?: boolean;
}

interface Pair<Value> {
  readonly key: string;
  readonly value: Value;
}

/** The response to a request for a run, or for traces. */
interface Stored {
  readonly run: {
    readonly info: { readonly status: string; readonly experiment_id: string };
    readonly data: { readonly metrics: Pair<number>[]; readonly tags: Pair<string>[] };
    readonly inputs: { readonly dataset_inputs: { readonly dataset: Record<string, string> }[] };
  };
  readonly traces: readonly StoredTrace[];
}

interface StoredTrace {
  readonly request_preview: string;
  readonly response_preview: string;
  readonly state: string;
  readonly tags: Record<string, string>;
  readonly trace_metadata: Record<string, string>;
  readonly assessments: readonly Assessment[];
}

/** What a run has on the server, without ids and times. */
async function readEvaluation(uri: string, runId: string) {
  const read = async (path: string, body?: object) => {
    const post = { method: "POST", body: JSON.stringify(body) };
    const headers = { "content-type": "application/json" };
    const response = await fetch(`${uri}${path}`, { headers, ...(body && post) });
    return (await response.json()) as Stored;
  };
  const { run } = await read(`/api/2.0/mlflow/runs/get?run_id=${runId}`);
  const { experiment_id } = run.info;
  const { traces } = await read("/api/3.0/mlflow/traces/search", {
    locations: [{ type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id } }],
    filter: `attributes.run_id = '${runId}'`,
  });
  const pairs = <Value>(list: Pair<Value>[] = []): Record<string, Value> =>
    Object.fromEntries(list.map(({ key, value }) => [key, value]));
  const { dataset = {} } = run.inputs.dataset_inputs[0] ?? {};
  return {
    status: run.info.status,
    metrics: pairs(run.data.metrics),
    tags: withoutVolatile(pairs(run.data.tags)),
    dataset: {
      ...{ name: dataset.name, sourceType: dataset.source_type },
      schema: JSON.parse(dataset.schema ?? ""),
      profile: JSON.parse(dataset.profile ?? ""),
    },
    traces: traces.map(describeTrace).sort((a, b) => a.request.localeCompare(b.request)),
  };
}

function describeTrace(trace: StoredTrace) {
  return {
    ...{ request: trace.request_preview, response: trace.response_preview, state: trace.state },
    tags: withoutVolatile(trace.tags),
    metadata: withoutVolatile(trace.trace_metadata),
    assessments: trace.assessments.map(describeAssessment).sort((a, b) => {
      return a.name.localeCompare(b.name);
    }),
  };
}

function describeAssessment(assessment: Assessment) {
  const { assessment_name: name, source, feedback, expectation, rationale, valid } = assessment;
  const { error } = feedback ?? {};
  return {
    ...{ name, source, expectation, rationale, valid, hasSpan: assessment.span_id !== undefined },
    value: feedback?.value,
    error: error && [error.error_code, error.error_message, error.stack_trace !== undefined],
    metadata: withoutVolatile(assessment.metadata ?? {}),
  };
}

/**
 * Ids, digests, sizes and the name of the program differ between any two runs. Fields of git depend on the folder, and Python
 * has the digest of a function only if it can read its source.
 */
function withoutVolatile(fields: Record<string, string>) {
  const volatile =
    /runName|source\.name|Digest$|sourceRun|requestId|artifactLocation|size(Bytes|Stats)/;
  const optional = /git\.|scorerDigest$/;
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([key]) => !optional.test(key))
      .map(([key, value]) => [key, volatile.test(key) ? "…" : value])
      .sort(),
  );
}

/** A function of Python that returns the metrics of logged models. */
const READ_MODELS = `
def read(model_ids):
    metrics = [m for model_id in model_ids for m in mlflow.get_logged_model(model_id).metrics or []]
    return [{"key": m.key, "value": m.value, "step": m.step, "dataset": m.dataset_name, "hasDigest": bool(m.dataset_digest),
      "hasRun": bool(m.run_id)} for m in metrics]`;

/** 3.18 is always installed, for the evaluation of its Python. */
const VERSIONS = new Set([...MLFLOW_VERSIONS, "3.18.0"]);

describe.each([...VERSIONS])("on MLflow %s", (version) => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await startMlflowServer({ version });
    mlflow.setTrackingUri(server.url);
    await mlflow.setExperiment("typescript");
  });
  afterAll(() => server?.close());

  test("an evaluation leaves what Python's evaluation of the same rows leaves", async () => {
    const python = await readEvaluation(server.url, await evaluateInPython(version, server.url));
    const ours = await readEvaluation(server.url, await evaluateHere());

    // The closed list of differences: what is measured besides, and what a continued evaluation must know.
    const { "latency/mean": mean, "latency/p90": p90, ...metrics } = ours.metrics;
    expect([mean, p90].every((value) => typeof value === "number")).toBe(true);
    const traces = ours.traces.map(({ tags, ...trace }) => {
      const { "mlflow.langchain.evaluatedRow": record, ...others } = tags;
      expect(JSON.parse(record ?? "")).toMatchObject({ expectations: expect.any(String) });
      return { ...trace, tags: others };
    });
    expect({ ...ours, metrics, traces }).toEqual(python);
  });

  test("an evaluation of a logged model adds its metrics to the model, as Python's does", async () => {
    const rows = [{ inputs: { q: 1 }, outputs: "a" }];
    const env = { MLFLOW_TRACKING_URI: server.url };
    const python = await runPython<{ ids: string[]; metrics: object[] }>(
      `import contextlib, json, mlflow, sys
from mlflow.genai.datasets import create_dataset
from mlflow.genai.scorers import scorer
${READ_MODELS}
@scorer
def size(outputs): return len(outputs)
with contextlib.redirect_stdout(sys.stderr):
    experiment_id = mlflow.set_experiment("python").experiment_id
    ids = [mlflow.create_external_model(name=f"agent-{n}").model_id for n in range(4)]
    rows = json.loads('${JSON.stringify(rows)}')
    dataset = create_dataset(name="rows", experiment_id=[experiment_id])
    dataset.merge_records(rows)
    mlflow.genai.evaluate(data=rows, scorers=[size], model_id=ids[0])
    mlflow.genai.evaluate(data=dataset, scorers=[size], model_id=ids[1])
print(json.dumps({"ids": ids, "metrics": read(ids[:2])}))`,
      { version, env },
    );
    const [, , ofRows = "", ofDataset = ""] = python.ids;
    const scorers = [
      mlflow.genai.scorer({ name: "size" }, ({ outputs }) => String(outputs).length),
    ];
    await mlflow.genai.evaluate({ data: rows, scorers, modelId: ofRows });
    const dataset = await mlflow.genai.getDataset({ name: "rows" });
    const result = await mlflow.genai.evaluate({ data: dataset, scorers, modelId: ofDataset });
    const ours = await runPython<Record<string, unknown>[]>(
      `import json, mlflow\n${READ_MODELS}\nprint(json.dumps(read(["${ofRows}", "${ofDataset}"])))`,
      { version, env },
    );
    const isMeasured = ({ key }: Record<string, unknown>) => /^latency/.test(String(key));
    expect(python.metrics).toMatchObject([{ dataset: null }, { dataset: "rows", value: 1 }]);
    expect(ours.filter((metric) => !isMeasured(metric))).toEqual(python.metrics);
    const run = await fetch(`${server.url}/api/2.0/mlflow/runs/get?run_id=${result.runId}`);
    expect(await run.json()).toMatchObject({
      run: { inputs: { model_inputs: [{ model_id: ofDataset }] } },
    });
  });

  test("a logged model that does not exist is reported, and the evaluation goes on", async () => {
    const data = [{ inputs: { q: 1 }, outputs: "a" }];
    const size = mlflow.genai.scorer({ name: "size" }, ({ outputs }) => String(outputs).length);
    const result = await mlflow.genai.evaluate({ data, scorers: [size], modelId: "m-unknown" });
    expect(result.metrics["size/mean"]).toBe(1);
    const { metrics } = await readEvaluation(server.url, result.runId ?? "");
    expect(metrics["size/mean"]).toBe(1);
  });

  test("continuing an evaluation of traces deletes no trace of the app, and its scorers do not run again", async () => {
    await mlflow.setExperiment(`production ${version}`);
    const failed = async () => {
      throw new Error("the app failed");
    };
    await expect(mlflow.withSpan(failed, { name: "app", inputs: { q: 1 } })).rejects.toThrow();
    mlflow.withSpan(() => "fine", { name: "app", inputs: { q: 2 } });
    await mlflow.flushTraces();
    const statesOf = async () => {
      const traces = [];
      for await (const trace of mlflow.searchTraces({})) traces.push(trace);
      const states = traces.map(({ info }) => `${info.traceId} ${info.state}`).sort();
      return { traces, states };
    };
    const { traces: data, states } = await statesOf();
    expect(data.map(({ info }) => info.state).sort()).toEqual(["ERROR", "OK"]);
    let calls = 0;
    const scorers = [
      mlflow.genai.scorer({ name: "counted" }, () => {
        calls += 1;
        return true;
      }),
    ];
    const { runId } = await mlflow.genai.evaluate({ data, scorers });
    const continued = await mlflow.genai.evaluate({ data, scorers, runId });
    expect(calls).toBe(2);
    expect(continued.rows.map(({ feedback }) => feedback.length)).toEqual([1, 1]);
    expect((await statesOf()).states).toEqual(states);

    // The outputs are not those of a model: with one, each row is evaluated, and the traces of the app are kept.
    const predictFn = () => "fine";
    const called = await mlflow.genai.evaluate({ data, scorers, predictFn, runId });
    expect(called.rows.map(({ outputs }) => outputs)).toEqual(["fine", "fine"]);
    expect((await statesOf()).states).toEqual(expect.arrayContaining(states));
  });

  test("results of other libraries' evaluators have metrics, whatever their keys are", async () => {
    const similarity = async ({ outputs, referenceOutputs }: Record<string, unknown>) => ({
      key: "score (0-1)",
      score: outputs === referenceOutputs ? 1 : 0.5,
      comment: "compared",
    });
    const others = ["👍", "a\nb", "../x", "/abs", "a//b", ".", "__proto__", "k".repeat(300)];
    const { runId, rows } = await mlflow.genai.evaluate({
      data: [{ inputs: { q: 1 }, outputs: "a" }],
      scorers: [similarity, () => others.map((key, index) => ({ key, score: index }))],
    });
    expect(rows[0]?.feedback.map(({ name }) => name)).toEqual(["score (0-1)", ...others]);
    const run = await mlflow.getRun(runId ?? "");
    expect(run?.info.status).toBe("FINISHED");
    const { "latency/mean": _mean, "latency/p90": _p90, ...metrics } = run?.data.metrics ?? {};
    const expected = [
      ...["_", "a_b", "__/x", "abs", "a/b", "__2", "__proto__", "k".repeat(200)],
    ].map((name, index) => [`${name}/mean`, index]);
    expect(metrics).toEqual({ "score _0-1_/mean": 0.5, ...Object.fromEntries(expected) });
  });
});
