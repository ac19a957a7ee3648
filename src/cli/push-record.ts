import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SentTraces } from "../tracing/push.js";

/**
 * Opens the record of pushes from a local store to a target: the traces that were sent, in a file of the local store. A
 * later push sends only the others.
 *
 * @param onFailure receives the error if the file cannot be written. The push continues without a record.
 */
export function openPushRecord(
  directory: string,
  target: string,
  onFailure: (cause: unknown) => void,
): SentTraces {
  const name = createHash("sha256").update(target).digest("hex").slice(0, 16);
  // MLflow ignores folders whose name ends in `.trash`.
  const file = join(directory, ".push.trash", `${name}.txt`);
  const sent = new Set(readLines(file));
  let isWritable = true;
  return {
    has: (traceId) => sent.has(traceId),
    add(traceIds) {
      if (!isWritable || traceIds.length === 0) return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(file, traceIds.map((traceId) => `${traceId}\n`).join(""));
      } catch (cause) {
        isWritable = false;
        onFailure(cause);
      }
    },
  };
}

function readLines(file: string): string[] {
  try {
    // The last line is incomplete if the process was killed.
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch {
    return [];
  }
}
