import { perform } from "./predict-body.js";
import { batch, invoke } from "./predict-invoke.js";
import { StreamCall, streamOf, transform } from "./predict-stream.js";
import { attempt, type Place, type PredictedSpan, type Top, type World } from "./predicted.js";
import type { Program } from "./program.js";

export interface Prediction {
  /** One a root call or batch item, as text, sorted. */
  readonly traces: readonly string[];
  /** Runs that are counted as lost, for they start too late. */
  readonly late: number;
}

/** What a program is to leave, from what LangChain does and how spans are to end: none of our code in it. */
export function predict({ root, drive }: Program): Prediction {
  const world: World = {
    traces: [],
    failed: new Set(),
    late: 0,
    lateCalls: [],
    perform: (body, name, place) => perform(body, name, place, world),
  };
  const newRoot = (): Place => {
    const sink: Top[] = [];
    world.traces.push(sink);
    return { sink, isNamed: false, isRoot: true };
  };
  attempt(() => {
    if (drive.how === "invoke") return invoke(root, newRoot(), world, true);
    if (drive.how === "batch") {
      const places = Array.from({ length: drive.items }, newRoot);
      return void batch(root, places, world, false, true);
    }
    const place = newRoot();
    if (drive.how === "transform") {
      const input = [undefined].values() as unknown as Generator<void>;
      for (const _ of transform(root, place, input, world, true));
      return;
    }
    const call = new StreamCall(streamOf(root, place, world, true));
    if (drive.leaveAfter === undefined) call.readAll();
    else call.leave(drive.leaveAfter, place.sink);
  });
  // A stream that was ended from outside ends all that is open in it.
  if (drive.stop && drive.how === "stream") closeAll(world.traces.flat(), "aborted");
  for (const late of world.lateCalls) late();
  closeAll(world.traces.flat(), "abandoned");
  const traces = world.traces.map((tops) => tops.map(({ span }) => treeOf(span)).join("\n"));
  return { traces: traces.sort(), late: world.late };
}

function closeAll(tops: readonly Top[], end: PredictedSpan["end"]): void {
  for (const { span } of tops) span.close(end);
}

const ERRORS = new Set(["error", "aborted"]);

function treeOf({ name, end, children }: PredictedSpan): string {
  return node(
    name,
    ERRORS.has(end) ? "ERROR" : "OK",
    end,
    children.map(({ span }) => treeOf(span)),
  );
}

/**
 * A span and those below it as text; siblings are sorted, as parallel ones have no order. Which of
 * several words an abort is told in (the signal, or the error LangChain throws then) is all one.
 */
export function node(name: string, status: string, end: string, below: string[]): string {
  const lines = below.sort().join("\n").replace(/^/gm, "  ");
  const how = end === "aborted" ? "error" : end;
  return `${name} ${status} ${how}${below.length > 0 ? `\n${lines}` : ""}`;
}
