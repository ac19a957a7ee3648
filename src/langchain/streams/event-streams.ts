import { guard } from "../../base/log.js";
import type { Method } from "../patch/wrap.js";

interface Caller {
  readonly self: unknown;
  /** What it called `streamEvents` with, its config among them. */
  readonly options: unknown;
  readonly signal: AbortSignal | undefined;
  isTaken: boolean;
}

/**
 * `streamEvents` reads a stream of the same object under a signal of LangChain's own, which it aborts
 * when its consumer leaves. That is no abort of the caller's: so the caller's own signal is noted.
 */
export class EventStreams {
  /** Set while LangChain goes, without a turn between, from the caller's call to its own `stream`. */
  #caller: Caller | undefined;
  readonly #own = new WeakSet<AbortSignal>();

  /** The signal by which the caller of this `stream` may end it. */
  signalOf(self: unknown, config: unknown): AbortSignal | undefined {
    const { signal } = this.#callerOf(self, config);
    const given = signalOf(config);
    if (given && given !== signal) this.#own.add(given);
    return signal;
  }

  /** LangChain aborts its own signal also when all went well. */
  isOwn(signal: AbortSignal): boolean {
    return this.#own.has(signal);
  }

  /**
   * The options of the `streamEvents` we are in, if a model opens its stream in there by itself: that
   * is version 3 called on a model. Only once, as the model may go on to another class's.
   */
  takeOptions(self: unknown): { readonly options: unknown } | undefined {
    const caller = this.#caller;
    if (caller === undefined || caller.self !== self || caller.isTaken) return undefined;
    caller.isTaken = true;
    return caller;
  }

  readonly wrapMethod = (original: Method): Method => {
    const streams = this;
    return function (this: unknown, ...args: unknown[]) {
      return streams.#with(streams.#callerOf(this, args[1]), () => original.apply(this, args));
    };
  };

  /** The generator's first step is where it calls `stream`. */
  readonly wrapGenerator = (original: Method): Method => {
    const streams = this;
    return function (this: unknown, ...args: unknown[]) {
      const caller = streams.#callerOf(this, args[1]);
      const generator = original.apply(this, args) as { next?: unknown } | undefined;
      const next = generator?.next;
      if (typeof next !== "function") return generator;
      const value = (...inner: unknown[]) => {
        Reflect.deleteProperty(generator as object, "next");
        return streams.#with(caller, () => next.apply(generator, inner));
      };
      Object.defineProperty(generator, "next", { value, configurable: true, writable: true });
      return generator;
    };
  };

  #callerOf(self: unknown, config: unknown): Caller {
    const caller = this.#caller;
    return caller !== undefined && caller.self === self
      ? caller
      : { self, options: config, signal: signalOf(config), isTaken: false };
  }

  #with<T>(caller: Caller, call: () => T): T {
    const outer = this.#caller;
    this.#caller = caller;
    try {
      return call();
    } finally {
      this.#caller = outer;
    }
  }
}

export const signalOf = guard("signal", (config: unknown): AbortSignal | undefined => {
  const signal = (config as { signal?: unknown } | undefined | null)?.signal;
  return signal instanceof AbortSignal ? signal : undefined;
});
