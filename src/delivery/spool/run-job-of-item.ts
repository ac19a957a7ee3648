import { type MetricToLog, RunStatus, type RunWrite } from "../../store/run-store.js";
import type { RunTarget } from "../destination.js";
import { fieldOfFile, isReplaced } from "../newest-values.js";
import type { FileToLog, RunJob, RunWork } from "../run-job.js";
import { datasetInputOf, datasetOf } from "./dataset-json.js";
import { type JsonFields, objectOf, partsOf, type SpoolItem, textField } from "./spool-file.js";
import { textsOf } from "./spooled-run.js";

/** Reads what `itemOfRunJob()` has written. Undefined for other data. */
export function runJobOf({ fields, payload }: SpoolItem, run: RunTarget): RunJob | undefined {
  const json = objectOf(fields.write);
  const write = json && writeOf(json);
  const isFiles = Array.isArray(fields.files);
  if (!write && !isFiles) return undefined;
  const bytes = JSON.stringify(json ?? "").length * 2 + payload.byteLength;
  // An earlier version of this package has written an item without it: such an item is older than what this process logs.
  const atMs = typeof fields.atMs === "number" ? fields.atMs : 0;
  const work = write ? ({ kind: "write", write } as const) : filesOf(fields, payload, run, atMs);
  const lane = isFiles && payload.byteLength > 0 ? run.fileLane : run;
  const key = textField(fields, "key");
  return { run, lane, atMs, bytes, work, settle: () => {}, isReplayed: true, key };
}

function filesOf(fields: JsonFields, payload: Uint8Array, run: RunTarget, atMs: number): RunWork {
  const files: FileToLog[] = partsOf(fields.files, payload).map(([file, bytes]) => {
    return { path: textField(file, "path") ?? "", bytes };
  });
  return {
    kind: "task",
    what: textField(fields, "what") ?? "files",
    files: () => files,
    // One after the other: nothing waits for them.
    async perform(_runId, signal) {
      const newest = files.filter(({ path }) => !isReplaced(run, fieldOfFile(path), atMs));
      for (const { path, bytes } of newest) {
        await run.store.uploadArtifact(await run.artifactRoot(), path, { bytes }, signal);
      }
      return newest.map(({ path }) => path);
    },
  };
}

function writeOf(json: JsonFields): RunWrite | undefined {
  switch (json.kind) {
    case "update":
      return updateOf(json);
    case "deleteTag":
      return { kind: "deleteTag", key: textField(json, "key") ?? "" };
    case "logInputs":
      return {
        kind: "logInputs",
        datasets: listOf(json.datasets).map(datasetInputOf),
        ...(Array.isArray(json.models) && { models: json.models.map(String) }),
      };
    case "logBatch":
      return {
        kind: "logBatch",
        metrics: listOf(json.metrics).flatMap((metric) => metricOf(metric) ?? []),
        params: textsOf(json.params),
        tags: textsOf(json.tags),
      };
    default:
      return undefined;
  }
}

function listOf(value: unknown): JsonFields[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list.map(objectOf).filter((fields) => fields !== undefined);
}

function updateOf(json: JsonFields): RunWrite {
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
  const about = aboutOf(objectOf(json.about));
  const point = { key, value: Number(value), timestampMs: Number(timestampMs), step: Number(step) };
  return { ...point, ...(about && { about }) };
}

function aboutOf(json: JsonFields | undefined): MetricToLog["about"] {
  const modelId = json && textField(json, "modelId");
  if (!json || modelId === undefined) return undefined;
  const dataset = objectOf(json.dataset);
  return { modelId, ...(dataset && { dataset: datasetOf(dataset) }) };
}
