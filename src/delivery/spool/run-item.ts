import { randomBytes } from "node:crypto";
import type { RunWrite } from "../../store/run-store.js";
import type { RunJob } from "../run-job.js";
import type { SpoolItem } from "./spool-file.js";

/** Whether another process can do the work of the job: writes, and the upload of files that can be read at once. */
export function canSpoolRunJob({ work }: RunJob): boolean {
  return work.kind === "write" || work.files !== undefined;
}

const processKey = randomBytes(6).toString("hex");
const keys = new WeakMap<RunJob, string>();
let count = 0;

/** What identifies a job on disk. That of a job from the disk is the key of the job that was written. */
export function keyOfRunJob(job: RunJob): string {
  if (job.key !== undefined) return job.key;
  let key = keys.get(job);
  if (key === undefined) {
    count += 1;
    key = `${processKey}-${count}`;
    keys.set(job, key);
  }
  return key;
}

/** Writes a job. JSON has no NaN, so the values of metrics are texts. Undefined if its files cannot be read. */
export function itemOfRunJob(job: RunJob): SpoolItem | undefined {
  const { run, work, atMs } = job;
  const target = { kind: "run", key: keyOfRunJob(job), atMs, run: run.toSpool() };
  if (work.kind === "write") {
    return { fields: { ...target, write: writeToJson(work.write) }, payload: new Uint8Array() };
  }
  const files = work.files?.();
  if (!files) return undefined;
  const list = files.map(({ path, bytes }) => ({ path, bytes: bytes.byteLength }));
  return {
    fields: { ...target, what: work.what, files: list },
    payload: Buffer.concat(files.map(({ bytes }) => bytes)),
  };
}

function writeToJson(write: RunWrite): object {
  if (write.kind !== "logBatch" || !write.metrics) return write;
  const metrics = write.metrics.map((metric) => ({ ...metric, value: String(metric.value) }));
  return { ...write, metrics };
}
