import {
  attempt,
  below,
  Failure,
  openRun,
  type Place,
  run,
  type World,
  withoutRun,
} from "./predicted.js";
import { type Body, isChoosy, type Step } from "./program.js";

/** `step.invoke()`, as LangChain does it. `isGiven`: nothing has to prepare its input. */
export function invoke(step: Step, place: Place, world: World, isGiven = false): void {
  if (isGiven || !isChoosy(step)) invokeBare(step, place, world);
  else {
    run(place, `${step.id}+`, (inner) => {
      run(inner, `${step.id}<`, () => {});
      invokeBare(step, inner, world);
    });
  }
}

function invokeBare(step: Step, place: Place, world: World): void {
  if ("body" in step) invokeBody(step.kind, step.id, step.body, place, world);
  else if ("count" in step) invokePieces(step, place);
  else if (step.kind === "pick") run(place, step.id, () => {});
  else if (step.kind in RELAYS) relay(step, place, (inner) => invoke(step.of[0]!, inner, world));
  else if (step.kind === "assign") assign(step, place, world);
  else run(place, nameOf(step), (inner) => INSIDE[step.kind]?.(step, inner, world));
}

function invokeBody(kind: string, id: string, body: Body, place: Place, world: World): void {
  if (kind === "bare") {
    withoutRun(place, id, (inner) => {
      const failure = attempt(() => world.perform(body, id, inner));
      return { handsOn: isHandedOn(body, failure), failure };
    });
  } else {
    run(place, id, (inner) => {
      // A model's run hands no config on.
      world.perform(body, id, kind === "model" ? { ...inner, isNamed: false } : inner);
    });
  }
}

/** One call with the very input, and what came of it is handed back. */
function isHandedOn({ actions, end }: Body, failure: Failure | undefined): boolean {
  const [first, ...others] = actions;
  if (first?.what !== "invoke" || !first.isSame) return false;
  if (failure) return failure.action === first;
  return others.length === 0 && end === "last";
}

function invokePieces(step: Extract<Step, { count: number }>, place: Place): void {
  const failure = step.failAt === undefined ? undefined : new Failure();
  if (step.kind === "spell") withoutRun(place, step.id, () => ({ handsOn: false, failure }));
  else {
    run(place, step.id, () => {
      if (failure) throw failure;
    });
  }
}

type Composed = Extract<Step, { of: readonly Step[] }>;

const RELAYS: Record<string, true> = { bind: true, rename: true, router: true };

/** Bindings and routers make no run; a router changes the input, so it does more than hand on. */
function relay(step: Composed, place: Place, inner: (place: Place) => void): void {
  withoutRun(place, step.id, (within) => {
    const failure = attempt(() => inner(renamed(step, within)));
    return { handsOn: step.kind !== "router", failure };
  });
}

/** A retry is called what it retries is called, and so is a binding. */
function nameOf(step: Step): string {
  const isBinding = step.kind === "retry" || step.kind === "bind" || step.kind === "rename";
  if (!isBinding) return step.id;
  return isChoosy(step.of[0]) ? `${step.of[0].id}+` : nameOf(step.of[0]);
}

/** The name given from outside wins. */
export function renamed(step: Step, place: Place): Place {
  if (step.kind !== "rename") return place;
  return { ...place, runName: place.runName ?? step.id };
}

/** It makes a run where it streams, but none where it is invoked. */
function assign(step: Composed, place: Place, world: World): void {
  withoutRun(place, step.id, (inner) => {
    const failure = attempt(() =>
      run(inner, `${step.id}m`, (mapper) => everyBranch(step, mapper, world)),
    );
    return { handsOn: failure !== undefined, failure };
  });
}

/** All branches go on to their end, also when one has failed. */
function everyBranch({ of }: Composed, place: Place, world: World): void {
  const failures = of.map((one) => attempt(() => invoke(one, place, world)));
  const failure = failures.find((one) => one);
  if (failure) throw failure;
}

