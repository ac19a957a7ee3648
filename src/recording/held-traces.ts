import type { TraceToLog } from "../trace/trace.js";
import type { Call } from "./call.js";
import { createCallEdits } from "./call-edits.js";
import type { TraceHolder } from "./trace-holder.js";

export interface HeldTracesEffects {
  readonly read: (call: Call) => TraceToLog;
  readonly send: (call: Call) => void;
  /** Calls `send` as soon as the queue has room for the Call. Resolves after that. */
  readonly whenRoom: (call: Call, send: () => void) => Promise<void>;
}

/** The traces that wait for their holders. */
export class HeldTraces {
  readonly #calls = new Map<string, Call>();
  /** Those of them that their holders have sent, and that wait for room in the queue. */
  readonly #waiting = new Set<Call>();
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
    const send = () => {
      this.#waiting.delete(call);
      if (this.#calls.delete(traceId)) this.#effects.send(call);
    };
    holder.onHeld({
      traceId,
      read: () => this.#effects.read(call),
      edits: createCallEdits(call),
      send,
      sendWhenRoom: () => {
        this.#waiting.add(call);
        return this.#effects.whenRoom(call, send);
      },
      discard: () => void this.#calls.delete(traceId),
    });
  }

  /** The process ends. Traces that wait for room stay: the queue takes them when it has room, or when it is emptied. */
  endAll(): void {
    for (const [traceId, call] of this.#calls) {
      if (this.#waiting.has(call)) continue;
      this.#calls.delete(traceId);
      if (call.holder?.sendsAtEnd) this.#effects.send(call);
    }
  }
}
