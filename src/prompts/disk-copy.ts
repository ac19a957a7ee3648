import { createHash } from "node:crypto";
import { join } from "node:path";
import { MlflowException, messageOf, RestException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { cacheFolder } from "../settings/cache-folder.js";
import { dictionaryOfTexts, isDictionary } from "../settings/kinds.js";
import { readSettings } from "../settings/settings.js";
import { readCachedJson, writeCachedJson } from "../store/cached-json.js";
import type { ModelVersion } from "../store/model-store.js";
import type { TrackingStore } from "../store/store.js";
import type { PromptPlace } from "./prompt-uri.js";

/** The last version that a server returned for a place, with the time. */
export interface DiskCopy {
  readonly stored: ModelVersion;
  readonly savedAtMs: number;
}

/** Copies are made of what a server returns. A local folder is always there. */
function pathOf(store: TrackingStore, { name, version }: PromptPlace): string | undefined {
  if (!/^https?:/i.test(store.uri)) return undefined;
  const { workspace = "" } = readSettings();
  const hash = (...parts: string[]) => createHash("sha256").update(parts.join("\n")).digest("hex");
  const ofServer = workspace === "" ? hash(store.uri) : hash(store.uri, workspace);
  return join(cacheFolder(), "prompts", ofServer, `${hash(name, version)}.json`);
}

export async function writeDiskCopy(
  store: TrackingStore,
  place: PromptPlace,
  stored: ModelVersion,
): Promise<void> {
  const path = pathOf(store, place);
  if (path !== undefined) await writeCachedJson(path, { savedAtMs: Date.now(), stored });
}

/** Returns undefined if there is no copy, or it is not one of this package. */
export async function readDiskCopy(
  store: TrackingStore,
  place: PromptPlace,
): Promise<DiskCopy | undefined> {
  const path = pathOf(store, place);
  const read = path === undefined ? undefined : await readCachedJson(path);
  return isDiskCopy(read, place.name) ? read : undefined;
}

function isDiskCopy(value: unknown, name: string): value is DiskCopy {
  if (!isDictionary(value) || !("stored" in value) || !("savedAtMs" in value)) return false;
  const { stored, savedAtMs } = value;
  if (!Number.isFinite(savedAtMs) || !isDictionary(stored)) return false;
  const { name: own, version, tags, aliases } = stored as Partial<ModelVersion>;
  const isWhole = own === name && Number(version) > 0 && Array.isArray(aliases);
  return isWhole && dictionaryOfTexts.read(tags) !== undefined;
}

/** Whether the error means that the server is away: no connection, no answer in time, or a failure of the server. */
export function isAway(cause: unknown): boolean {
  if (cause instanceof RestException) return cause.status >= 500;
  const { errorCode = "" } = cause instanceof MlflowException ? cause : {};
  return /^(TEMPORARILY_UNAVAILABLE|DEADLINE_EXCEEDED)$/.test(errorCode);
}

/** Logs once per prompt that the app goes on with a copy. */
export function warnOfCopy(
  store: TrackingStore,
  { name, version }: PromptPlace,
  copy: DiskCopy,
  cause: unknown,
): void {
  warnOnce(
    `copy of prompt ${store.uri} ${name} ${version}`,
    `the prompt ${JSON.stringify(name)} (${version}) is a copy that is ${ageOf(copy.savedAtMs)} old, since the tracking server did not return it: ${messageOf(cause)}`,
  );
}

function ageOf(savedAtMs: number): string {
  const seconds = Math.max(0, Math.round((Date.now() - savedAtMs) / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