const INSIDE: Record<string, (step: Composed, place: Place, world: World) => void> = {
  sequence: ({ of }, place, world) => {
    for (const one of of) invoke(one, place, world);
  },
  map: everyBranch,
  fallback: ({ of }, place, world) => {
    const failure = attempt(() => invoke(of[0]!, place, world));
    if (failure?.isStopped) throw failure;
    if (failure && attempt(() => invoke(of[1]!, place, world))) throw failure;
  },
  branch: (step, place, world) => {
    run(place, `${step.id}?`, () => {});
    invoke(chosen(step), place, world);
  },
  retry: ({ of }, place, world) => {
    if (attempt(() => invoke(of[0]!, place, world))) invoke(of[0]!, place, world);
  },
  each: ({ of }, place, world) => void batch(of[0]!, [place, place], world),
  give: ({ of }, place, world) => invoke(of[0]!, place, world),
};

export function chosen(step: Composed): Step {
  return step.of[step.kind === "branch" && step.isMet ? 0 : 1]!;
}

/**
 * `step.batch()`: what became of each item. Throws the first failure, unless failures are to be given
 * back as results (as a retry does).
 */
export function batch(
  step: Step,
  places: readonly Place[],
  world: World,
  givesBack = false,
  isGiven = false,
): (Failure | undefined)[] {
  if (!isGiven && isChoosy(step)) {
    return together(`${step.id}+`, places, (inner) => {
      for (const place of inner) run(place, `${step.id}<`, () => {});
      return batch(step, inner, world, givesBack, true);
    });
  }
  const special = BATCHES[step.kind];
  if (special && "of" in step) return special(step, places, world, givesBack);
  const results = places.map((place) => attempt(() => invoke(step, place, world, isGiven)));
  return givesBack ? results : thrown(results);
}

type Batch = typeof batch extends (step: Step, ...rest: infer Rest) => infer Result
  ? (step: Composed, places: Rest[0], world: World, givesBack: boolean) => Result
  : never;

const BATCHES: Record<string, Batch> = {
  sequence: (step, places, world, givesBack) =>
    together(step.id, places, (inner) => {
      let results: (Failure | undefined)[] = [];
      for (const one of step.of) results = batch(one, inner, world, givesBack);
      return results;
    }),
  fallback: (step, places, world, givesBack) => {
    if (givesBack) throw new Failure();
    return together(step.id, places, (inner) => {
      const failure = attempt(() => batch(step.of[0]!, inner, world));
      if (failure && attempt(() => batch(step.of[1]!, inner, world))) throw failure;
      return places.map(() => undefined);
    });
  },
  retry: (step, places, world) =>
    together(nameOf(step), places, (inner) => {
      let first: (Failure | undefined)[] = [];
      const failure = attempt(() => {
        first = batch(step.of[0]!, inner, world, true);
      });
      const again = inner.filter((_, index) => failure ?? first[index]);
      return again.length === 0 ? first : thrown(batch(step.of[0]!, again, world, true));
    }),
  bind: (step, places, world, givesBack) => batch(step.of[0]!, places, world, givesBack),
  rename: (step, places, world, givesBack) => {
    const named = places.map((place) => renamed(step, place));
    return batch(step.of[0]!, named, world, givesBack);
  },
  router: (step, places, world) =>
    thrown(places.map((place) => attempt(() => invoke(step.of[0]!, place, world)))),
};

/** A class that starts the runs of all items up front, and ends them together. */
function together(
  name: string,
  places: readonly Place[],
  inner: (places: readonly Place[]) => (Failure | undefined)[],
): (Failure | undefined)[] {
  const spans = places.map((place) => openRun(place, name));
  let results: (Failure | undefined)[] = [];
  const failure = attempt(() => {
    results = inner(spans.map(below));
  });
  for (const span of spans) span.end = failure ? "error" : "complete";
  if (failure) throw failure;
  return results;
}

function thrown(results: (Failure | undefined)[]): (Failure | undefined)[] {
  const failure = results.find((one) => one);
  if (failure) throw failure;
  return results;
}
