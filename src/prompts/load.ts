import { MlflowException } from "../base/errors.js";
import { readPromptCacheSettings } from "../settings/settings.js";
import type { ModelVersion } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import { isAway, readDiskCopy, warnOfCopy, writeDiskCopy } from "./disk-copy.js";
import { linkToCurrentTrace, linkToModel } from "./link.js";
import { keep, recall } from "./memory-cache.js";
import { PromptVersion } from "./prompt-version.js";
import type { PromptPlace } from "./uri.js";

/** While the server is away, it is asked again after this time. */
const COPY_SECONDS = 30;
/** How long an app that has a copy waits for a server. */
const WAIT_FOR_SERVER_MS = 10_000;

/** How a version is loaded. */
export interface LoadChoices {
  readonly linkToModel?: boolean;
  readonly modelId?: string;
  readonly cacheTtlSeconds?: number;
}

/** Returns undefined if the version does not exist. Links it to the trace of the caller, and to a logged model. */
export async function loadFrom(
  store: TrackingStore,
  place: PromptPlace,
  choices: LoadChoices,
): Promise<PromptVersion | undefined> {
  const { aliasSeconds, versionSeconds } = readPromptCacheSettings();
  const defaultSeconds = /^\d+$/.test(place.version) ? versionSeconds : aliasSeconds;
  const stored = await find(store, place, choices.cacheTtlSeconds ?? defaultSeconds);
  if (!stored) return undefined;
  const prompt = new PromptVersion(stored);
  linkToCurrentTrace(prompt);
  if (choices.linkToModel !== false) linkToModel(store, prompt, choices.modelId);
  return prompt;
}

/**
 * Finds a version: in memory, else in the store. If the server is away, returns the last copy on disk with a warning.
 * Returns undefined if the version does not exist.
 *
 * @param cacheSeconds How long the version stays in memory.
 */
async function find(
  store: TrackingStore,
  place: PromptPlace,
  cacheSeconds: number,
): Promise<ModelVersion | undefined> {
  const { name, version } = place;
  const kept = cacheSeconds > 0 ? recall(store, name, version) : undefined;
  if (kept) return kept;
  const copy = await readDiskCopy(store, place);
  const answer = request(store, place).then(async (stored) => {
    if (!stored) return undefined;
    keep(store, version, stored, cacheSeconds);
    await writeDiskCopy(store, place, stored);
    return stored;
  });
  if (!copy) return answer;
  try {
    return await inTime(answer);
  } catch (cause) {
    if (!isAway(cause)) throw cause;
    warnOfCopy(store, place, copy, cause);
    keep(store, version, copy.stored, Math.min(cacheSeconds, COPY_SECONDS));
    return copy.stored;
  }
}

function request(
  store: TrackingStore,
  { name, version }: PromptPlace,
): Promise<ModelVersion | undefined> {
  if (/^\d+$/.test(version)) return store.getModelVersion(name, version);
  if (version.toLowerCase() === "latest") return store.getLatestModelVersion(name);
  return store.getModelVersionByAlias(name, version);
}

/** A later answer is kept for the next load. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `No answer within ${WAIT_FOR_SERVER_MS / 1000} s.`;
    const fail = () => reject(new MlflowException(text, "DEADLINE_EXCEEDED"));
    timer = setTimeout(fail, WAIT_FOR_SERVER_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
