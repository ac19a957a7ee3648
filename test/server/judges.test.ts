import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import type { ScorerVersion } from "../../src/store/scorer-store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { runPython } from "../support/python.js";
import { ScriptedJudge, yes } from "../support/scripted-judge.js";

const { genai } = mlflow;
let server: MlflowServer;

beforeAll(async () => {
  server = await startMlflowServer();
});
afterAll(() => server?.close());

const polite = {
  name: "polite",
  instructions: "Is {{ outputs }} a polite answer to {{ inputs }}?",
  description: "Politeness",
  model: "openai:/gpt-4.1-mini",
} as const;

describe.each(["a server", "a local folder"])("judges that are registered on %s", (place) => {
  beforeAll(async () => {
    const folder = temporaryDirectory({ prefix: "judges-", whenOver: afterAll });
    mlflow.setTrackingUri(place === "a server" ? server.url : `file:${folder}`);
    await mlflow.setExperiment("judges");
  });

  test("have versions, can be listed, read and deleted", async () => {
    const judge = genai.makeJudge({ ...polite, feedbackValueType: ["yes", "no"] });
    expect(await judge.register()).toMatchObject({ name: "polite", version: 1 });
    const second = await genai.makeJudge({ ...polite, feedbackValueType: "integer" }).register();
    expect(second.version).toBe(2);
    expect(second.creationTimeMs).toBeGreaterThan(0);
    await new genai.scorers.Guidelines({ guidelines: ["Be kind"], model: polite.model }).register({
      name: "kind",
    });
    const latest = await genai.listScorers();
    expect(sorted(latest)).toEqual(["kind 1", "polite 2"]);
    expect(sorted(await genai.listScorers({ name: "polite" }))).toEqual(["polite 1", "polite 2"]);

    expect(await genai.getScorer({ name: "polite" })).toMatchObject({
      ...polite,
      feedbackValueType: "integer",
    });
    expect(await genai.getScorer({ name: "polite", version: 1 })).toMatchObject({
      feedbackValueType: ["yes", "no"],
      aggregations: [],
    });
    const kind = await genai.getScorer({ name: "kind" });
    expect(kind).toBeInstanceOf(genai.scorers.Guidelines);
    expect(kind).toMatchObject({ name: "kind", guidelines: ["Be kind"], model: polite.model });

    await genai.deleteScorer({ name: "polite", version: 2 });
    expect(sorted(await genai.listScorers({ name: "polite" }))).toEqual(["polite 1"]);
    await genai.deleteScorer({ name: "polite", version: "all" });
    expect(sorted(await genai.listScorers())).toEqual(["kind 1"]);
    await expect(genai.getScorer({ name: "polite" })).rejects.toMatchObject({
      errorCode: "RESOURCE_DOES_NOT_EXIST",
    });
    await genai.deleteScorer({ name: "kind", version: "all" });
  });

  test("are scorers of an evaluation, as listScorers() returns them", async () => {
    const same = new genai.scorers.Equivalence({ model: polite.model });
    await same.register({ name: "the same" });
    const { rows } = await genai.evaluate({
      data: [{ inputs: {}, outputs: "a", expectations: { expected_response: "a" } }],
      scorers: await genai.listScorers(),
      dryRun: true,
    });
    expect(rows[0]?.feedback).toMatchObject([{ name: "the same", value: "yes" }]);
    await genai.deleteScorer({ name: "the same", version: "all" });
  });

  test("of an experiment that does not exist are an error", async () => {
    const missing = genai.makeJudge(polite).register({ experimentId: "98765" });
    await expect(missing).rejects.toMatchObject({ errorCode: "RESOURCE_DOES_NOT_EXIST" });
  });
});

function sorted(versions: readonly ScorerVersion[]): string[] {
  return versions.map(({ name, version }) => `${name} ${version}`).sort();
}

