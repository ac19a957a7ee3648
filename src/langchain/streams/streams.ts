import { types } from "node:util";
import { debug, guard } from "../../base/log.js";
import type { Method as MethodName, Scope } from "../../recording/call.js";
import { type CallEffects, isPromise, open, settle } from "../patch/calls.js";
import type { Method } from "../patch/wrap.js";
import { Ending } from "./ending.js";
import { type EventStreams, signalOf } from "./event-streams.js";

/**
 * `stream`: a scope that is a mere label. The stream object is the app's and stays as it is; the
 * generator opened under the label tells how the call ends.
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
        // Nobody watches a stream that is not sampled: its context stays silent, so that nothing in it is a root.
        if (scope.call?.sampled === false) return scope.stopRecording();
        if (!scope.driver) settle(effects, scope, { kind: "returned", value: undefined });
        else if (scope.call?.root !== scope) scope.settled = true;
      };
      // Left or aborted before its first chunk, a stream is told of that before its generator is.
      const failed = (error: unknown) => {
        if (scope.driver && scope.call?.root === scope) told(scope.driver, error);
        else settle(effects, scope, { kind: "thrown", error });
      };
      let result: unknown;
      try {
        result = effects.runInScope(scope, () => original.apply(this, args));
      } catch (error) {
        failed(error);
        throw error;
      }
      if (!isPromise(result)) {
        opened();
        return result;
      }
      return result.then(
        (stream) => {
          opened();
          return stream;
        },
        (error) => {
          failed(error);
          throw error;
        },
      );
    };
}

const told = guard("the end of a stream", (driver: { thrown(error: unknown): void }, error) =>
  driver.thrown(error),
);

/** `_streamIterator` and `transform`: the generator is watched from its first `next` to its end. */
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

/** A RunnableBinding, or a model that is chosen by its config: their chunks are another's. */
const isRelay = guard("relay", (self: object): boolean => {
  return "bound" in self || "_queuedMethodOperations" in self;
});

/** The parts of an async generator that are replaced on the instance, so that it stays what it is. */
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
    // A getter of the app throws.
    return false;
  }
}

const abandoned = new FinalizationRegistry<Ending>(
  guard("abandoned stream", (ending) => ending.abandoned()),
);

export const watch = guard("watching a stream", watchGenerator);

function watchGenerator(
  effects: CallEffects,
  eventStreams: EventStreams,
  scope: Scope,
  config: unknown,
  generator: Generator,
): void {
  const ending = new Ending(effects, scope, signalOf(config));
  if (ending.isStreamCall) abandoned.register(generator, ending);
  const tell = (how: (ending: Ending) => void): void => {
    try {
      how(ending);
    } catch (cause) {
      debug("following a stream failed: %o", cause);
    }
  };
  if (ending.isStreamCall) tell(() => ending.listen((signal) => eventStreams.isOwn(signal)));
  const { next, return: leave, throw: fail } = generator;

  const advance = (result: IteratorResult<unknown>) => {
    if (scope.settled) return result;
    tell(result.done ? returned : () => ending.chunk(result.value));
    return result;
  };
  const failed = (error: unknown): never => {
    tell(() => ending.thrown(error));
    throw error;
  };
  define(generator, "next", function (this: Generator, ...args) {
    if (scope.settled) return next.apply(this, args);
    // Below the root the callbacks report the end; only a Runnable without a run has to be watched.
    if (!ending.keepsChunks) return effects.runInScope(scope, () => next.apply(this, args));
    return follow(() => effects.runInScope(scope, () => next.apply(this, args)), advance, failed);
  });
  define(generator, "return", function (this: Generator, ...args) {
    if (scope.settled) return leave.apply(this, args as [unknown]);
    tell(leaving);
    const call = () => effects.runInScope(scope, () => leave.apply(this, args as [unknown]));
    const ended = (result: IteratorResult<unknown>) => {
      tell(left);
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

/** `for await` also reads generators whose methods return no promise: their results stay what they are. */
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
