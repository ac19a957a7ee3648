import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  autolog,
  deleteTraceTag,
  genai,
  getRun,
  type Plain,
  searchTraces,
  setExperiment,
  setTrackingUri,
  updateCurrentTrace,
} from "../../src/index.js";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "continue-"));
  setTrackingUri(`file:${folder}`);
  await setExperiment("continued");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function tracesOf(runId: string | undefined) {
  const traces = [];
  for await (const trace of searchTraces({ runId: runId ?? "" })) traces.push(trace);
  return traces;
}

/** The valid assessments of a run, by name. */
async function assessmentsOf(runId: string | undefined) {
  const traces = await tracesOf(runId);
  return traces
    .flatMap(({ info }) => info.assessments)
    .filter(({ valid }) => valid !== false)
    .map(({ type, name, value }) => `${type} ${name} ${value}`)
    .sort();
}

const row = (q: number, answer: string) => ({ inputs: { q }, expectations: { answer } });

/** Counts its calls. */
function exact() {
  let calls = 0;
  const scorer = genai.scorer({ name: "exact" }, ({ outputs, expectations }) => {
    calls += 1;
    return outputs === expectations.answer;
  });
  return { scorer, calls: () => calls };
}

test("rows with the same inputs keep their verdicts when their order changes", async () => {
  const { scorer, calls } = exact();
  let modelCalls = 0;
  const options = {
    scorers: [scorer],
    predictFn: () => {
      modelCalls += 1;
      return "A";
    },
  };
  const [a, b] = [row(1, "A"), row(1, "B")];
  const { runId } = await genai.evaluate({ ...options, data: [a, b] });
  const verdicts = async (data: (typeof a)[]) => {
    const { rows } = await genai.evaluate({ ...options, data, runId });
    return rows.map(({ expectations, feedback }) => [expectations.answer, feedback[0]?.value]);
  };
  expect(await verdicts([b, a])).toEqual([
    ["B", false],
    ["A", true],
  ]);
  expect(await verdicts([b])).toEqual([["B", false]]);
  expect(await verdicts([b, row(1, "C"), a])).toEqual([
    ["B", false],
    ["C", false],
    ["A", true],
  ]);
  expect(calls()).toBe(4);
  expect(modelCalls).toBe(3);
  const ids = (await tracesOf(runId)).map(({ info }) => info.tags["mlflow.eval.requestId"]);
  expect(new Set(ids).size).toBe(3);
});

test("scorers run again when the expectations of a row change, and its trace has the new ones", async () => {
  const { scorer, calls } = exact();
  let modelCalls = 0;
  const options = {
    scorers: [scorer],
    predictFn: () => {
      modelCalls += 1;
      return "A";
    },
  };
  const { runId } = await genai.evaluate({ ...options, data: [row(1, "B"), row(2, "A")] });
  const data = [row(1, "A"), row(2, "A")];
  const result = await genai.evaluate({ ...options, data, runId });
  expect(result.metrics["exact/mean"]).toBe(1);
  expect([modelCalls, calls()]).toEqual([2, 3]);
  const stored = [
    ...["expectation answer A", "expectation answer A"],
    ...["feedback exact true", "feedback exact true"],
  ];
  expect(await assessmentsOf(runId)).toEqual(stored);
  await genai.evaluate({ ...options, data, runId });
  expect([modelCalls, calls()]).toEqual([2, 3]);
});

