import { endOutage, warnInOutage } from "../base/outages.js";
import type { AutologOptions } from "../settings/options.js";
import { type OtlpTarget, readOtlpTarget } from "../settings/otlp-target.js";
import type { Verdict } from "../store/store.js";
import type { Trace } from "../trace/trace.js";
import { Account, type DeliveryCounts } from "./accounts.js";
import { reasonAtEnd } from "./end-reasons.js";
import { limitsOf } from "./limits.js";
import type { Losses } from "./losses.js";
import { FlushQueue } from "./queue.js";
import type { DropReason } from "./queue-options.js";
import type { TraceJob } from "./send-traces.js";

/** A trace that is sent to OpenTelemetry too. */
interface Copy {
  readonly bytes: number;
  toTrace(): Promise<Trace>;
}

/** The traces that are also sent to an OTLP endpoint. A failure there has no effect on the delivery to MLflow. */
export class Copies {
  readonly #options: AutologOptions;
  readonly #losses: Losses;
  /** Undefined until the first trace, null without an endpoint. */
  #queue: FlushQueue<Copy> | null | undefined;

  constructor(options: AutologOptions, losses: Losses) {
    this.#options = options;
    this.#losses = losses;
  }

  readonly #account = new Account();

  get size(): number {
    return this.#queue?.size ?? 0;
  }

  /** Adds a copy of a trace. Returns the job to put into the queue for MLflow. */
  follow(job: TraceJob): TraceJob {
    if (this.#queue === undefined) this.#queue = this.#open();
    const queue = this.#queue;
    if (!queue) return job;
    const { bytes } = job;
    if (!job.attachments) {
      const toTrace = async () => {
        await job.ready();
        return job.toTrace("", undefined, false);
      };
      queue.put({ bytes, toTrace });
      return job;
    }
    // Media is handled as the store requires, so the copy is made when the trace is sent to the store.
    let isCopied = false;
    return {
      ...job,
      toTrace: (...args) => {
        const trace = job.toTrace(...args);
        if (!isCopied) queue.put({ bytes, toTrace: async () => trace });
        isCopied = true;
        return trace;
      },
    };
  }

  async flush(timeoutMs: number): Promise<void> {
    await this.#queue?.flush(timeoutMs);
  }

  counts(): DeliveryCounts {
    return this.#account.counts({ pending: this.size, saved: 0 });
  }

  /** The process ends: what is not sent is lost. `hasTimedOut`: it has waited for the endpoint. */
  stop(hasTimedOut: boolean): void {
    const queue = this.#queue;
    const [first, ...others] = queue?.takeAll() ?? [];
    if (!queue || !first) return;
    const { reason, cause } = reasonAtEnd(queue.groups.failureOf(first), hasTimedOut);
    queue.drop([first, ...others], reason, cause);
  }

  #open(): FlushQueue<Copy> | null {
    const target = readOtlpTarget();
    if (!target) return null;
    return new FlushQueue<Copy>({
      send: (copies, signal) => send(target, copies, signal),
      bytesOf: ({ bytes }) => bytes,
      onStored: (copies) => {
        endOutage(shownOf(target.url));
        for (const _ of copies) this.#account.noteSent();
      },
      onDrop: (copies, reason, cause) => this.#drop(target, copies, reason, cause),
      limits: limitsOf(this.#options),
    });
  }

  #drop(target: OtlpTarget, copies: readonly Copy[], reason: DropReason, cause: unknown): void {
    this.#losses.count(`otlp_${reason}`, copies.length);
    for (const _ of copies) this.#account.noteDropped(reason, cause);
    warnOfFailure(target, cause instanceof Error ? cause.message : reason);
  }
}

async function send(
  target: OtlpTarget,
  copies: readonly Copy[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const { exportSpans } = await import("./export-spans.js");
  const traces = await Promise.all(copies.map((copy) => copy.toTrace()));
  const verdicts = await exportSpans(target, traces, signal);
  const failed = verdicts.find((verdict) => verdict.state !== "stored");
  if (failed) warnOfFailure(target, failed.cause.message);
  return verdicts;
}

function shownOf({ origin, pathname }: URL): string {
  return `${origin}${pathname}`;
}

function warnOfFailure({ url }: OtlpTarget, reason: string): void {
  const shown = shownOf(url);
  warnInOutage(
    shown,
    `copies ${shown}`,
    `copies of traces for ${shown} are not delivered: ${reason}. MLflow receives the traces.`,
  );
}
