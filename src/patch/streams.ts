import { guard } from "../log.js";
import type { Outcome } from "../trace/call.js";
import type { Method as MethodName, Scope } from "../trace/scope.js";
import { type CallEffects, isPromise, open, settle } from "./calls.js";
import type { Method } from "./wrap.js";

/** Chunks kept of a root's stream, for what is left before its end. */
const MAX_CHUNKS = 10_000;

/**
 * `stream`: a scope that is a mere label. The stream object is the app's and stays as it is; the
 * generator opened under the label tells how the call ends.
 */
export function wrapStream(effects: CallEffects): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, "stream", args);
      if (!scope) return original.apply(this, args);
      const opened = () => {
        if (!scope.driven) settle(effects, scope, { kind: "returned", value: undefined });
        else if (scope.call?.root !== scope) scope.settled = true;
      };
      let result: unknown;
      try {
        result = effects.runInScope(scope, () => original.apply(this, args));
      } catch (error) {
        settle(effects, scope, { kind: "thrown", error });
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
          settle(effects, scope, { kind: "thrown", error });
          throw error;
        },
      );
    };
}

/** `_streamIterator` and `transform`: the generator is watched from its first `next` to its end. */
export function wrapGenerator(
  effects: CallEffects,
  name: "_streamIterator" | "transform",
): (original: Method) => Method {
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const scope = open(effects, this, name as MethodName, args);
      if (!scope) return original.apply(this, args);
      if (name === "transform") scope.input = undefined;
      const generator = effects.runInScope(scope, () => original.apply(this, args));
      if (isGenerator(generator)) watch(effects, scope, generator, signalOf(args[1]));
      else settle(effects, scope, { kind: "returned", value: generator });
      return generator;
    };
}

/** The parts of an async generator that are replaced on the instance, so that it stays what it is. */
interface Generator {
  next(...args: unknown[]): Promise<IteratorResult<unknown>>;
  return(value?: unknown): Promise<IteratorResult<unknown>>;
  throw(error?: unknown): Promise<IteratorResult<unknown>>;
}

function isGenerator(value: unknown): value is Generator {
  if (typeof value !== "object" || value === null) return false;
  const { next, return: leave, throw: fail } = value as Partial<Generator>;
  return [next, leave, fail].every((method) => typeof method === "function");
}

function signalOf(config: unknown): AbortSignal | undefined {
  const signal = (config as { signal?: unknown } | undefined)?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
}

/** How a watched generator ends. Holds nothing of the generator, which is to be collected if nobody reads it. */
class Ending {
  readonly scope: Scope;
  readonly chunks: unknown[] | undefined;
  readonly #effects: CallEffects;
  /** The label that is the Call's root, if only labels stand above this generator. */
  readonly #root: Scope | undefined;
  #forget: (() => void) | undefined;

  constructor(effects: CallEffects, scope: Scope) {
    this.#effects = effects;
    this.scope = scope;
    this.#root = claimLabels(scope);
    this.chunks = this.#root || scope.call?.root === scope ? [] : undefined;
  }

  finish(outcome: Outcome): void {
    this.#forget?.();
    this.#forget = undefined;
    settle(this.#effects, this.scope, outcome);
    if (this.#root) settle(this.#effects, this.#root, outcome);
  }

  /** LangChain leaves its generators where they are when a signal aborts; so the signal is listened to. */
  listen(signal: AbortSignal): void {
    const onAbort = () =>
      setImmediate(() => {
        if (this.scope.settled) return;
        this.finish({ kind: "aborted", error: signal.reason, value: this.chunks });
      });
    if (signal.aborted) onAbort();
    else {
      signal.addEventListener("abort", onAbort, { once: true });
      this.#forget = () => signal.removeEventListener("abort", onAbort);
    }
  }
}

/** Marks the labels above a generator as driven by it, and returns the topmost if it is the Call's root. */
function claimLabels(scope: Scope): Scope | undefined {
  let top: Scope | undefined;
  for (let label = scope.parent; label?.method === "stream"; label = label.parent) {
    if (label.settled || label.call !== scope.call) break;
    label.driven = true;
    top = label;
  }
  return top !== undefined && scope.call?.root === top ? top : undefined;
}

const abandoned = new FinalizationRegistry<Ending>(
  guard("abandoned stream", (ending) => {
    if (!ending.scope.settled) ending.finish({ kind: "abandoned", value: ending.chunks });
  }),
);

function watch(
  effects: CallEffects,
  scope: Scope,
  generator: Generator,
  signal: AbortSignal | undefined,
): void {
  const ending = new Ending(effects, scope);
  const { chunks } = ending;
  const isStreamCall = chunks !== undefined || scope.parent?.method === "stream";
  if (isStreamCall) abandoned.register(generator, ending);
  if (isStreamCall && signal) ending.listen(signal);
  const { next, return: leave, throw: fail } = generator;

  const advance = (result: IteratorResult<unknown>) => {
    if (scope.settled) return result;
    if (result.done) ending.finish({ kind: "returned", value: chunks });
    else if (chunks && chunks.length < MAX_CHUNKS) chunks.push(result.value);
    return result;
  };
  const failed = (error: unknown): never => {
    ending.finish({ kind: "thrown", error });
    throw error;
  };
  define(generator, "next", function (this: Generator, ...args) {
    if (scope.settled) return next.apply(this, args);
    const result = effects.runInScope(scope, () => next.apply(this, args));
    // Below the root the callbacks tell the end; only a Runnable without a run has to be watched.
    return chunks || !scope.span ? result.then(advance, failed) : result;
  });
  define(generator, "return", function (this: Generator, ...args) {
    if (scope.settled) return leave.apply(this, args as [unknown]);
    const result = effects.runInScope(scope, () => leave.apply(this, args as [unknown]));
    return result.then((value) => {
      ending.finish({ kind: "cancelled", value: chunks });
      return value;
    }, failed);
  });
  define(generator, "throw", function (this: Generator, ...args) {
    if (scope.settled) return fail.apply(this, args as [unknown]);
    const result = effects.runInScope(scope, () => fail.apply(this, args as [unknown]));
    return result.then(advance, failed);
  });
}

function define(
  generator: Generator,
  name: keyof Generator,
  value: (this: Generator, ...args: unknown[]) => Promise<IteratorResult<unknown>>,
): void {
  Object.defineProperty(generator, name, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}
