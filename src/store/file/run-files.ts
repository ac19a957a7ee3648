import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { forEach } from "../../base/for-each.js";
import type { Plain } from "../../data/plain.js";
import type { DatasetInput, Metric, Run, RunInfo, RunStatus } from "../run-store.js";
import * as layout from "./layout.js";
import {
  isMapping,
  parseMapping,
  readMeta,
  readRecord,
  readTextFile,
  toYaml,
  type YamlMapping,
} from "./meta-files.js";

/** Where a run is stored. */
export interface RunPlace {
  readonly folder: string;
  /** The text of its `meta.yaml`. */
  readonly meta: string;
}

/** More parallel reads only wait for each other. */
const PARALLEL_READS = 8;

/** MLflow's numbers in `meta.yaml`. */
const STATUS_NUMBERS: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
};

/** Writes the text of a run's `meta.yaml`, with the fields that older MLflow versions require. */
export function infoToYaml(info: RunInfo): string {
  return toYaml({
    artifact_uri: info.artifactUri,
    deleted_time: null,
    end_time: info.endTimeMs ?? null,
    entry_point_name: "",
    experiment_id: info.experimentId,
    lifecycle_stage: info.lifecycleStage,
    run_id: info.runId,
    run_name: info.runName,
    run_uuid: info.runId,
    source_name: "",
    source_type: 4,
    source_version: "",
    start_time: info.startTimeMs,
    status: STATUS_NUMBERS[info.status],
    tags: [],
    user_id: info.userId,
  });
}

/** Fields of a `meta.yaml` that can change. */
export interface InfoChange {
  readonly status?: RunStatus;
  readonly endTimeMs?: number;
  readonly runName?: string;
  readonly lifecycleStage?: "active" | "deleted";
  readonly deletedTime?: number | null;
}

/**
 * Changes some fields of a `meta.yaml` and keeps the rest. It replaces lines instead of parsing the YAML,
 * because the parser loads asynchronously and an exiting process can only run synchronous code.
 */
