import { type TraceInfo, TraceMetadataKey, TraceTagKey } from "../../trace/trace.js";

/** The widths of the server's columns. It truncates longer values, or its database rejects them. */
const MAX_METADATA_CHARACTERS = 250;
const MAX_TAG_CHARACTERS = 4096;
const MAX_PREVIEW_CHARACTERS = 1000;
const MAX_REQUEST_ID_CHARACTERS = 50;
const MAX_KEY_CHARACTERS = 250;

/** Tags that a store adds to its traces. They are meaningless in another store. */
const STORE_TAGS = new Set<string>([TraceTagKey.ARTIFACT_LOCATION, TraceTagKey.SPANS_LOCATION]);
const STORE_METADATA = new Set(["mlflow.trace.infoFinalized"]);
/** JSON values, which a cut would make invalid. */
const JSON_METADATA = new Set<string>([TraceMetadataKey.SIZE_STATS, TraceMetadataKey.TOKEN_USAGE]);

/** The trace's tags, without those that a store added. */
export function clientTags(info: TraceInfo): Record<string, string> {
  return clipped(info.tags, MAX_TAG_CHARACTERS, (key) => !STORE_TAGS.has(key));
}

/** The trace's metadata within the server's limits, with the schema version that the server expects. */
export function clientMetadata(info: TraceInfo): Record<string, string> {
  const fits = (key: string, value: string) =>
    !STORE_METADATA.has(key) && !(JSON_METADATA.has(key) && value.length > MAX_METADATA_CHARACTERS);
  return {
    [TraceMetadataKey.SCHEMA_VERSION]: "3",
    ...clipped(info.traceMetadata, MAX_METADATA_CHARACTERS, fits),
  };
}

export function clientMetadatum({ traceMetadata }: TraceInfo, key: string): string | undefined {
  const value = traceMetadata[key];
  return value === undefined ? undefined : clip(value, MAX_METADATA_CHARACTERS);
}

export function clippedPreview(preview: string): string {
  return clip(preview, MAX_PREVIEW_CHARACTERS);
}

export function clippedRequestId(requestId: string): string {
  return clip(requestId, MAX_REQUEST_ID_CHARACTERS);
}

function clipped(
  record: Readonly<Record<string, string>>,
  limit: number,
  keep: (key: string, value: string) => boolean,
): Record<string, string> {
  const kept = Object.entries(record).filter(([key, value]) => keep(key, value));
  return Object.fromEntries(
    kept.map(([key, value]) => [clip(key, MAX_KEY_CHARACTERS), clip(value, limit)]),
  );
}

/** A cut may split a surrogate pair, and databases reject NUL. */
function clip(text: string, limit: number): string {
  const head = text.length > limit ? text.slice(0, limit) : text;
  return (head.includes("\0") ? head.replaceAll("\0", "") : head).toWellFormed();
}
