import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as tick } from "node:timers/promises";
import {
  type AutologOptions,
  autolog,
  flushTraces,
  type Span,
  searchTraces,
  setTrackingUri,
  type Trace,
} from "langchain-mlflow";
import { afterAll, expect } from "vitest";
import { getState } from "../../src/autolog/state.js";
import { hasHeardOf, rest } from "./ledger.js";
import { collect, type Outcome, outcomeOf } from "./outcome.js";
import { flowOf, rootOf, treeOf } from "./tree.js";
import { faultsOfTrace } from "./whole-trace.js";
import { type Witness, witness } from "./witness.js";

/** What a program is given to pass on: nothing, or the callbacks of an app of its own. */
export interface Config {
  callbacks?: Witness["callbacks"];
}

export interface Recorded<T> {
  /** Oldest first; batch items in the order in which they started. */
  readonly traces: readonly Trace[];
  /** The only trace there is. */
  readonly trace: Trace;
  /** The only trace's tree. */
  readonly tree: string;
  readonly trees: readonly string[];
  /** The same with what went in and came out. */
  readonly flow: string;
  readonly outcome: Outcome<T>;
  /** The first span of this name in any of the traces. */
  span(name: string): Span;
}

export interface RecordOptions {
  /** Root calls and batch items of the program. Default: 1. */
  readonly traces?: number;
  readonly autolog?: Partial<AutologOptions>;
}

/**
 * Runs a program three times: with autolog off, on, and on beside an app's own callbacks (where the
 * program passes them on). All three must end alike; what is on must keep every invariant.
 */
export async function record<T>(
  program: (config: Config) => Promise<T> | T,
  { traces: count = 1, autolog: options = {} }: RecordOptions = {},
): Promise<Recorded<T>> {
  autolog({ disable: true });
  const off = await outcomeOf(() => program({}));
  expect(await flushTraces(), "nothing is recorded when off").toMatchObject({ sent: 0 });

  const { outcome, traces } = await traced(() => program({}), options);
  expect(traces, "one trace per root call and batch item").toHaveLength(count);
  expect(outcome.shape, "the host's outcome with us").toEqual(off.shape);

  if (program.length > 0) await besideCallbacks(program, options, traces);
  return recorded(traces, outcome);
}

/** The traces of one run of a program, with autolog on. */
export async function traced<T>(
  program: () => Promise<T> | T,
  options: Partial<AutologOptions> = {},
): Promise<{ outcome: Outcome<T>; traces: Trace[] }> {
  return tracedWith(program, () => autolog({ silent: true, ...options }));
}

/** The same with whatever `switchOn` switches on. */
export async function tracedWith<T>(
  program: () => Promise<T> | T,
  switchOn: () => void,
): Promise<{ outcome: Outcome<T>; traces: Trace[] }> {
  setTrackingUri(`file:${newFolder()}`);
  switchOn();
  const outcome = await outcomeOf(program);
  // What was aborted or cancelled ends a turn later.
  for (let turn = 0; turn < 5; turn += 1) await tick();
  await rest();
  const traces = await takeTraces();
  expect(traces.flatMap(faultsOfTrace)).toEqual([]);
  return { outcome, traces };
}

/** Everything recorded since the tracking URI was set. The collector has to be at rest. */
async function takeTraces(): Promise<Trace[]> {
  const { dropped } = await flushTraces();
  const { collector } = getState().recording;
  expect({ open: collector.openCalls, runs: collector.openRuns, dropped }).toEqual({
    open: 0,
    runs: 0,
    dropped: 0,
  });
  const traces = await collect(searchTraces({ maxResults: 500 }));
  return traces.sort((a, b) => Number(rootOf(a).startTimeNs - rootOf(b).startTimeNs));
}

async function besideCallbacks<T>(
  program: (config: Config) => Promise<T> | T,
  options: Partial<AutologOptions>,
  expected: readonly Trace[],
): Promise<void> {
  autolog({ disable: true });
  const alone = witness();
  const off = await outcomeOf(() => program({ callbacks: alone.callbacks }));
  const beside = witness();
  const { outcome, traces } = await traced(() => program({ callbacks: beside.callbacks }), options);
  expect(beside.callbacks, "the app's callbacks are not changed").toEqual([beside.handler]);
  expect(beside.events, "the app's handler hears what it hears without us").toEqual(alone.events);
  if (traces.length > 0) {
    const unheard = beside.runIds.filter((runId) => !hasHeardOf(runId));
    expect(unheard, "runs that we have not heard of").toEqual([]);
  }
  expect(outcome.shape, "the host's outcome beside its callbacks").toEqual(off.shape);
  expect(traces.map(treeOf), "traces beside the app's callbacks").toEqual(expected.map(treeOf));
}

function recorded<T>(traces: readonly Trace[], outcome: Outcome<T>): Recorded<T> {
  const only = () => {
    expect(traces).toHaveLength(1);
    return traces[0]!;
  };
  return {
    traces,
    outcome,
    get trace() {
      return only();
    },
    get tree() {
      return treeOf(only());
    },
    get flow() {
      return flowOf(only());
    },
    get trees() {
      return traces.map(treeOf);
    },
    span(name) {
      const span = traces.flatMap(({ data }) => data.spans).find((one) => one.name === name);
      if (!span) throw new Error(`no span ${name} in\n${traces.map(treeOf).join("\n")}`);
      return span;
    },
  };
}

const folders: string[] = [];

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "langchain-mlflow-"));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  autolog({ disable: true });
  await flushTraces();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