test("one line names the scorers and the function that have changed since", async () => {
  const data = [row(1, "A")];
  const predictFn = () => "A";
  const other = genai.scorer({ name: "other" }, () => true);
  const first = [genai.scorer({ name: "same" }, () => true), other];
  const { runId } = await genai.evaluate({ data, predictFn, scorers: first });
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    await genai.evaluate({ data, predictFn, scorers: first, runId });
    const unchanged = write.mock.calls.join("");
    expect(unchanged).not.toContain("keeps");
    await genai.evaluate({
      ...{ data, runId, predictFn: () => "B" },
      scorers: [genai.scorer({ name: "same" }, () => false), other],
    });
    const lines = write.mock.calls.map(([line]) => String(line));
    expect(lines.filter((line) => line.includes("keeps"))).toEqual([
      expect.stringContaining(`run ${runId} has of other versions of the scorers 'same'.`),
      expect.stringContaining(`run ${runId} has of another version of \`predictFn\``),
    ]);
    // The first version has returned all outputs that the run has.
    write.mockClear();
    await genai.evaluate({ data, predictFn, scorers: first, runId });
    expect(write.mock.calls.join("")).not.toContain("keeps");
  } finally {
    write.mockRestore();
  }
});

test("the run has the criteria of the last evaluation", async () => {
  const data = [row(1, "A")];
  const options = { data, predictFn: () => "A", scorers: [exact().scorer] };
  const { runId = "" } = await genai.evaluate({ ...options, qualityCriteria: "exact >= 0.5" });
  const names = async () => Object.keys((await getRun(runId)).data.tags).filter(isCriteria);
  const isCriteria = (name: string) => /criteria/i.test(name);
  expect(await names()).toHaveLength(1);
  await genai.evaluate({ ...options, runId });
  expect(await names()).toEqual([]);
});

test("a row whose given outputs change is evaluated again", async () => {
  const { scorer } = exact();
  const data = [{ ...row(1, "A"), outputs: "B" }];
  const { runId } = await genai.evaluate({ data, scorers: [scorer] });
  const changed = [{ ...row(1, "A"), outputs: "A" }];
  const result = await genai.evaluate({ data: changed, scorers: [scorer], runId });
  expect(result.rows.map(({ outputs, feedback }) => [outputs, feedback[0]?.value])).toEqual([
    ["A", true],
  ]);
  const traces = await tracesOf(runId);
  expect(traces.map(({ data: { spans } }) => spans[0]?.outputs)).toEqual(["A"]);
});

test("a run of an earlier version, whose traces have no record, runs nothing again", async () => {
  const { scorer, calls } = exact();
  let modelCalls = 0;
  const options = {
    data: [row(1, "A"), row(1, "B")],
    scorers: [scorer],
    predictFn: () => {
      modelCalls += 1;
      return "A";
    },
  };
  const { runId } = await genai.evaluate(options);
  for (const { info } of await tracesOf(runId)) {
    await deleteTraceTag(info.traceId, "mlflow.langchain.evaluatedRow");
  }
  const result = await genai.evaluate({ ...options, runId });
  expect(result.rows.map(({ feedback }) => feedback[0]?.value)).toEqual([true, false]);
  expect([modelCalls, calls()]).toEqual([2, 2]);
});

test.each([
  ["redacted", "a secret answer"],
  ["too long", `secret ${"x".repeat(3_000_000)}`],
])(
  "scorers that run later receive the outputs of the model, if the trace has them %s",
  async (why, answer) => {
    const redact = (value: Plain) =>
      typeof value === "string" ? value.replaceAll("secret", "***") : value;
    autolog({ silent: true, ...(why === "redacted" && { redact }) });
    try {
      let isBroken = true;
      const seen: unknown[] = [];
      const scorer = genai.scorer({ name: "whole" }, ({ outputs }) => {
        seen.push(outputs);
        if (isBroken) throw new Error("down");
        return outputs === answer;
      });
      const options = { data: [row(1, "A")], scorers: [scorer], predictFn: () => answer };
      const { runId } = await genai.evaluate(options);
      isBroken = false;
      const result = await genai.evaluate({ ...options, runId });
      expect(result.metrics["whole/mean"]).toBe(1);
      expect(seen.map((outputs) => outputs === answer)).toEqual([true, true]);
      expect(await tracesOf(runId)).toHaveLength(1);
      await genai.evaluate({ ...options, runId });
      expect(seen).toHaveLength(2);
    } finally {
      autolog({ disable: true });
    }
  },
);

