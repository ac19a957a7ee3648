import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

/**
 * LangChain's `runWithConfig` configures a manager, at each chunk of each stream, only to look at its
 * parent and its LangSmith tracer. No run starts there, and without a handler it costs next to nothing.
 */
export class Glances {
  #isGlance = false;

  /** Whether the manager that is being configured is such a one. */
  take(): boolean {
    const isGlance = this.#isGlance;
    this.#isGlance = false;
    return isGlance;
  }

  patch(provider: object): Undo | undefined {
    const glances = this;
    return wrapOwnMethod(provider, "runWithConfig", (original: Method): Method => {
      return function (this: unknown, config: unknown, callback: unknown, ...rest: unknown[]) {
        if (typeof callback !== "function") return original.call(this, config, callback, ...rest);
        // Were nothing configured before it, a run of the app's could be taken for the glance.
        const call = () => {
          glances.#isGlance = false;
          return callback();
        };
        glances.#isGlance = true;
        try {
          return original.call(this, config, call, ...rest);
        } finally {
          glances.#isGlance = false;
        }
      };
    });
  }
}
