import { type TraceInfo, TraceMetadataKey, TraceTagKey } from "../../trace/trace.js";

/** The server's column widths; it cuts, or its database refuses, what is longer. */
const MAX_METADATA_CHARACTERS = 250;
const MAX_TAG_CHARACTERS = 4096;
const MAX_PREVIEW_CHARACTERS = 1000;
const MAX_REQUEST_ID_CHARACTERS = 50;
const MAX_KEY_CHARACTERS = 250;

/** Tags that a server or a store gives a trace it holds: they mean nothing elsewhere. */
const STORE_TAGS = new Set<string>([TraceTagKey.ARTIFACT_LOCATION, TraceTagKey.SPANS_LOCATION]);
const STORE_METADATA = new Set(["mlflow.trace.infoFinalized"]);
/** JSON that would be no JSON any more when cut. */
const UNCUTTABLE = new Set<string>([TraceMetadataKey.SIZE_STATS, TraceMetadataKey.TOKEN_USAGE]);

/** The trace's tags without those of the store it was read from. */
export function clientTags(info: TraceInfo): Record<string, string> {
  return clipped(info.tags, MAX_TAG_CHARACTERS, (key) => !STORE_TAGS.has(key));
}

/** The trace's metadata as the server takes it, with the schema version it expects. */
export function clientMetadata(info: TraceInfo): Record<string, string> {
  const fits = (key: string, value: string) =>
    !STORE_METADATA.has(key) && !(UNCUTTABLE.has(key) && value.length > MAX_METADATA_CHARACTERS);
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
  const result: Record<string, string> = {};
  for (const [key, value] of Object.entries(record)) {
    if (keep(key, value)) result[clip(key, MAX_KEY_CHARACTERS)] = clip(value, limit);
  }
  return result;
}

/** Cutting may halve a surrogate pair, and databases do not take NUL. */
function clip(text: string, limit: number): string {
  const head = text.length > limit ? text.slice(0, limit) : text;
  return (head.includes("\0") ? head.replaceAll("\0", "") : head).toWellFormed();
}
