import { countOf } from "../base/count-of.js";
import { warnOnce } from "../base/log.js";
import type { Dropped } from "./accounts.js";
import { LOSSES } from "./job.js";
import type { DropReason } from "./queue-options.js";

/** What helps, if the error of the store does not say it. */
const REMEDIES: Partial<Record<DropReason, string>> = {
  process_exit: "Call `await flushTraces()` before process.exit()",
};

/** Items of one kind that were dropped, by reason. */
type ByReason = ReadonlyMap<DropReason, Dropped>;

/** Logs, at the end of the process, which traces it has lost, how many, why, and what to do. Values of runs are named elsewhere. */
export function reportLost(traces: ByReason, attachments: ByReason): void {
  const parts = [
    ...numbersOf(traces, "trace"),
    ...numbersOf(attachments, "attachment of a trace", "attachments of traces"),
  ];
  if (parts.length === 0) return;
  // The reason of most of the lost traces.
  const [most] = [...traces, ...attachments].sort(([, one], [, other]) => other.count - one.count);
  const [reason, { cause }] = most!;
  const remedy = cause ?? REMEDIES[reason] ?? "Check the server";
  const line = `lost in this process: ${parts.join(", ")}: ${LOSSES[reason]}. ${remedy}`;
  warnOnce(line, line);
}

function numbersOf(dropped: ByReason, one: string, many?: string): string[] {
  return [...dropped].map(([reason, { count }]) => `${countOf(count, one, many)} (${reason})`);
}