describe("what Python reads and writes", () => {
  beforeAll(async () => {
    mlflow.setTrackingUri(server.url);
    await mlflow.setExperiment("both");
  });

  const PROGRAM = `
import json, mlflow
mlflow.set_tracking_uri(TRACKING_URI)
mlflow.set_experiment("both")
from mlflow.genai.scorers import get_scorer, list_scorers
`;
  const python = <T>(program: string) =>
    runPython<T>(PROGRAM.replace("TRACKING_URI", JSON.stringify(server.url)) + program);

  test("Python's get_scorer() returns each kind of judge", async () => {
    const types = {
      literals: ["yes", "no"],
      truth: "boolean",
      grade: "integer",
      share: "number",
      words: "string",
      list: { type: "array", items: { type: "number" } },
      table: { type: "object", additionalProperties: { type: "string" } },
      maybe: { anyOf: [{ type: "number" }, { type: "null" }] },
    } as const;
    for (const [name, feedbackValueType] of Object.entries(types)) {
      await genai.makeJudge({ ...polite, name, feedbackValueType }).register();
    }
    const instance = new ScriptedJudge([]);
    await genai
      .makeJudge({
        name: "session",
        instructions: "Is {{ conversation }} kind?",
        model: instance,
        inferenceParams: { maxTokens: 9 },
      })
      .register();
    const all = genai.scorers
      .getAllScorers()
      .filter((one): one is mlflow.genai.scorers.BuiltInJudge => "builtIn" in one);
    const guided = { guidelines: ["Be kind", "Be short"] };
    const judges = [
      ...all,
      new genai.scorers.Guidelines(guided),
      new genai.scorers.ConversationalGuidelines(guided),
      new genai.scorers.ToolCallCorrectness({ name: "exact", shouldExactMatch: true }),
    ];
    for (const judge of judges) await judge.register();

    const read = await python<Record<string, Record<string, unknown>>>(`
out = {}
for s in list_scorers():
    again = get_scorer(name=s.name)
    out[again.name] = {"type": str(again.feedback_value_type), "class": type(again).__name__, "model": again.model,
      "session": again.is_session_level_scorer, "params": getattr(again, "inference_params", None),
      "guidelines": getattr(again, "guidelines", None), "exact": getattr(again, "should_exact_match", None)}
print(json.dumps(out))
`);
    expect(read).toMatchObject({
      literals: { type: "typing.Literal['yes', 'no']", class: "InstructionsJudge" },
      truth: { type: "<class 'bool'>", model: polite.model },
      grade: { type: "<class 'int'>" },
      share: { type: "<class 'float'>" },
      words: { type: "<class 'str'>", session: false },
      list: { type: "list[float]" },
      table: { type: "dict[str, str]" },
      session: { session: true, model: "scripted:/scripted-1", params: { max_tokens: 9 } },
      guidelines: { class: "Guidelines", guidelines: guided.guidelines },
      exact: { class: "ToolCallCorrectness", exact: true },
    });
    for (const { name, builtIn, isSessionLevelScorer } of judges) {
      expect(read[name]).toMatchObject({ class: builtIn, session: isSessionLevelScorer });
    }
  });

  test("getAllScorers() returns the scorers that Python returns", async () => {
    const program = `
from mlflow.genai.scorers import get_all_scorers
print(json.dumps([[type(one).__name__, one.name] for one in get_all_scorers()]))
`;
    const names = await python<[string, string][]>(program);
    const ours = genai.scorers
      .getAllScorers()
      .map((one) => ["builtIn" in one ? String(one.builtIn) : one.constructor.name, one.name]);
    expect(ours.sort()).toEqual(names.sort());
  });

  test("a judge reads answers as Python does", async () => {
    const message = { role: "assistant", content: "Paris" };
    const content = [{ type: "output_text", text: "Paris" }];
    const answers = [
      ...[
        "Paris",
        { choices: [{ message }] },
        { messages: [{ role: "user", content: "?" }, message] },
      ],
      { messages: [message, { role: "tool", content: "sunny" }] },
      { output: [{ type: "reasoning" }, { type: "message", role: "assistant", content }] },
      { answer: "Paris", sources: ["atlas"] },
      { content: "Paris", citations: ["atlas"] },
      { messages: [{ role: "assistant", content: [{ type: "image_url" }] }] },
    ];
    const read = await python<string[]>(`
from mlflow.genai.utils.trace_utils import parse_outputs_to_str
print(json.dumps([parse_outputs_to_str(one) for one in json.loads(${JSON.stringify(JSON.stringify(answers))})]))
`);
    for (const [index, outputs] of answers.entries()) {
      const model = new ScriptedJudge([yes()]);
      await new genai.scorers.Safety({ model }).score({ outputs });
      const { response } = model.lastPrompt().data as { response: unknown };
      const text = read[index] ?? "";
      expect(response).toEqual(text.startsWith("{") ? JSON.parse(text) : text);
    }
  });

  test("getScorer() returns the judges that Python has registered", async () => {
    await python(`
from typing import Literal
from mlflow.genai.judges import make_judge
from mlflow.genai.scorers import Guidelines, UserFrustration, PIIDetection
make_judge(name="py", instructions="Rate {{ outputs }}", model="openai:/gpt-4.1", feedback_value_type=Literal["a", "b"],
  inference_params={"temperature": 0.5}).register()
make_judge(name="py_float", instructions="Rate {{ outputs }}", model="openai:/gpt-4.1", feedback_value_type=float).register()
Guidelines(name="py_kind", guidelines="Be kind", model="openai:/gpt-4.1").register()
UserFrustration(name="py_mood").register()
PIIDetection(name="py_pii").register()
`);
    expect(await genai.getScorer({ name: "py" })).toMatchObject({
      ...{ instructions: "Rate {{ outputs }}", model: "openai:/gpt-4.1" },
      ...{ feedbackValueType: ["a", "b"], inferenceParams: { temperature: 0.5 } },
    });
    expect(await genai.getScorer({ name: "py_float" })).toMatchObject({
      ...{ feedbackValueType: "number", aggregations: ["mean"] },
    });
    expect(await genai.getScorer({ name: "py_kind" })).toMatchObject({
      ...{ builtIn: "Guidelines", guidelines: "Be kind" },
    });
    expect(await genai.getScorer({ name: "py_mood" })).toMatchObject({
      builtIn: "UserFrustration",
    });
    await expect(genai.getScorer({ name: "py_pii" })).rejects.toMatchObject({
      errorCode: "NOT_IMPLEMENTED",
    });
  });

  test("Python reads the feedback of a judge as it reads its own", async () => {
    mlflow.autolog({ silent: true });
    const traceId = await mlflow.withSpan(async (span) => {
      span.setOutputs("Yes, please");
      return span.traceId;
    });
    mlflow.autolog({ disable: true });
    const judge = new genai.scorers.Safety({ model: new ScriptedJudge([yes("kind")]) });
    const feedback = (await judge.score({ outputs: "Yes, please" })) as mlflow.Feedback;
    await mlflow.flushTraces();
    await mlflow.logAssessment({ traceId, assessment: feedback });
    const [read] = await python<Record<string, unknown>[]>(`
trace = mlflow.get_trace(${JSON.stringify(traceId)})
print(json.dumps([{"name": a.name, "value": a.value, "type": a.source.source_type, "id": a.source.source_id,
  "rationale": a.rationale, "metadata": a.metadata} for a in trace.info.assessments]))
`);
    expect(read).toMatchObject({
      ...{ name: "safety", value: "yes", rationale: "kind" },
      ...{ type: "LLM_JUDGE", id: "scripted:/scripted-1" },
      metadata: {
        "mlflow.assessment.judgeInputTokens": "100",
        "mlflow.assessment.judgeOutputTokens": "10",
      },
    });
  });
});