export function changeInfo(text: string, change: InfoChange): string {
  const fields: Record<string, Plain | undefined> = {
    status: change.status && STATUS_NUMBERS[change.status],
    end_time: change.endTimeMs,
    run_name: change.runName,
    lifecycle_stage: change.lifecycleStage,
    deleted_time: change.deletedTime,
  };
  let changed = text;
  for (const [key, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    // Python wraps long values: the indented lines after a key belong to its value.
    const field = new RegExp(`^${key}:.*\\n(?:[ \\t]+.*\\n)*`, "m");
    const line = toYaml({ [key]: value });
    changed = field.test(changed) ? changed.replace(field, () => line) : changed + line;
  }
  return changed;
}

export function isDeletedText(text: string): boolean {
  return /^lifecycle_stage: *['"]?deleted/m.test(text);
}

/** Returns undefined for a folder that is not a run. */
export async function readRun({ folder, meta }: RunPlace): Promise<Run | undefined> {
  const yaml = await parseMapping(meta);
  const info = yaml && infoFromYaml(yaml, folder);
  if (!info) return undefined;
  const [metrics, params, tags, datasetInputs] = await Promise.all([
    readMetrics(join(folder, layout.METRICS_FOLDER)),
    readRecord(join(folder, layout.PARAMS_FOLDER)),
    readRecord(join(folder, layout.TAGS_FOLDER)),
    readDatasetInputs(folder),
  ]);
  return { info, data: { metrics, params, tags }, inputs: { datasetInputs } };
}

/** Returns the runs of an experiment in no particular order. */
export async function listRuns(experimentDirectory: string): Promise<Run[]> {
  const names = (await readdir(experimentDirectory).catch(() => [])).filter(layout.isRunId);
  const runs: Run[] = [];
  await forEach(names, PARALLEL_READS, async (name) => {
    const folder = layout.runFolder(experimentDirectory, name);
    const meta = await readTextFile(join(folder, layout.META_FILE));
    const run = meta === undefined ? undefined : await readRun({ folder, meta });
    if (run) runs.push(run);
  });
  return runs;
}

export async function readMetricHistory(folder: string, key: string): Promise<Metric[]> {
  const text = await readTextFile(join(folder, layout.METRICS_FOLDER, ...key.split("/")));
  return text === undefined ? [] : parseMetric(key, text);
}

function infoFromYaml(yaml: YamlMapping, folder: string): RunInfo | undefined {
  const runId = String(yaml.run_id ?? yaml.run_uuid);
  if (runId !== basename(folder) || yaml.experiment_id === undefined) return undefined;
  const statuses = Object.keys(STATUS_NUMBERS) as RunStatus[];
  return {
    runId,
    runName: String(yaml.run_name ?? ""),
    experimentId: String(yaml.experiment_id),
    userId: String(yaml.user_id ?? ""),
    status: statuses.find((status) => STATUS_NUMBERS[status] === yaml.status) ?? "RUNNING",
    startTimeMs: Number(yaml.start_time) || 0,
    endTimeMs: yaml.end_time ? Number(yaml.end_time) : undefined,
    artifactUri: String(yaml.artifact_uri ?? ""),
    lifecycleStage: yaml.lifecycle_stage === "deleted" ? "deleted" : "active",
  };
}

/** Reads the last value of each metric: the one with the highest step, then the latest time. */
async function readMetrics(folder: string): Promise<Record<string, number>> {
  const last = new Map<string, number>();
  for (const [key, text] of Object.entries(await readRecord(folder))) {
    const point = parseMetric(key, text).reduce<Metric | undefined>(
      (best, next) => (best && isAfter(best, next) ? best : next),
      undefined,
    );
    if (point) last.set(key, point.value);
  }
  return Object.fromEntries(last);
}

function isAfter(one: Metric, other: Metric): boolean {
  if (one.step !== other.step) return one.step > other.step;
  if (one.timestampMs !== other.timestampMs) return one.timestampMs > other.timestampMs;
  return one.value > other.value;
}

/** Parses a metric's file: one `timestamp value step` a line. */
function parseMetric(key: string, text: string): Metric[] {
  const metrics: Metric[] = [];
  for (const line of text.split("\n")) {
    const [timestampMs, value, step = "0"] = line.trim().split(" ");
    if (!timestampMs || value === undefined) continue;
    const number = fromPythonFloat(value);
    metrics.push({ key, value: number, timestampMs: Number(timestampMs), step: Number(step) });
  }
  return metrics;
}

/** Parses a number that Python wrote: it writes infinity as `inf`. */
function fromPythonFloat(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(text);
}

async function readDatasetInputs(folder: string): Promise<DatasetInput[]> {
  const inputs: DatasetInput[] = [];
  const parent = join(folder, layout.INPUTS_FOLDER);
  for (const name of await readdir(parent).catch(() => [])) {
    const input = await readMeta(join(parent, name));
    const id = input?.source_type === "DATASET" ? input.source_id : undefined;
    if (typeof id !== "string" || !layout.isRunId(id)) continue;
    const dataset = await readMeta(join(dirname(folder), layout.DATASETS_FOLDER, id));
    if (dataset) inputs.push(toDatasetInput(dataset, input?.tags));
  }
  return inputs;
}

function toDatasetInput(dataset: YamlMapping, tags: unknown): DatasetInput {
  const { name, digest, source_type, source, schema, profile } = dataset;
  const entries = isMapping(tags) ? Object.entries(tags) : [];
  return {
    tags: Object.fromEntries(entries.map(([key, value]) => [key, String(value)])),
    dataset: {
      name: String(name),
      digest: String(digest),
      sourceType: String(source_type),
      source: String(source),
      ...(typeof schema === "string" && { schema }),
      ...(typeof profile === "string" && { profile }),
    },
  };
}
