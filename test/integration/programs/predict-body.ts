import { batch, invoke } from "./predict-invoke.js";
import { StreamCall, streamOf } from "./predict-stream.js";
import { attempt, Failure, type Place, type Top, type World } from "./predicted.js";
import type { Action, Body, Step } from "./program.js";

/** What user code does in a step; `place` is where it calls with the config handed on. */
export function perform(body: Body, name: string, place: Place, world: World): void {
  for (const action of body.actions) {
    const failure = attempt(() => {
      ACTS[action.what](action.steps, placeOf(action, place), world, action);
    });
    if (failure && !action.isCaught) {
      failure.action = action;
      throw failure;
    }
  }
  if (body.end === "hang") throw new Failure(true);
  const isFirst = body.end === "flaky" && !world.failed.has(name);
  world.failed.add(name);
  if (body.end === "throw" || isFirst) throw new Failure();
}

function placeOf({ isLinked }: Action, { sink, isNamed, runName }: Place): Place {
  return isLinked ? { sink, isNamed, runName } : { sink, isNamed: false };
}

type Act = (steps: readonly Step[], place: Place, world: World, action: Action) => void;

const ACTS: Record<Action["what"], Act> = {
  invoke: ([step], place, world) => invoke(step!, place, world),
  parallel: (steps, place, world) => {
    const failures = steps.map((one) => attempt(() => invoke(one, place, world)));
    const failure = failures.find((one) => one);
    if (failure) throw failure;
  },
  batch: ([step], place, world) => void batch(step!, [place, place], world),
  read: ([step], place, world) => new StreamCall(streamOf(step!, place, world)).readAll(),
  leave: ([step], place, world, { after }) =>
    inside(place, (within) => {
      new StreamCall(streamOf(step!, within, world)).leave(after, within.sink);
    }),
  unread: ([step], place, world) => void new StreamCall(streamOf(step!, place, world)),
  detach: ([step], place, world) => void attempt(() => invoke(step!, place, world)),
  late: (_, place, world, action) => {
    world.lateCalls.push(() => lateCall(action, place, world));
  },
};

/** Runs `act` where only its own spans are seen, and puts them in their place. */
function inside(place: Place, act: (within: Place) => void): void {
  const sink: Top[] = [];
  const failure = attempt(() => act({ ...place, sink }));
  place.sink.push(...sink);
  if (failure) throw failure;
}

/** Below a complete trace nothing is recorded, but counted; without a parent it is a trace of its own. */
function lateCall({ steps }: Action, place: Place, world: World): void {
  const sink: Top[] = [];
  attempt(() => invoke(steps[0]!, { ...place, sink }, world));
  if (place.isNamed) world.late += countNamed(sink);
  else world.traces.push(sink);
}

function countNamed(tops: readonly Top[]): number {
  return tops
    .filter(({ isNamed }) => isNamed)
    .reduce((sum, { span }) => sum + (span.hasRun ? 1 : 0) + countNamed(span.children), 0);
}