test("scorers that run later receive outputs of the data unchanged", async () => {
  let isBroken = true;
  const seen: unknown[] = [];
  const scorer = genai.scorer({ name: "seen" }, ({ outputs }) => {
    seen.push(outputs);
    if (isBroken) throw new Error("down");
    return true;
  });
  const outputs = { at: new Date(0), names: new Map([["a", 1]]) };
  const options = { data: [{ inputs: { q: 1 }, outputs }], scorers: [scorer] };
  const { runId } = await genai.evaluate(options);
  isBroken = false;
  await genai.evaluate({ ...options, runId });
  expect(seen).toEqual([outputs, outputs]);
});

test("scorers that returned nothing do not run again", async () => {
  const called: string[] = [];
  const options = {
    data: [row(1, "A"), row(2, "A")],
    predictFn: () => "A",
    scorers: [
      genai.scorer({ name: "nothing" }, () => {
        called.push("nothing");
      }),
      genai.scorer({ name: "empty" }, () => {
        called.push("empty");
        return [];
      }),
    ],
  };
  const { runId } = await genai.evaluate(options);
  const first = [...called];
  await genai.evaluate({ ...options, runId });
  expect(called).toEqual(first);

  const later = genai.scorer({ name: "later" }, () => {
    called.push("later");
  });
  const more = { ...options, scorers: [...options.scorers, later], runId };
  await genai.evaluate(more);
  await genai.evaluate(more);
  expect(called).toEqual([...first, "later", "later"]);
});

test("the error of a scorer that later returns nothing is deleted", async () => {
  let isBroken = true;
  const flaky = genai.scorer({ name: "flaky" }, () => {
    if (isBroken) throw new Error("down");
  });
  const options = { data: [{ inputs: { q: 1 } }], predictFn: () => "A", scorers: [flaky] };
  const { runId } = await genai.evaluate(options);
  expect(await assessmentsOf(runId)).toHaveLength(1);
  isBroken = false;
  const result = await genai.evaluate({ ...options, runId });
  expect(result.rows.map(({ feedback }) => feedback)).toEqual([[]]);
  expect(await assessmentsOf(runId)).toEqual([]);
});

test("scorers of conversations run again only when a conversation has changed", async () => {
  const called: string[] = [];
  const turns = genai.scorer({ name: "turns", sessionLevel: true }, ({ session }) => {
    called.push("turns");
    return session?.length;
  });
  const silent = genai.scorer({ name: "silent", sessionLevel: true }, () => {
    called.push("silent");
  });
  const options = {
    predictFn: ({ session }: { session: string }) => {
      updateCurrentTrace({ sessionId: session });
      return "A";
    },
    scorers: [turns, silent],
  };
  const data = ["a", "b", "a"].map((session, turn) => ({ inputs: { session, turn } }));
  const { runId } = await genai.evaluate({ ...options, data });
  expect(called.sort()).toEqual(["silent", "silent", "turns", "turns"]);
  const again = await genai.evaluate({ ...options, data, runId });
  expect(called).toHaveLength(4);
  expect(again.metrics["turns/mean"]).toBe(1.5);

  const longer = [...data, { inputs: { session: "b", turn: 3 } }];
  const result = await genai.evaluate({ ...options, data: longer, runId });
  expect(called.slice(4).sort()).toEqual(["silent", "turns"]);
  expect(result.metrics["turns/mean"]).toBe(2);
  expect(await assessmentsOf(runId)).toEqual(["feedback turns 2", "feedback turns 2"]);
});

test("a session level that the experiment does not declare is refused before a model is called", async () => {
  let calls = 0;
  const failed = genai.evaluate({
    data: [{ inputs: { q: 1 } }],
    predictFn: () => {
      calls += 1;
      updateCurrentTrace({ sessionId: "a" });
      return "A";
    },
    scorers: [genai.scorer({ name: "turns", sessionLevel: "user" }, () => 1)],
  });
  await expect(failed).rejects.toThrow("The session level 'user' of 'turns' is not declared");
  expect(calls).toBe(0);
});
