import { shared } from "../base/process-state.js";
import type { RunTarget } from "../delivery/destination.js";

/** The names of the models that this process has logged to a run. */
const names = shared("modelNames", () => new WeakMap<RunTarget, Set<string>>());

export function takeName(run: RunTarget, name: string): void {
  names.set(run, (names.get(run) ?? new Set()).add(name));
}

/** Takes `name`, or `name-2`, `name-3`, … where it is taken. */
export function takeFreeName(run: RunTarget, name: string): string {
  const taken = names.get(run);
  let free = name;
  for (let number = 2; taken?.has(free); number += 1) free = `${name}-${number}`;
  takeName(run, free);
  return free;
}
