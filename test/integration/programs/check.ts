import { setTimeout as sleep } from "node:timers/promises";
import { autolog, flushTraces, type Span, setTrackingUri } from "langchain-mlflow";
import { getState } from "../../../src/autolog/state.js";
import { type Starts, watchStarts } from "../../support/direct-starts.js";
import { newFolder } from "../../support/traces.js";
import { faultsOfTrace } from "../../support/whole-trace.js";
import { NaiveTracer, type Observed, observe, treeOf } from "./observe.js";
import { predict } from "./predict.js";
import { hasRace, isParallel, type Program, textOf } from "./program.js";
import { quickRetries } from "./quick-retries.js";
import { run } from "./run.js";

export interface Named {
  readonly name: string;
  readonly program: Program;
}

export interface Checked {
  /** What went wrong with which program, each with the program as text. */
  readonly faults: readonly string[];
  /** The programs that only autolog observes. */
  readonly observedAlone: number;
  /** Those of them whose runs all reached autolog by lean managers. */
  readonly lean: number;
}

/**
 * Runs programs four times each, all at once: with autolog off and on, without callbacks and beside
 * the app's own.
 */
export async function check(programs: readonly Named[]): Promise<Checked> {
  setTrackingUri(`file:${newFolder()}`);
  autolog({ disable: true });
  const off = await runAll(programs, "off");
  autolog({ silent: true });
  const observed = observe();
  const starts = watchStarts();
  const on = await runAll(programs, "on");
  await flushTraces();
  starts.stop();
  observed.stop();
  const { collector } = getState().recording;
  const atRest = `${collector.openCalls} open calls, ${collector.openRuns} open runs`;
  const faults = programs.flatMap((named, index) => {
    const found = [
      ...faultsOfHost(named.program, off[index]!, on[index]!),
      ...faultsOfTraces(named, on[index]!, observed),
      ...faultsOfRuns(on[index]!, observed),
    ];
    return found.map((fault) => `${named.name}: ${fault}\n${textOf(named.program)}`);
  });
  if (atRest !== "0 open calls, 0 open runs") faults.push(atRest);
  const { late } = observed;
  if (observed.lateCount() !== late.length)
    faults.push(`${observed.lateCount()} runs counted of ${late}`);
  if (observed.doubles.length > 0) faults.push(`runs told twice: ${observed.doubles}`);
  return { faults, ...countLean(programs, on, starts) };
}

function countLean(programs: readonly Named[], on: readonly Ran[], starts: Starts) {
  let observedAlone = 0;
  let lean = 0;
  for (const [index, { program }] of programs.entries()) {
    // LangChain adds a handler of its own for `streamEvents()`.
    if (program.drive.how.startsWith("events")) continue;
    const isMine = (name: string) => name.startsWith(`${on[index]!.prefix}a.`);
    const others = starts.byHandler.filter(isMine).length;
    // Some programs start no run.
    if (others === 0 && !starts.direct.some(isMine)) continue;
    observedAlone += 1;
    if (others === 0) lean += 1;
  }
  return { observedAlone, lean };
}

/** One program run bare, and once more beside an app's own callbacks. */
interface Ran {
  readonly prefix: string;
  readonly bare: readonly string[];
  readonly beside: readonly string[];
  readonly events: readonly string[];
  readonly parentOfRun: ReadonlyMap<string, string | undefined>;
  readonly unhandled: readonly string[];
}

let runs = 0;

async function runAll(programs: readonly Named[], mode: string): Promise<Ran[]> {
  const unhandled: string[] = [];
  const listen = (error: unknown) => unhandled.push(String(error));
  const others = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", listen);
  const restore = quickRetries();
  const ran = await Promise.all(programs.map(({ program }) => runOne(program, mode)));
  restore();
  await sleep(5);
  process.off("unhandledRejection", listen);
  for (const other of others) process.on("unhandledRejection", other);
  return ran.map((one) => {
    const own = unhandled.filter((text) => text.includes(one.prefix));
    return { ...one, unhandled: own.map((text) => text.replaceAll(one.prefix, "")).sort() };
  });
}

async function runOne(program: Program, mode: string): Promise<Ran> {
  runs += 1;
  const prefix = `${mode}${runs}.`;
  const tracer = new NaiveTracer();
  const events: string[] = [];
  const [bare, beside] = await Promise.all([
    run(program, `${prefix}a.`),
    run(program, `${prefix}b.`, [listener(events), tracer]),
  ]);
  const named = events.map((event) => event.replaceAll(`${prefix}b.`, ""));
  const { parentOfRun } = tracer;
  return { prefix, bare, beside, events: named, parentOfRun, unhandled: [] };
}

