import { batch, invoke } from "./predict-invoke.js";
import { StreamCall, streamOf } from "./predict-stream.js";
import { attempt, Failure, type Place, type Top, type World } from "./predicted.js";
import type { Action, Body } from "./program.js";

/** What user code does in a step; `place` is where it calls with the config handed on. */
export function perform(body: Body, name: string, place: Place, world: World): void {
  for (const action of body.actions) {
    const failure = attempt(() => act(action, placeOf(action, place), world));
    if (failure && !action.isCaught) throw failure;
  }
  if (body.end === "hang") throw new Failure(true);
  const isFirst = body.end === "flaky" && !world.failed.has(name);
  world.failed.add(name);
  if (body.end === "throw" || isFirst) throw new Failure();
}

function placeOf({ isLinked }: Action, { sink, isNamed, runName }: Place): Place {
  return isLinked ? { sink, isNamed, runName } : { sink, isNamed: false };
}

function act(action: Action, place: Place, world: World): void {
  const [step] = action.steps;
  if (!step) return;
  switch (action.what) {
    case "invoke":
      return invoke(step, place, world);
    case "parallel": {
      const failures = action.steps.map((one) => attempt(() => invoke(one, place, world)));
      const failure = failures.find((one) => one);
      if (failure) throw failure;
      return;
    }
    case "batch":
      batch(step, [place, place], world);
      return;
    case "read":
      return new StreamCall(streamOf(step, place, world)).readAll();
    case "leave":
      return inside(place, (within) => {
        new StreamCall(streamOf(step, within, world)).leave(action.after, within.sink);
      });
    case "unread":
      new StreamCall(streamOf(step, place, world));
      return;
    case "detach":
      attempt(() => invoke(step, place, world));
      return;
    case "late":
      world.lateCalls.push(() => lateCall(action, place, world));
  }
}

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
    .reduce((sum, { span }) => sum + 1 + countNamed(span.children), 0);
}
