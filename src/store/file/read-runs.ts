import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DatasetInput, Metric, Run } from "../run-store.js";
import * as layout from "./layout.js";
import { isMapping, parseYaml } from "./meta-yaml.js";
import { readRecord } from "./record-files.js";
import type { RunPlace } from "./run-folders.js";
import { infoOfYaml } from "./run-info.js";
import { readText } from "./trace-files.js";

/** Undefined for a folder that is not a run. */
export async function readRun({ folder, meta }: RunPlace): Promise<Run | undefined> {
  const yaml = await parseYaml(meta);
  const info = yaml && infoOfYaml(yaml, folder);
  if (!info) return undefined;
  const [metrics, params, tags, datasetInputs] = await Promise.all([
    readMetrics(join(folder, layout.METRICS_FOLDER)),
    readRecord(join(folder, layout.PARAMS_FOLDER)),
    readRecord(join(folder, layout.TAGS_FOLDER)),
    readDatasetInputs(folder),
  ]);
  return { info, data: { metrics, params, tags }, inputs: { datasetInputs } };
}

/** Runs of an experiment, in no order. */
export async function listRuns(experimentDirectory: string): Promise<Run[]> {
  const names = (await readdir(experimentDirectory).catch(() => [])).filter(layout.isRunId);
  const runs: Run[] = [];
  for (let at = 0; at < names.length; at += PARALLEL_READS) {
    const found = names.slice(at, at + PARALLEL_READS).map(async (name) => {
      const folder = layout.runFolder(experimentDirectory, name);
      const meta = await readText(join(folder, layout.META_FILE));
      return meta === undefined ? undefined : readRun({ folder, meta });
    });
    for (const run of await Promise.all(found)) if (run) runs.push(run);
  }
  return runs;
}

/** Files read at the same time; more only wait for each other. */
const PARALLEL_READS = 8;

export async function readMetricHistory(folder: string, key: string): Promise<Metric[]> {
  const text = await readText(join(folder, layout.METRICS_FOLDER, ...key.split("/")));
  return text === undefined ? [] : metricsOf(key, text);
}

/** Of each the last point: of the highest step, and among those of the latest time. */
async function readMetrics(folder: string): Promise<Record<string, number>> {
  const last: Record<string, number> = {};
  for (const [key, text] of Object.entries(await readRecord(folder))) {
    const point = metricsOf(key, text).reduce<Metric | undefined>(
      (best, next) => (best && isAfter(best, next) ? best : next),
      undefined,
    );
    if (point) last[key] = point.value;
  }
  return last;
}

function isAfter(one: Metric, other: Metric): boolean {
  if (one.step !== other.step) return one.step > other.step;
  if (one.timestampMs !== other.timestampMs) return one.timestampMs > other.timestampMs;
  return one.value > other.value;
}

function metricsOf(key: string, text: string): Metric[] {
  const metrics: Metric[] = [];
  for (const line of text.split("\n")) {
    const [timestampMs, value, step = "0"] = line.trim().split(" ");
    if (!timestampMs || value === undefined) continue;
    metrics.push({
      key,
      value: fromFloat(value),
      timestampMs: Number(timestampMs),
      step: Number(step),
    });
  }
  return metrics;
}

/** A number as Python writes it. */
function fromFloat(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) {
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return Number(text);
}

async function readDatasetInputs(folder: string): Promise<DatasetInput[]> {
  const inputs: DatasetInput[] = [];
  const parent = join(folder, layout.INPUTS_FOLDER);
  for (const name of await readdir(parent).catch(() => [])) {
    const input = await readYaml(join(parent, name));
    const id = input?.source_type === "DATASET" ? input.source_id : undefined;
    if (typeof id !== "string" || !layout.isRunId(id)) continue;
    const dataset = await readYaml(join(dirname(folder), layout.DATASETS_FOLDER, id));
    if (dataset) inputs.push(datasetInputOf(dataset, input?.tags));
  }
  return inputs;
}

async function readYaml(folder: string): Promise<Record<string, unknown> | undefined> {
  const text = await readText(join(folder, layout.META_FILE));
  return text === undefined ? undefined : parseYaml(text);
}

function datasetInputOf(dataset: Record<string, unknown>, tags: unknown): DatasetInput {
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