const HEARD = ["Chain", "ChatModel", "LLM", "Tool", "Retriever"].flatMap((kind) =>
  ["Start", "End", "Error"].map((what) => `handle${kind}${what}`),
);

/** An app's handler that notes what it hears, and of which run. */
function listener(events: string[]) {
  const nameOfRun = new Map<unknown, string>();
  const handler: Record<string, unknown> = { name: "listener", awaitHandlers: true };
  handler.copy = () => handler;
  for (const heard of HEARD) {
    handler[heard] = (
      first: { name?: string } | undefined,
      _input: unknown,
      runId: unknown,
      ...rest: unknown[]
    ) => {
      const isStart = heard.endsWith("Start");
      const id = isStart ? runId : _input;
      const given = rest.findLast((one) => typeof one === "string" && one.includes("."));
      if (isStart) nameOfRun.set(id, String(given ?? first?.name));
      events.push(`${heard} ${nameOfRun.get(id)}`);
    };
  }
  return handler;
}

function faultsOfHost(program: Program, off: Ran, on: Ran): string[] {
  const isUnordered = isParallel(program);
  const heard = ({ events }: Ran) => (isUnordered ? [...events].sort() : events).join("\n");
  const isAnyFailure = hasRace(program.root);
  const told = (outcome: readonly string[]) => {
    const text = (isUnordered ? [...outcome].sort() : outcome).join("\n");
    return isAnyFailure ? text.replaceAll(/\bno n\d+/g, "no …") : text;
  };
  const differ = (what: string, before: string, after: string) =>
    before === after ? [] : [`${what} differs:\n  off: ${before}\n  on:  ${after}`];
  return [
    ...differ("the outcome", told(off.bare), told(on.bare)),
    ...differ("the outcome beside callbacks", told(off.beside), told(on.beside)),
    ...differ("what callbacks hear", heard(off), heard(on)),
    ...differ("what nobody handles", off.unhandled.join("\n"), on.unhandled.join("\n")),
  ];
}

function faultsOfTraces({ program }: Named, { prefix }: Ran, observed: Observed): string[] {
  const { traces: expected, late } = predict(program);
  const lost = observed.late.filter((name) => name.startsWith(prefix));
  // What hung goes on when it is let go, later than its call was ended.
  const faults =
    program.drive.stop || lost.length === 2 * late ? [] : [`lost ${lost}, not ${late} twice`];
  const wrong = ["a.", "b."].flatMap((which) => {
    const mine = `${prefix}${which}`;
    const traces = observed.traces.filter(({ data }) =>
      data.spans.some(({ name }) => name.startsWith(mine)),
    );
    const strangers = traces.flatMap(({ data }) =>
      data.spans.filter(({ name }) => !name.startsWith(mine)).map(({ name }) => name),
    );
    const trees = traces.map((trace) => treeOf(trace, mine)).sort();
    const [want, got] = [expected.join("\n"), trees.join("\n")];
    return [
      ...traces.flatMap(faultsOfTrace),
      ...strangers.map((name) => `a span of another program: ${name}`),
      ...(want === got ? [] : [`traces ${which}\n--- expected\n${want}\n--- got\n${got}\n---`]),
    ];
  });
  return [...faults, ...wrong];
}

/** Each run of LangChain is a span or counted. The nearest span above it that has a run is the one that LangChain names. */
function faultsOfRuns({ parentOfRun }: Ran, { spanOfRun, traces }: Observed): string[] {
  const spans = new Map(
    traces.flatMap(({ data }) => data.spans).map((span) => [span.spanId, span]),
  );
  const spanAbove = (span: Span, isWanted: (span: Span) => boolean): Span | undefined => {
    const above = spans.get(span.parentId ?? "");
    return above && !isWanted(above) ? spanAbove(above, isWanted) : above;
  };
  const spansOfRuns = new Set(spanOfRun.values());
  return [...parentOfRun].flatMap(([runId, parentRunId]) => {
    if (!spanOfRun.has(runId)) return [`a run we never heard of: ${runId}`];
    const spanId = spanOfRun.get(runId);
    const span = spanId === undefined ? undefined : spans.get(spanId);
    if (!span) return spanId === undefined ? [] : [`the span of a run is in no trace: ${runId}`];
    const parentId = parentRunId === undefined ? undefined : spanOfRun.get(parentRunId);
    if (parentId === undefined) return [];
    return spanAbove(span, (above) => spansOfRuns.has(above.spanId))?.spanId === parentId
      ? []
      : [`${span.name} has another parent than in LangChain`];
  });
}
