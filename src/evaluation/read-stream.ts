import { types } from "node:util";
import { attempt } from "../base/show.js";
import { joinChunks } from "../langchain/streams/chunks.js";

/**
 * Reads a stream or a generator that a model returned to its end, and joins its chunks as traces do. Returns any other value
 * unchanged. Scorers receive the complete outputs, and the trace of the call ends with its stream.
 *
 * @throws the reason of the signal when it aborts, and the errors of the stream.
 */
export async function readStream(value: unknown, signal: AbortSignal): Promise<unknown> {
  if (!isStream(value)) return value;
  const chunks: unknown[] = [];
  for await (const chunk of value) {
    signal.throwIfAborted();
    chunks.push(chunk);
  }
  return joinChunks(chunks);
}

function isStream(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== "object" || value === null) return false;
  if (types.isGeneratorObject(value)) return true;
  // A proxy of the app may throw.
  return attempt(() => typeof Object(value)[Symbol.asyncIterator] === "function") ?? false;
}
