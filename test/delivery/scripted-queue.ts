import { FlushQueue } from "../../src/delivery/queue.js";
import type { FlushQueueOptions, QueueLimits } from "../../src/delivery/queue-options.js";
import type { Verdict } from "../../src/store/store.js";

export const stored: Verdict = { state: "stored" };
export const down = { state: "retry", cause: new Error("down") } as const satisfies Verdict;
export const blocked = { state: "blocked", cause: new Error("401") } as const satisfies Verdict;
export const refused = { state: "refused", cause: new Error("400") } as const satisfies Verdict;

/**
 * A queue of words that weigh one byte a letter, and a log of what it did. `answer` says what
 * becomes of a word; jitter always takes the longest pause.
 */
export function scriptedQueue(
  answer: (word: string) => Verdict = () => stored,
  options: Partial<Omit<FlushQueueOptions<string>, "limits"> & QueueLimits> = {},
) {
  const sends: string[][] = [];
  const drops: [count: number, reason: string, cause?: unknown][] = [];
  const queue = new FlushQueue<string>({
    send: async (words) => {
      sends.push([...words]);
      return words.map((word) => answer(word));
    },
    bytesOf: (word) => word.length,
    onDrop: (items, ...why) => drops.push([items.length, ...why]),
    limits: {
      ...{ maxQueueBytes: 1_000_000, maxBatchItems: 4, maxBatchBytes: 100 },
      ...{ flushIntervalMs: 1000, retryTimeoutMs: 120_000, ...options },
    },
    random: () => 1,
    ...options,
  });
  return { queue, sends, drops };
}

export const words = (count: number, prefix = "w") =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}`);
