import { guard } from "../base/log.js";
import type { Groups } from "./groups.js";
import { Overflow } from "./overflow.js";
import type { FlushQueueOptions } from "./queue-options.js";
import { WakeTimer } from "./wake-timer.js";

/** Time between two checks, while there are items. */
const CHECK_MS = 200;
/** Items that are saved at a time: a few milliseconds of work. */
const STEP_ITEMS = 20;

/**
 * Saves the items that are not sent in time, for any reason: behind a failed request, one that takes long, or many others. If the
 * process is killed, it loses only later ones.
 */
export class DelayedItems<T> {
  readonly #groups: Groups<T>;
  readonly #options: FlushQueueOptions<T>;
  readonly #now: () => number;
  readonly #timer: WakeTimer;
  readonly #steps: Overflow;

  constructor(groups: Groups<T>, options: FlushQueueOptions<T>, now: () => number) {
    this.#groups = groups;
    this.#options = options;
    this.#now = now;
    this.#steps = new Overflow(() => this.#saveSome(), now, 0);
    this.#timer = new WakeTimer(
      guard("saving", () => this.#onDue()),
      now,
    );
  }

  /** An item was put. */
  watch(): void {
    const { onDelay } = this.#options;
    if (onDelay) this.#timer.wakeAt(this.#now() + onDelay.afterMs());
  }

  #onDue(): void {
    this.#timer.clear();
    this.#steps.start();
    for (const group of this.#groups.all()) {
      if (!group.isEmpty) this.#timer.wakeAt(this.#now() + CHECK_MS);
    }
  }

  /** Returns whether there are more. */
  #saveSome(): boolean {
    const { onDelay } = this.#options;
    if (!onDelay) return false;
    for (const group of this.#groups.all()) {
      const items = group.takeDelayed(this.#now(), onDelay, STEP_ITEMS);
      if (items.length === 0) continue;
      onDelay.save(items);
      return true;
    }
    return false;
  }
}
