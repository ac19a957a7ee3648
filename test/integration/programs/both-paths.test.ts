import { autolog, flushTraces, setTrackingUri } from "langchain-mlflow";
import { expect, test } from "vitest";
import type { Trace } from "../../../src/trace/trace.js";
import { expectCutShort } from "../../support/ledger.js";
import { newFolder } from "../../support/traces.js";
import { generate } from "./generate.js";
import { observe } from "./observe.js";
import { type Program, type Step, textOf } from "./program.js";
import { quickRetries } from "./quick-retries.js";
import { run } from "./run.js";

const FIRST = Number(process.env.PROGRAM_SEED ?? 1);
const COUNT = Math.ceil(Number(process.env.PROGRAM_COUNT ?? 1_000) / 5);
/** See programs.test.ts. */
const WAVE = 50;
const SHOWN = 3;

test("Runnables with a run and without one have the same status, type and end in random programs", {
  timeout: 1_800_000,
}, async () => {
  // Streams that nothing reads are ended by nothing else.
  expectCutShort("some");
  const programs = Array.from({ length: COUNT }, (_, index) => generate(FIRST + index))
    // A body without a run does not observe a signal, and no run names it as parent of what it calls late.
    .filter((program) => !program.drive.stop && !textOf(program).includes("- late"));
  const faults: string[] = [];
  let compared = 0;
  for (let at = 0; at < programs.length; at += WAVE) {
    const wave = programs.slice(at, at + WAVE);
    const withRuns = await spansOf(wave.map((program) => withBodies(program, "own")));
    const withoutRuns = await spansOf(wave.map((program) => withBodies(program, "bare")));
    for (const [index, program] of wave.entries()) {
      for (const [name, facts] of withoutRuns[index] ?? []) {
        compared += facts.length;
        const expected = withRuns[index]?.get(name) ?? [];
        // A call that only forwards its input has no span without a run.
        if (facts.every((fact) => expected.includes(fact))) continue;
        faults.push(`${name}: ${facts} without a run, ${expected} with one\n${textOf(program)}`);
      }
    }
  }
  expect(faults.slice(0, SHOWN).join("\n\n"), `${faults.length} faults`).toBe("");
  expect(compared).toBeGreaterThan(COUNT);
});

/** The program with one kind of user code. No names are given by configs: a call without a run passes them on. */
function withBodies({ root, drive }: Program, kind: "own" | "bare"): Program {
  const convert = (step: Step): Step => {
    const isUserCode = step.kind === "lambda" || step.kind === "own" || step.kind === "bare";
    if (isUserCode) return { ...step, kind, body: convertBody(step.body) };
    if ("body" in step) return { ...step, body: convertBody(step.body) };
    const renamed = step.kind === "rename" ? { ...step, kind: "bind" as const } : step;
    return "of" in renamed ? ({ ...renamed, of: renamed.of.map(convert) } as Step) : renamed;
  };
  const convertBody = (body: Extract<Step, { body: object }>["body"]) => ({
    ...body,
    actions: body.actions.map((action) => ({ ...action, steps: action.steps.map(convert) })),
  });
  return { root: convert(root), drive };
}

let runs = 0;

/** By program: by name of a span, what the spans of this name say. */
async function spansOf(programs: readonly Program[]): Promise<Map<string, string[]>[]> {
  setTrackingUri(`file:${newFolder()}`);
  autolog({ silent: true });
  const observed = observe();
  const restore = quickRetries();
  runs += 1;
  const prefixes = programs.map((_, index) => `p${runs}-${index}.`);
  const ignore = () => {};
  process.on("unhandledRejection", ignore);
  await Promise.all(programs.map((program, index) => run(program, prefixes[index] ?? "")));
  restore();
  await flushTraces();
  process.off("unhandledRejection", ignore);
  observed.stop();
  return prefixes.map((prefix) => factsByName(observed.traces, prefix));
}

function factsByName(traces: readonly Trace[], prefix: string): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  const spans = traces.flatMap(({ data }) => data.spans);
  for (const { name, spanType, status, attributes, events } of spans) {
    if (!name.startsWith(prefix)) continue;
    const id = name.slice(prefix.length);
    const seen = events.map((event) => event.name);
    const facts = [spanType, status.code, attributes["langchain.end"], ...seen].join(" ");
    byName.set(id, [...(byName.get(id) ?? []), `${facts} ${status.message}`.replace(prefix, "")]);
  }
  return byName;
}
