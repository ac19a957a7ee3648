import { toJson } from "../data/plain.js";
import { type TraceInfo, TraceMetadataKey } from "./trace.js";

/**
 * Adds the sizes of a trace to its metadata, in the form of Python's client. Keeps sizes that are known.
 *
 * @param spanBytes the size of each span in the form that is stored or sent.
 */
export function withSizeStats(info: TraceInfo, spanBytes: readonly number[]): TraceInfo {
  const { SIZE_STATS, SIZE_BYTES } = TraceMetadataKey;
  if (info.traceMetadata[SIZE_STATS] !== undefined || spanBytes.length === 0) return info;
  const sorted = [...spanBytes].sort((a, b) => a - b);
  const total = sorted.reduce((sum, bytes) => sum + bytes, bytesOfInfo(info));
  const stats = {
    total_size_bytes: total,
    num_spans: sorted.length,
    max: sorted.at(-1)!,
    p25: percentile(sorted, 0.25),
    p50: percentile(sorted, 0.5),
    p75: percentile(sorted, 0.75),
  };
  const sizes = { [SIZE_STATS]: toJson(stats, "python"), [SIZE_BYTES]: String(total) };
  return { ...info, traceMetadata: { ...info.traceMetadata, ...sizes } };
}

/** Interpolates between the two nearest values. */
function percentile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)]!;
  const above = sorted[Math.ceil(position)]!;
  return Math.floor(below + (above - below) * (position % 1));
}

function bytesOfInfo({
  traceMetadata,
  tags,
  requestPreview = "",
  responsePreview = "",
}: TraceInfo) {
  const texts = { traceMetadata, tags, requestPreview, responsePreview };
  return Buffer.byteLength(JSON.stringify(texts));
}
