import { guard } from "../../base/log.js";
import type { Method } from "../patch/wrap.js";

interface Caller {
  readonly self: unknown;
  /** The options of `streamEvents`, including the config. */
  readonly options: unknown;
  readonly signal: AbortSignal | undefined;
  isTaken: boolean;
}

/**
 * `streamEvents` opens a stream of the same object with a signal of LangChain's own, and aborts that signal when the
 * consumer leaves. This keeps the caller's signal, to distinguish the consumer's leaving from the caller's abort.
 */
export class EventStreams {
  /** Set during the synchronous path from the caller's call to LangChain's own call of `stream`. */
  #caller: Caller | undefined;
  readonly #own = new WeakSet<AbortSignal>();

  /** The signal with which the caller of this `stream` can abort it. */
  signalOf(self: unknown, config: unknown): AbortSignal | undefined {
    const { signal } = this.#callerOf(self, config);
    const given = signalOf(config);
    if (given && given !== signal) this.#own.add(given);
    return signal;
  }

  /** Whether this is a signal of LangChain's own, which LangChain also aborts after a successful stream. */
  isOwn(signal: AbortSignal): boolean {
    return this.#own.has(signal);
  }

  /**
   * The options of the current `streamEvents` call, if it is version 3 and called on this model. Returns them only
   * once, since the model may call the method of its parent class.
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

  /** The generator calls `stream` in its first step. */
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
