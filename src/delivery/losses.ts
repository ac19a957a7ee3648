import { warnOnce } from "../base/log.js";
import { ANY_PLACE, warnInOutage } from "../base/outages.js";
import type { AttachmentLoss } from "../trace/extract-attachments.js";
import { type OnRedactionFailed, REDACTION_FAILED } from "../trace/redact.js";
import type { DropReason } from "./queue-options.js";

/** Why a trace or a part of it is missing. Every loss is counted under one of these reasons. */
export type LossReason =
  | DropReason
  /** A trace on disk that cannot be read. */
  | "spool_damaged"
  /** A run that started after its trace was complete. */
  | "late_span"
  /** A call that ended after its trace was complete. */
  | "late_result"
  /** A call that started while `maxOpenCalls` were open. */
  | "open_calls"
  /** A trace that was stored without its source and creator. */
  | "source_shed"
  /** A trace that was stored with its largest values shortened, since it is too large for the server. */
  | "shortened"
  /** A value for which the user's `redact` failed. */
  | "redaction_failed"
  /** An image, a recording or a file of a trace. */
  | `attachment_${DropReason | AttachmentLoss}`
  /** A copy of a trace for OpenTelemetry. MLflow receives the trace. */
  | `otlp_${DropReason}`;

/** Losses that leave the trace in place. They log no warning of a lost trace. */
const PARTIAL: ReadonlySet<LossReason> = new Set([
  ...(["late_span", "late_result", "source_shed", "redaction_failed", "shortened"] as const),
]);

/** Losses because a server does not accept data. */
const OUTAGE_REASONS = ["queue_full", "retry_timeout", "blocked", "spool_full", "spool_expired"];
const IN_OUTAGES: ReadonlySet<string> = new Set(
  OUTAGE_REASONS.flatMap((reason) => [reason, `attachment_${reason}`]),
);

/** Counts what is lost, and warns about it once per reason, or once per reason and outage. */
export class Losses {
  readonly counts: Partial<Record<LossReason, number>> = {};

  count(reason: LossReason, lost: number): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + lost;
  }

  /** Counts lost traces, or parts of traces, and logs a warning. */
  report(reason: LossReason, lost: number, cause?: unknown): void {
    this.count(reason, lost);
    const why = cause instanceof Error ? `: ${cause.message}` : "";
    if (reason === "late_span") {
      warnOnce(
        "drop late_span",
        "a call or a span that belongs to a complete trace started, and is not recorded (late_span). Do not pass on the " +
          "config, or the span, of a call that has ended.",
      );
    } else if (reason === "late_result") {
      warnOnce(
        "drop late_result",
        "a call ended after its trace was complete, and its result is not recorded (late_result). Await the call, or " +
          "start it when the call around it has ended: it then becomes a trace.",
      );
    } else if (reason === "shortened") {
      warnOnce(
        "drop shortened",
        "a trace is too large for the server (413): its long texts are shortened. Lower maxTraceCharacters, or raise the limit.",
      );
    } else if (!PARTIAL.has(reason)) {
      const message = reason.startsWith("attachment_")
        ? `attachments of traces are lost (${reason})${why}`
        : `traces are lost (${reason})${why}`;
      if (IN_OUTAGES.has(reason)) warnInOutage(ANY_PLACE, `drop ${reason}`, message);
      else warnOnce(`drop ${reason}`, message);
    }
  }

  /** Counts a value for which the user's `redact` failed, and logs a warning. */
  readonly reportRedaction: OnRedactionFailed = ({ field, name, spanType }, what) => {
    this.report("redaction_failed", 1);
    const where = [field, name, `of a ${spanType} span`].filter(Boolean).join(" ");
    warnOnce("redact", `\`redact\` ${what} (${where}): "${REDACTION_FAILED}" is stored instead.`);
  };
}
