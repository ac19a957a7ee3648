import type { DeliveryCounts } from "./accounts.js";
import type { LossReason } from "./losses.js";

/** What this process has recorded and logged, by where it is. Data on disk that other processes have recorded does not count. */
export interface Stats {
  /** Traces that are being recorded or held, and runs that are not ended. */
  readonly open: number;
  readonly traces: DeliveryCounts;
  /** The attachments of one trace count as one. */
  readonly attachments: DeliveryCounts;
  /** Each call that logs values, a file, a tag or the status of a run counts as one. */
  readonly runData: DeliveryCounts;
  /** Copies of traces for an OTLP endpoint. */
  readonly copies: DeliveryCounts;
  /** What was lost, by reason, also in part. The spool counts the items of all processes that it removes. */
  readonly losses: Readonly<Partial<Record<LossReason, number>>>;
}
