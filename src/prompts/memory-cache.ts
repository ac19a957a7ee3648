import { shared } from "../base/process-state.js";
import type { ModelVersion } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";

interface Kept {
  readonly stored: ModelVersion;
  readonly expiresAtMs: number;
}

/** More versions than an app uses. The oldest entry is dropped. */
const MAX_ENTRIES = 1000;

/** The versions that this process has loaded: by store, then by name and version. */
const stores = shared("prompts", () => new WeakMap<TrackingStore, Map<string, Kept>>());

function keyOf(name: string, version: string): string {
  return `${name}@${version.toLowerCase() === "latest" ? "latest" : version}`;
}

/** Returns undefined if the version was not loaded, or its time has passed. */
export function recall(
  store: TrackingStore,
  name: string,
  version: string,
): ModelVersion | undefined {
  const kept = stores.get(store)?.get(keyOf(name, version));
  return kept && kept.expiresAtMs > Date.now() ? kept.stored : undefined;
}

export function keep(
  store: TrackingStore,
  version: string,
  stored: ModelVersion,
  seconds: number,
): void {
  if (seconds <= 0) return;
  const entries = stores.get(store) ?? new Map<string, Kept>();
  stores.set(store, entries);
  const key = keyOf(stored.name, version);
  entries.delete(key);
  entries.set(key, { stored, expiresAtMs: Date.now() + seconds * 1000 });
  const [oldest] = entries.keys();
  if (entries.size > MAX_ENTRIES && oldest !== undefined) entries.delete(oldest);
}

/** Drops what was loaded of a prompt: all of it, or what was loaded by this alias. */
export function forget(store: TrackingStore, name: string, alias?: string): void {
  const entries = stores.get(store);
  if (alias !== undefined) entries?.delete(keyOf(name, alias));
  else
    for (const key of entries?.keys() ?? []) if (key.startsWith(`${name}@`)) entries?.delete(key);
}
