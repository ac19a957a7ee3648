import { warnOnce } from "../base/log.js";
import { isAttachmentJob, isRunJob, type Job } from "./job.js";

/** Logs, once per server, what the end of the process has left on disk, and how it is delivered. */
export function reportSpooled(jobs: Iterable<Job>, root: string | undefined): void {
  const counts = new Map<string, { traces: number; attachments: number }>();
  for (const job of jobs) {
    if (isRunJob(job)) continue;
    const { uri } = job.destination.store;
    const count = counts.get(uri) ?? { traces: 0, attachments: 0 };
    if (isAttachmentJob(job)) count.attachments += job.count;
    else count.traces += 1;
    counts.set(uri, count);
  }
  for (const [uri, { traces, attachments }] of counts) {
    const what = [
      ...(traces > 0 ? [`${traces} ${traces === 1 ? "trace" : "traces"}`] : []),
      ...(attachments > 0 ? [`${attachments} attachments of traces`] : []),
    ].join(" and ");
    warnOnce(
      `spooled ${uri}`,
      `${what} for ${uri} were written to ${root} because the process ended before they were sent. The next process that sends traces there sends them too, or run: npx langchain-mlflow spool replay --tracking-uri ${uri}`,
    );
  }
}
