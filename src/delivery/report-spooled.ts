import { countOf } from "../base/count-of.js";
import { logWarning } from "../base/log.js";
import { warnInOutage } from "../base/outages.js";
import { isAttachmentJob, isRunJob, type Job } from "./job.js";
import { namesOf, type RunJob } from "./run-job.js";
import { lastFailureOf } from "./send-run-jobs.js";
import { storeOf } from "./spool/job-item.js";

interface Counts {
  traces: number;
  attachments: number;
  values: number;
  files: number;
}

/** Logs, in one line per server, what the end of the process has left on disk, and how it is delivered. */
export function reportSpooled(jobs: Iterable<Job>, root: string | undefined): void {
  const counts = new Map<string, Counts>();
  const failures = new Map<string, Error | undefined>();
  for (const job of jobs) {
    const store = storeOf(job);
    const { uri } = store;
    if (isRunJob(job)) failures.set(uri, lastFailureOf(store));
    const count = counts.get(uri) ?? { traces: 0, attachments: 0, values: 0, files: 0 };
    if (isRunJob(job)) countRunJob(count, job);
    else if (isAttachmentJob(job)) count.attachments += job.count;
    else count.traces += 1;
    counts.set(uri, count);
  }
  for (const [uri, count] of counts) {
    const failure = failures.get(uri)?.message;
    // The failure of traces has been logged.
    const why = failure === undefined || count.values + count.files === 0 ? "" : ` (${failure})`;
    logWarning(
      `${describe(count)} for ${uri} written to ${root} because the process was about to end and sending was not complete${why}. This process, if it continues, or the next one that sends data there delivers what is on disk, or run: npx langchain-mlflow spool replay --tracking-uri ${uri} --directory ${root}`,
    );
  }
}

/** Logs, once per server and outage, where the jobs of a running process are that have left its memory. */
export function reportKept(jobs: Iterable<Job>, root: string | undefined): void {
  for (const uri of new Set(Array.from(jobs, (job) => storeOf(job).uri))) {
    warnInOutage(
      uri,
      `kept ${uri}`,
      `traces and data of runs for ${uri} are kept in ${root} until the server accepts them.`,
    );
  }
}

/** The creation of a run is neither. */
function countRunJob(count: Counts, job: RunJob): void {
  if (job.work.kind === "write") count.values += namesOf(job).length;
  else if (job.lane !== job.run) count.files += 1;
}

function describe({ traces, attachments, values, files }: Counts): string {
  const parts = [
    traces > 0 && countOf(traces, "trace"),
    attachments > 0 && `${countOf(attachments, "attachment")} of traces`,
    values > 0 && `${countOf(values, "value")} of runs`,
    files > 0 && `${countOf(files, "file")} of runs`,
  ];
  return parts.filter((part) => part !== false).join(", ");
}
