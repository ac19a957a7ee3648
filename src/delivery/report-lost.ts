import { warnOnce } from "../base/log.js";
import type { Dropped } from "./accounts.js";
import type { Losses, LossReason } from "./losses.js";
import type { DropReason } from "./queue-options.js";

/** Why traces are lost, and what helps. Where the server has given a reason, it follows the first sentence. */
const WHY: Readonly<Record<DropReason, readonly [why: string, remedy: string]>> = {
  process_exit: [
    "The process ended without waiting for the store",
    "Call `await flushTraces()` before process.exit(), or let the process end by itself.",
  ],
  exit_timeout: [
    "The store did not accept them within exitTimeoutMs",
    "Raise exitTimeoutMs, or check the server.",
  ],
  send_failed: ["The last attempt failed", "Check the server, and the folder of the spool."],
  blocked: ["The store rejects all requests", "Fix the cause, and run the program again."],
  refused: ["The store rejected them", "The other traces are stored."],
  retry_timeout: ["Sending failed for retryTimeoutMs", "Check the server."],
  queue_full: [
    "Traces ended faster than they were sent",
    "Raise maxQueueBytes, or lower samplingRatio.",
  ],
};

/** Logs, at the end of the process, which traces it has lost, how many, why, and what to do. Values of runs are named elsewhere. */
export function reportLost(
  traces: ReadonlyMap<DropReason, Dropped>,
  counts: Losses["counts"],
): void {
  const parts = [...traces].map(([reason, { count }]) => `${numberOf(count, "trace")} (${reason})`);
  for (const reason of Object.keys(counts) as LossReason[]) {
    const count = counts[reason] ?? 0;
    // The others exceed a limit of the user.
    if (reason.startsWith("attachment_") && reason.slice("attachment_".length) in WHY) {
      parts.push(`${numberOf(count, "attachment")} of traces (${reason})`);
    } else if (reason === "open_calls") parts.push(`${numberOf(count, "call")} (${reason})`);
    else if (reason.startsWith("spool_"))
      parts.push(`${numberOf(count, "item")} on disk (${reason})`);
  }
  if (parts.length === 0) return;
  const line = `lost in this process: ${parts.join(", ")}${explained(traces)}`;
  warnOnce(line, line);
}

/** Explains the reason of most of the lost traces. */
function explained(traces: ReadonlyMap<DropReason, Dropped>): string {
  const [most] = [...traces].sort(([, one], [, other]) => other.count - one.count);
  if (!most) return "";
  const [reason, { cause }] = most;
  const [why, remedy] = WHY[reason];
  const given = cause === undefined ? "" : `: ${cause.replace(/\.$/, "")}`;
  return `. ${why}${given}. ${remedy}`;
}

function numberOf(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
