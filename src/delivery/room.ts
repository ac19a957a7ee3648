import { guard } from "../base/log.js";

interface Waiter {
  readonly bytes: number;
  readonly put: () => void;
}

/** Callers that wait for room in a queue, in their order. */
export class Room {
  readonly #has: (bytes: number) => boolean;
  readonly #waiters: Waiter[] = [];

  /** @param has whether there is room for an item of this size, or never will be. */
  constructor(has: (bytes: number) => boolean) {
    this.#has = has;
  }

  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Calls `put` when there is room. Resolves after that. */
  wait(bytes: number, put: () => void): Promise<void> {
    return new Promise((resolve) => {
      const guarded = guard("put", put);
      const putAndResolve = () => {
        guarded();
        resolve();
      };
      this.#waiters.push({ bytes, put: putAndResolve });
      this.admit();
    });
  }

  admit(): void {
    for (let [next] = this.#waiters; next && this.#has(next.bytes); [next] = this.#waiters) {
      this.#waiters.shift();
      next.put();
    }
  }
}

/** Callers that wait leave most of a queue to those that do not, so that their items never exceed its high mark. */
const WAITERS_SHARE = 1 / 8;

/** Whether a queue has room for a caller that waits. An item that never fits does not wait. */
export function hasRoomForWaiter(bytes: number, usedBytes: number, maxBytes: number): boolean {
  if (!(bytes <= maxBytes)) return true;
  const share = maxBytes * WAITERS_SHARE;
  return usedBytes + bytes <= (bytes <= share ? share : maxBytes);
}
