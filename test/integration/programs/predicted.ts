import type { Action, Body } from "./program.js";

/** A span as it is to be. */
export class PredictedSpan {
  readonly name: string;
  readonly children: Top[] = [];
  /** False for the span of a Runnable that makes no run. */
  hasRun = true;
  end: "open" | "complete" | "error" | "cancelled" | "abandoned" | "aborted" = "open";

  constructor(name: string) {
    this.name = name;
  }

  /** Closes what is still open, here and below. */
  close(end: PredictedSpan["end"]): void {
    for (const { span } of this.children) span.close(end);
    if (this.end === "open") this.end = end;
  }
}

/** A span among the topmost of a call. */
export interface Top {
  readonly span: PredictedSpan;
  /** LangChain itself names its parent: nothing is put between the two. */
  readonly isNamed: boolean;
}

/** Where a call happens. */
export interface Place {
  /** Takes the spans that the call makes. */
  readonly sink: Top[];
  /** The config handed on names a parent. */
  readonly isNamed: boolean;
  readonly runName?: string | undefined;
  readonly isRoot?: boolean;
}

/** What the whole program is to leave. */
export interface World {
  readonly traces: Top[][];
  readonly failed: Set<string>;
  /** Runs that start after their trace is complete. */
  late: number;
  /** What calls only after everything else is over. */
  readonly lateCalls: (() => void)[];
  /** What user code does in a step; `place` is where it calls with the config handed on. */
  perform(body: Body, name: string, place: Place): void;
}

/** Thrown where the program would throw; `isStopped`: what hung was ended. */
export class Failure {
  readonly isStopped: boolean;
  /** The action of the user's code that it came from. */
  action: Action | undefined;

  constructor(isStopped = false) {
    this.isStopped = isStopped;
  }
}

export function openRun(place: Place, name: string): PredictedSpan {
  const span = new PredictedSpan(place.runName ?? name);
  place.sink.push({ span, isNamed: place.isNamed });
  return span;
}

/** Where what a run's Runnable calls happens, with its config handed on. */
export function below(span: PredictedSpan): Place {
  return { sink: span.children, isNamed: true };
}

/** A Runnable's run around `inner`. */
export function run(place: Place, name: string, inner: (place: Place) => void): void {
  const span = openRun(place, name);
  try {
    inner(below(span));
  } catch (failure) {
    span.end = endOf(failure);
    throw failure;
  }
  span.end = "complete";
}

/** The same for one that streams: where it is left, its span stays open. */
export function* runStream(
  place: Place,
  name: string,
  inner: (place: Place) => Iterable<void>,
): Generator<void> {
  const span = openRun(place, name);
  try {
    yield* inner(below(span));
  } catch (failure) {
    span.end = endOf(failure);
    throw failure;
  }
  span.end = "complete";
}

function endOf(failure: unknown): "error" | "aborted" {
  if (!(failure instanceof Failure)) throw failure;
  return failure.isStopped ? "aborted" : "error";
}

/**
 * A call of a Runnable that makes no run: it gets a span of its own unless it only forwarded its input.
 * `inner` returns its failure, and whether it only forwards.
 */
export function withoutRun(
  place: Place,
  name: string,
  inner: (place: Place) => { readonly handsOn: boolean; readonly failure?: unknown },
): void {
  const tops: Top[] = [];
  const { handsOn, failure } = inner({ ...place, sink: tops, isRoot: false });
  if (tops.length <= 1 && handsOn) place.sink.push(...tops);
  else {
    const own = new PredictedSpan(place.runName ?? name);
    own.hasRun = false;
    own.end = failure === undefined ? "complete" : endOf(failure);
    own.children.push(...tops);
    place.sink.push({ span: own, isNamed: place.isNamed });
  }
  if (failure !== undefined) throw failure;
}

/** What fails is given back, not thrown. */
export function attempt(act: () => void): Failure | undefined {
  try {
    act();
    return undefined;
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
}
