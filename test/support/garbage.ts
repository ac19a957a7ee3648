import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Collects garbage, and lets finalizers run, until `isDone` or often enough to say that it never will be. */
export async function collectGarbageUntil(isDone: () => boolean, rounds = 100): Promise<void> {
  for (let round = 0; round < rounds && !isDone(); round += 1) {
    await turn();
    collectGarbage();
  }
}
