import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { SentTraces } from "../tracing/sent-traces.js";

/**
 * Opens the record of pushes from a local store to a target: the traces that were sent, with their versions, in a file of
 * the local store. A later push sends only the others.
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
  // A trace that was sent again has a second line, which counts.
  const sent = new Map(readLines(file).map((line) => splitAtSpace(line)));
  let isWritable = true;
  return {
    versionOf: (traceId) => sent.get(traceId),
    add(traces) {
      if (!isWritable || traces.length === 0) return;
      try {
        mkdirSync(dirname(file), { recursive: true });
        appendFileSync(
          file,
          traces.map(({ traceId, version }) => `${traceId} ${version}\n`).join(""),
        );
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

function splitAtSpace(line: string): readonly [string, string] {
  const [traceId = "", version = ""] = line.split(" ");
  return [traceId, version];
}
