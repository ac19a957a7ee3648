import { BaseTracer, type Run } from "@langchain/core/tracers/base";
import { getState } from "../../../src/autolog/state.js";
import { getPipeline } from "../../../src/recording/pipeline.js";
import type { Trace } from "../../../src/trace/trace.js";
import { node } from "./predict.js";

/** What leaves the collector while programs run, and which span each run id became. */
export interface Observed {
  readonly traces: Trace[];
  /** The id of the span a run got, or undefined where it got none. */
  readonly spanOfRun: Map<string, string | undefined>;
  /** The names of runs that were told twice. */
  readonly doubles: string[];
  /** The names of runs that got no span, for they started too late. */
  readonly late: string[];
  /** How many were counted as such. */
  lateCount(): number;
  stop(): void;
}

/** Takes the traces where the store would, and listens to each run that starts. */
export function observe(): Observed {
  const { collector } = getState().recording;
  const { losses, tracking } = getPipeline();
  const { store } = tracking.current();
  const traces: Trace[] = [];
  const { logTraces } = store;
  store.logTraces = async (_experimentId, taken) => {
    traces.push(...taken);
    return taken.map(() => ({ state: "stored" }));
  };
  const { startSpan } = collector;
  const spanOfRun = new Map<string, string | undefined>();
  const doubles: string[] = [];
  const late: string[] = [];
  collector.startSpan = (runId, init, ...rest) => {
    const span = startSpan.call(collector, runId, init, ...rest);
    if (spanOfRun.has(runId)) doubles.push(init.name);
    spanOfRun.set(runId, span?.spanId);
    if (!span) late.push(init.name);
    return span;
  };
  const before = losses.late_span ?? 0;
  return {
    traces,
    spanOfRun,
    doubles,
    late,
    lateCount: () => (losses.late_span ?? 0) - before,
    stop: () => {
      store.logTraces = logTraces;
      collector.startSpan = startSpan;
    },
  };
}

/** A tracer as one would write it: it knows of each run what LangChain says, and no more. */
export class NaiveTracer extends BaseTracer {
  name = "naive_tracer";
  override awaitHandlers = true;
  readonly parentOfRun = new Map<string, string | undefined>();

  protected override async persistRun(): Promise<void> {}

  override onRunCreate(run: Run): void {
    this.parentOfRun.set(run.id, run.parent_run_id);
  }
}

/** The tree of a trace, as a prediction tells it; `prefix` is taken from the names. */
export function treeOf({ data: { spans } }: Trace, prefix: string): string {
  const below = (parentId: string | undefined): string[] =>
    spans
      .filter((span) => span.parentId === parentId)
      .map((span) => {
        const { name, status, attributes, spanId } = span;
        const end = String(attributes["langchain.end"]);
        return node(name.replace(prefix, ""), status.code, end, below(spanId));
      });
  return below(undefined).join("\n");
}
