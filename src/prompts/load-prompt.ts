import { MlflowException } from "../base/errors.js";
import { activeModelId } from "../context/active-model.js";
import { currentRun } from "../context/active-runs.js";
import { holdUntil } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { linkPromptsToRun } from "../runs/link-prompts.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, flag, kindOf } from "../settings/kinds.js";
import { readPromptCacheSettings } from "../settings/settings.js";
import type { ModelVersion } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import { isAway, readDiskCopy, warnOfCopy, writeDiskCopy } from "./disk-copy.js";
import { linkToExperiment, linkToModel } from "./link-entities.js";
import { linkCurrentTrace } from "./link-traces.js";
import { keep, recall } from "./memory-cache.js";
import { type PromptPlace, placeOf, promptVersion } from "./prompt-uri.js";
import type { PromptVersion } from "./prompt-version.js";
import { promptOf } from "./stored-prompt.js";

/** The options of `loadPrompt()`. All are optional. */
export interface LoadPromptOptions {
  /** The version, if the first argument is a name. Default: the latest. */
  readonly version?: string | number;
  /** Whether to return undefined if the version does not exist. Default: false, which rejects. */
  readonly allowMissing?: boolean;
  /** Whether to add the version to the prompts of the logged model `modelId`. Default: true. */
  readonly linkToModel?: boolean;
  /** The logged model. Default: the active one. */
  readonly modelId?: string;
  /**
   * For how many seconds the version stays in memory. 0: ask the server. Default: MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS
   * (60) for an alias and for the latest version, MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS (no limit) for a number.
   */
  readonly cacheTtlSeconds?: number;
}

const OPTIONS: OptionKinds<LoadPromptOptions> = {
  version: promptVersion,
  allowMissing: flag,
  linkToModel: flag,
  modelId: filledText,
  cacheTtlSeconds: kindOf(
    "a number of seconds from 0 up",
    (value) => typeof value === "number" && value >= 0,
  ),
};

/** While the server is away, it is asked again after this time. */
const COPY_SECONDS = 30;
/** How long an app that has a copy waits for a server. */
const WAIT_FOR_SERVER_MS = 10_000;

export async function loadPrompt(
  nameOrUri: string,
  options: LoadPromptOptions,
): Promise<PromptVersion | undefined> {
  const caller = "loadPrompt()";
  checkArgument(caller, "nameOrUri", filledText, nameOrUri);
  const given = readOptions(caller, options, OPTIONS);
  const place = placeOf(nameOrUri, given.version);
  const { store } = getPipeline().tracking.current();
  const { aliasSeconds, versionSeconds } = readPromptCacheSettings();
  const defaultSeconds = /^\d+$/.test(place.version) ? versionSeconds : aliasSeconds;
  const stored = await find(store, place, given.cacheTtlSeconds ?? defaultSeconds);
  if (!stored) {
    if (given.allowMissing) return undefined;
    throw new MlflowException(
      `Prompt (name=${place.name}, version=${place.version}) not found. Register it with registerPrompt(), or pass \`allowMissing: true\`.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const prompt = promptOf(stored);
  linkCurrentTrace(prompt);
  await linkCurrentRun(prompt);
  const modelId = given.modelId ?? activeModelId();
  // The app does not wait for it. A local folder has no logged models.
  if (given.linkToModel !== false && modelId !== undefined && isServer(store)) {
    linkToModel(store, prompt, modelId);
  }
  return prompt;
}

async function linkCurrentRun(prompt: PromptVersion): Promise<void> {
  const run = currentRun();
  const link = run && linkPromptsToRun(run.target, [prompt]);
  // So that the end of the run comes after the link. A run that does not exist yet may take long to be created.
  if (run?.active) await link;
}

/**
 * Finds a version: in memory, else in the store. If the server is away, returns the last copy on disk with a warning.
 * Returns undefined if the version does not exist.
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
    // The app does not wait for it.
    linkToExperiment(name, "loaded");
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
  const found = await holdUntil(
    answer.then((value) => ({ value })),
    WAIT_FOR_SERVER_MS,
  );
  if (found) return found.value;
  const text = `No answer within ${WAIT_FOR_SERVER_MS / 1000} s.`;
  throw new MlflowException(text, "DEADLINE_EXCEEDED");
}

function isServer(store: TrackingStore): boolean {
  return /^https?:/i.test(store.uri);
}
