import type { TraceToLog } from "../trace/trace.js";
import type { Call } from "./call.js";
import { createCallEdits } from "./call-edits.js";
import type { TraceHolder } from "./trace-holder.js";

export interface HeldTracesEffects {
  readonly read: (call: Call) => TraceToLog;
  readonly send: (call: Call) => void;
}

/** The traces that wait for their holders. */
export class HeldTraces {
  readonly #calls = new Map<string, Call>();
  readonly #effects: HeldTracesEffects;

  constructor(effects: HeldTracesEffects) {
    this.#effects = effects;
  }

  get size(): number {
    return this.#calls.size;
  }

  find(traceId: string): Call | undefined {
    return this.#calls.get(traceId);
  }

  hold(call: Call, holder: TraceHolder): void {
    const { traceId } = call;
    this.#calls.set(traceId, call);
    holder.onHeld({
      traceId,
      read: () => this.#effects.read(call),
      edits: createCallEdits(call),
      send: () => {
        if (this.#calls.delete(traceId)) this.#effects.send(call);
      },
      discard: () => void this.#calls.delete(traceId),
    });
  }

  /** The process ends. */
  endAll(): void {
    for (const call of this.#calls.values()) {
      if (call.holder?.sendsAtEnd) this.#effects.send(call);
    }
    this.#calls.clear();
  }
}
