import { chosen, invoke, renamed } from "./predict-invoke.js";
import {
  attempt,
  Failure,
  type Place,
  PredictedSpan,
  run,
  runStream,
  type Top,
  type World,
} from "./predicted.js";
import { isChoosy, type Step } from "./program.js";

type Chunks = Generator<void>;

/** `await step.stream()`: its first chunk is made at once, and each further one while the last is read. */
export class StreamCall {
  readonly #chunks: Chunks;
  #next: IteratorResult<void, void>;
  #failure: Failure | undefined;

  constructor(chunks: Chunks) {
    this.#chunks = chunks;
    this.#next = chunks.next();
  }

  /** False at the end. */
  read(): boolean {
    if (this.#failure) throw this.#failure;
    if (this.#next.done) return false;
    this.#failure = attempt(() => {
      this.#next = this.#chunks.next();
    });
    return true;
  }

  readAll(): void {
    while (this.read()) {
      // Each chunk is read, and that is all.
    }
  }

  /** Reads so many chunks and leaves: what is open in `spans` is cancelled. */
  leave(after: number, spans: readonly Top[]): void {
    for (let count = 0; count < after; count += 1) if (!this.read()) return;
    if (this.#failure) throw this.#failure;
    if (this.#next.done) return;
    this.#chunks.return(undefined);
    for (const { span } of spans) span.close("cancelled");
  }

  [Symbol.iterator](): Iterator<void> {
    return {
      next: () => (this.read() ? { value: undefined } : { done: true, value: undefined }),
      // What failed while the last chunk was read reaches the code that leaves.
      return: () => {
        if (this.#failure) throw this.#failure;
        return this.#chunks.return(undefined);
      },
    };
  }
}

/** What `step.stream()` reads from. */
export function streamOf(step: Step, place: Place, world: World, isGiven = false): Chunks {
  if (!isGiven && isChoosy(step)) return iterate(step, place, world);
  switch (step.kind) {
    case "bind":
    case "rename":
    case "retry":
      return streamOf(step.of[0], renamed(step, place), world);
    case "router":
      return place.isRoot ? routed(step, place, world) : streamOf(step.of[0], place, world);
    case "lambda":
    case "chunks":
    case "give":
    case "map":
    case "assign":
    case "pick":
      return transform(step, place, once(), world, true);
    default:
      return iterate(step, place, world, isGiven);
  }
}

/** A router at the root does more than hand on: its stream has a span above the other's. */
function* routed(step: Extract<Step, { of: readonly Step[] }>, place: Place, world: World): Chunks {
  const own = new PredictedSpan(place.runName ?? step.id);
  place.sink.push({ span: own, isNamed: false });
  try {
    yield* streamOf(step.of[0]!, { sink: own.children, isNamed: false }, world);
  } catch (failure) {
    own.end = failure instanceof Failure && failure.isStopped ? "aborted" : "error";
    throw failure;
  }
  own.end = "complete";
}

/** `step.transform()`. */
export function* transform(
  step: Step,
  place: Place,
  input: Chunks,
  world: World,
  isGiven = false,
): Chunks {
  const isWrapped = !isGiven && isChoosy(step);
  if (!isWrapped && (step.kind === "bind" || step.kind === "rename" || step.kind === "retry")) {
    return yield* transform(step.of[0], renamed(step, place), input, world);
  }
  const transformer = isWrapped ? undefined : TRANSFORMERS[step.kind];
  if (transformer) {
    yield* transformWithRun(step.id, place, input, (inner, rest) =>
      transformer(step, inner, rest, world),
    );
    return;
  }
  for (const _ of input) {
    // Most collect their input first.
  }
  yield* iterate(step, place, world, isGiven);
}

/** The run starts when the first of the input has come. */
function* transformWithRun(
  name: string,
  place: Place,
  input: Chunks,
  transformer: (place: Place, input: Chunks) => Chunks,
): Chunks {
  const first = input.next();
  yield* runStream(place, name, (inner) => transformer(inner, startingWith(first, input)));
}

function* startingWith(first: IteratorResult<void>, rest: Chunks): Chunks {
  if (first.done) return;
  yield;
  yield* rest;
}

function* once(): Chunks {
  yield;
}

type Transformer = (step: Step, place: Place, input: Chunks, world: World) => Chunks;

const TRANSFORMERS: Partial<Record<Step["kind"], Transformer>> = {
  *lambda(step, place, input, world) {
    drain(input);
    if ("body" in step) world.perform(step.body, step.id, place);
    yield;
  },
  *chunks(step, _place, input) {
    drain(input);
    yield* pieces(step);
  },
  *give(step, place, input, world) {
    drain(input);
    if ("of" in step) yield* new StreamCall(streamOf(step.of[0]!, place, world));
  },
  *pick(_step, _place, input) {
    yield* input;
  },
  map: branches,
  *assign(step, place, input, world) {
    const copies = copy(input, 2);
    const mapper = transformWithRun(`${step.id}m`, place, copies[0]!, (inner, rest) =>
      branches(step, inner, rest, world),
    );
    const failure = attempt(() => void mapper.next());
    yield* copies[1]!;
    if (failure) throw failure;
    yield;
    yield* mapper;
  },
};

/** The branches of a map: what fails or hangs does so when the others are through. */
function* branches(step: Step, place: Place, input: Chunks, world: World): Chunks {
  if (!("of" in step)) return;
  const copies = step.of.length === 1 ? [input] : copy(input, step.of.length);
  let failed: unknown;
  for (const [index, one] of step.of.entries()) {
    try {
      yield* transform(one, place, copies[index]!, world);
    } catch (failure) {
      failed = failure;
    }
  }
  if (failed !== undefined) throw failed;
}

function copy(input: Chunks, count: number): Chunks[] {
  const length = [...input].length;
  return Array.from(
    { length: count },
    function* () {
      for (let at = 0; at < length; at += 1) yield;
    }.bind(undefined),
  );
}

function drain(input: Chunks): void {
  for (const _ of input) {
    // Nothing is made of it.
  }
}

function* pieces(step: Step): Chunks {
  if (!("count" in step)) return;
  for (let at = 0; at < step.count; at += 1) {
    if (at === step.failAt) throw new Failure();
    yield;
  }
}

/** `step._streamIterator()`. */
function* iterate(step: Step, place: Place, world: World, isGiven = false): Chunks {
  if (!isGiven && isChoosy(step)) {
    yield* runStream(place, `${step.id}+`, (inner) => {
      const prepared = transformWithRun(`${step.id}<`, inner, once(), function* (_, input) {
        drain(input);
        yield;
      });
      return transform(step, inner, prepared, world, true);
    });
    return;
  }
  const streamed = STREAMS[step.kind];
  if (streamed) yield* runStream(place, step.id, (inner) => streamed(step, inner, world));
  else if (step.kind === "spell") yield* spell(step, place);
  else {
    invoke(step, place, world, true);
    yield;
  }
}

/** It makes no run, so the span is its call's. */
function* spell(step: Step, place: Place): Chunks {
  const own = new PredictedSpan(place.runName ?? step.id);
  place.sink.push({ span: own, isNamed: false });
  try {
    yield* pieces(step);
  } catch (failure) {
    own.end = "error";
    throw failure;
  }
  own.end = "complete";
}

const STREAMS: Partial<Record<Step["kind"], (step: Step, place: Place, world: World) => Chunks>> = {
  tokens: pieces,
  *sequence(step, place, world) {
    if (!("of" in step)) return;
    yield* step.of.reduce((input, one) => transform(one, place, input, world), once());
  },
  *fallback(step, place, world) {
    if (!("of" in step)) return;
    const call = openFirst(step.of, place, world);
    yield* call;
  },
  *branch(step, place, world) {
    if (!("of" in step)) return;
    run(place, `${step.id}?`, () => {});
    yield* new StreamCall(streamOf(chosen(step), place, world));
  },
};

/** The first whose stream opens is taken; what fails later fails for good. */
function openFirst(steps: readonly Step[], place: Place, world: World): StreamCall {
  let failed: Failure | undefined;
  for (const step of steps) {
    let call: StreamCall | undefined;
    const failure = attempt(() => {
      call = new StreamCall(streamOf(step, place, world));
    });
    if (call) return call;
    if (failure?.isStopped) throw failure;
    failed ??= failure;
  }
  throw failed;
}
