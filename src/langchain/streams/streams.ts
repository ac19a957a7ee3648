import { types } from "node:util";
import { guard } from "../../base/log.js";
import type { Scope } from "../../recording/call.js";
import type { Method as MethodName } from "../../recording/method.js";
import { type CallEffects, observe, open, settle } from "../patch/calls.js";
import type { Method } from "../patch/wrap.js";
import { Ending } from "./ending.js";
import { type EventStreams, signalOf } from "./event-streams.js";

/**
 * Wraps `stream`. Its scope ends with the generator that is opened in it. The returned stream object is not changed.
 */
export function wrapStream(
  effects: CallEffects,
  eventStreams: EventStreams,
): (original: Method) => Method {
  const signalOfCaller = guard("signal", (self: unknown, config: unknown) =>
    eventStreams.signalOf(self, config),
  );
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, "stream", args);
      if (!scope) return original.apply(this, args);
      scope.signal = signalOfCaller(this, args[1]);
      const opened = () => {
        // The end of a stream that is not sampled is not observed. Its scope remains, so that no call in it is a root.
        if (scope.call?.sampled === false) return scope.stopRecording();
        if (!scope.driver) settle(effects, scope, { kind: "returned", value: undefined });
        else if (scope.call?.root !== scope) scope.settled = true;
      };
      // A stream that is left or aborted before its first chunk throws before its generator does.
      const failed = (error: unknown) => {
        if (scope.driver && scope.call?.root === scope) endWithError(scope.driver, error);
        else settle(effects, scope, { kind: "thrown", error });
      };
      const call = () => effects.runInScope(scope, () => original.apply(this, args));
      return observe(call, opened, failed);
    };
}

const endWithError = guard(
  "the end of a stream",
  (driver: { thrown(error: unknown): void }, error: unknown) => driver.thrown(error),
);

/** Wraps `_streamIterator` and `transform`. Observes the generator from its first `next` to its end. */
export function wrapGenerator(
  effects: CallEffects,
  eventStreams: EventStreams,
  name: "_streamIterator" | "transform",
): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, name as MethodName, args);
      if (!scope) return original.apply(this, args);
      scope.isRelay = isRelay(this as object) === true;
      const generator = effects.runInScope(scope, () => original.apply(this, args));
      if (isGenerator(generator)) watch(effects, eventStreams, scope, args[1], generator);
      else settle(effects, scope, { kind: "returned", value: generator });
      return generator;
    };
}

/** Whether it passes on the chunks of another Runnable: a RunnableBinding, or a model that is chosen by its config. */
const isRelay = guard("relay", (self: object): boolean => {
  return "bound" in self || "_queuedMethodOperations" in self;
});

/** The methods of an async generator. They are replaced on the instance, which keeps its identity. */
export interface Generator {
  next(...args: unknown[]): Result;
  return(value?: unknown): Result;
  throw(error?: unknown): Result;
}

type Result = Promise<IteratorResult<unknown>> | IteratorResult<unknown>;

export function isGenerator(value: unknown): value is Generator {
  if (typeof value !== "object" || value === null) return false;
  try {
    const { next, return: leave, throw: fail } = value as Partial<Generator>;
    return [next, leave, fail].every((method) => typeof method === "function");
  } catch {
    // A getter of the app threw.
    return false;
  }
}

const abandoned = new FinalizationRegistry<Ending>(
  guard("abandoned stream", (ending) => ending.abandoned()),
);

export const watch = guard("observing a stream", watchGenerator);

function watchGenerator(
  effects: CallEffects,
  eventStreams: EventStreams,
  scope: Scope,
  config: unknown,
  generator: Generator,
): void {
  const ending = new Ending(effects, scope, signalOf(config));
  if (ending.isStreamCall) abandoned.register(generator, ending);
  const notify = guard("observing a stream", (how: (ending: Ending) => void) => how(ending));
  if (ending.isStreamCall) notify(() => ending.listen((signal) => eventStreams.isOwn(signal)));
  const { next, return: leave, throw: fail } = generator;

  const advance = (result: IteratorResult<unknown>) => {
    if (scope.settled) return result;
    notify(result.done ? returned : () => ending.chunk(result.value));
    return result;
  };
  const failed = (error: unknown): never => {
    notify(() => ending.thrown(error));
    throw error;
  };
  define(generator, "next", function (this: Generator, ...args) {
    if (scope.settled) return next.apply(this, args);
    // Below the root, callbacks report the end, except for a Runnable without a run.
    if (!ending.keepsChunks) return effects.runInScope(scope, () => next.apply(this, args));
    return follow(() => effects.runInScope(scope, () => next.apply(this, args)), advance, failed);
  });
  define(generator, "return", function (this: Generator, ...args) {
    if (scope.settled) return leave.apply(this, args as [unknown]);
    notify(leaving);
    const call = () => effects.runInScope(scope, () => leave.apply(this, args as [unknown]));
    const ended = (result: IteratorResult<unknown>) => {
      notify(left);
      return result;
    };
    return follow(call, ended, failed);
  });
  define(generator, "throw", function (this: Generator, ...args) {
    if (scope.settled) return fail.apply(this, args as [unknown]);
    const call = () => effects.runInScope(scope, () => fail.apply(this, args as [unknown]));
    return follow(call, advance, failed);
  });
}

/** Supports generators whose methods return no promise, since `for await` reads those too. */
export function follow(
  call: () => Result,
  then: (result: IteratorResult<unknown>) => IteratorResult<unknown>,
  failed: (error: unknown) => never,
): Result {
  let result: Result;
  try {
    result = call();
  } catch (error) {
    return failed(error);
  }
  return types.isPromise(result) ? result.then(then, failed) : then(result);
}

const returned = (ending: Ending) => ending.returned();
const leaving = (ending: Ending) => ending.leaving();
const left = (ending: Ending) => ending.left();

export function define(
  generator: Generator,
  name: keyof Generator,
  value: (this: Generator, ...args: unknown[]) => Result,
): void {
  Object.defineProperty(generator, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
