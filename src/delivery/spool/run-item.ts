import { type MetricToLog, RunStatus, type RunWrite } from "../../store/run-store.js";
import type { RunTarget } from "../destination.js";
import type { RunJob } from "../run-job.js";
import { type JsonFields, objectOf, type SpoolItem, textField } from "./spool-file.js";

type SpooledWrite = Extract<RunWrite, { kind: "logBatch" | "update" }>;

/**
 * The write of a job that another process can repeat: values and the status of a run that exists on a server. Undefined for
 * other jobs: files, datasets, and data of a run that is not created yet.
 */
export function spooledWriteOf({ run, work }: RunJob): SpooledWrite | undefined {
  if (run.id === undefined || run.store.writeRunSync || work.kind !== "write") return undefined;
  const { write } = work;
  if (write.kind === "update") return write;
  if (write.kind !== "logBatch" || write.metrics?.some(({ about }) => about)) return undefined;
  return write;
}

/** Writes a write. JSON has no NaN, so the values of metrics are texts. */
export function itemOfWrite(write: SpooledWrite, runId: string): SpoolItem {
  const data =
    write.kind === "update"
      ? write
      : {
          ...write,
          metrics: write.metrics?.map((metric) => ({ ...metric, value: String(metric.value) })),
        };
  return { fields: { kind: "run", runId, write: data }, payload: new Uint8Array() };
}

/** Reads what {@link itemOfWrite} has written. Undefined for other data. */
export function runJobOf({ fields }: SpoolItem, run: RunTarget): RunJob | undefined {
  const json = objectOf(fields.write);
  const write = json && writeOf(json);
  if (!write) return undefined;
  const bytes = JSON.stringify(json).length * 2;
  const settle = () => {};
  return { run, lane: run, bytes, work: { kind: "write", write }, settle, isReplayed: true };
}

function writeOf(json: JsonFields): SpooledWrite | undefined {
  if (json.kind === "update") return updateOf(json);
  if (json.kind !== "logBatch") return undefined;
  const list: readonly unknown[] = Array.isArray(json.metrics) ? json.metrics : [];
  return {
    kind: "logBatch",
    metrics: list.flatMap((one) => metricOf(objectOf(one) ?? {}) ?? []),
    params: textsOf(json.params),
    tags: textsOf(json.tags),
  };
}

function updateOf(json: JsonFields): SpooledWrite {
  const status = Object.values(RunStatus).find((one) => one === json.status);
  const runName = textField(json, "runName");
  const { endTimeMs } = json;
  return {
    kind: "update",
    ...(status && { status }),
    ...(typeof endTimeMs === "number" && { endTimeMs }),
    ...(runName !== undefined && { runName }),
  };
}

function metricOf(json: JsonFields): MetricToLog | undefined {
  const key = textField(json, "key");
  if (key === undefined) return undefined;
  const { value, timestampMs, step } = json;
  return { key, value: Number(value), timestampMs: Number(timestampMs), step: Number(step) };
}

function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(objectOf(value) ?? {});
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}
