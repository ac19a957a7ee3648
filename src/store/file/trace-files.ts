import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plain } from "../../data/plain.js";
import { withSizeStats } from "../../trace/size-stats.js";
import {
  type Trace,
  type TraceInfo,
  TraceMetadataKey,
  TraceState,
  TraceTagKey,
} from "../../trace/trace.js";
import { spansToJson } from "../wire/span-json.js";
import * as layout from "./layout.js";
import {
  isMapping,
  readRecord,
  readTextFile,
  readYamlFile,
  recordToFiles,
  toYaml,
  type YamlMapping,
} from "./meta-files.js";
import type { FileToWrite } from "./write-atomically.js";

/** The files of one trace. The info is last: a reader that finds it finds the other files too. */
export function traceToFiles(trace: Trace, experimentId: string, folder: string): FileToWrite[] {
  const { text, spanBytes } = spansToJson(trace.data.spans);
  const info = withSizeStats(trace.info, spanBytes);
  const tags = {
    ...info.tags,
    [TraceTagKey.ARTIFACT_LOCATION]: pathToFileURL(join(folder, "artifacts")).href,
  };
  const metadata = { [TraceMetadataKey.SCHEMA_VERSION]: "3", ...info.traceMetadata };
  return [
    { path: layout.SPANS_FILE, text },
    ...recordToFiles(layout.METADATA_FOLDER, metadata),
    ...recordToFiles(layout.TAGS_FOLDER, tags),
    ...info.assessments.flatMap(assessmentToFile),
    { path: layout.TRACE_INFO_FILE, text: infoToYaml(info, experimentId) },
  ];
}

/** Returns undefined if the folder is not a complete trace. */
export async function readTraceInfo(folder: string): Promise<TraceInfo | undefined> {
  const yaml = await readYamlFile(join(folder, layout.TRACE_INFO_FILE));
  const requestTime = Date.parse(String(yaml?.request_time));
  const experimentId = yaml && experimentIdOf(yaml.trace_location);
  if (!yaml || yaml.trace_id !== basename(folder) || !experimentId) return undefined;
  if (Number.isNaN(requestTime)) return undefined;
  return {
    traceId: yaml.trace_id,
    experimentId,
    ...optionalTexts(yaml),
    requestTime,
    executionDuration: Number(yaml.execution_duration_ms) || 0,
    state: stateOf(yaml.state),
    traceMetadata: await readRecord(join(folder, layout.METADATA_FOLDER)),
    tags: await readRecord(join(folder, layout.TAGS_FOLDER)),
    assessments: await readAssessments(join(folder, layout.ASSESSMENTS_FOLDER)),
  };
}

/** Reads only the time of the request, which sorting needs, without parsing the YAML. */
export async function readRequestTime(folder: string): Promise<number | undefined> {
  const text = await readTextFile(join(folder, layout.TRACE_INFO_FILE));
  const time = /^request_time: *['"]?([^'"\n]+)/m.exec(text ?? "")?.[1];
  return time === undefined ? undefined : Date.parse(time) || undefined;
}

function infoToYaml(info: TraceInfo, experimentId: string): string {
  return toYaml({
    trace_id: info.traceId,
    client_request_id: info.clientRequestId,
    trace_location: {
      type: "MLFLOW_EXPERIMENT",
      mlflow_experiment: { experiment_id: experimentId },
    },
    request_time: new Date(info.requestTime).toISOString(),
    execution_duration_ms: Math.round(info.executionDuration),
    state: info.state,
    request_preview: info.requestPreview,
    response_preview: info.responsePreview,
  });
}

/** The fields are those of the REST API. An assessment without a valid id has no file name and is dropped. */
function assessmentToFile(assessment: unknown): FileToWrite[] {
  if (!isMapping(assessment)) return [];
  const id = assessment.assessment_id;
  if (typeof id !== "string" || !layout.isId(id)) return [];
  const text = toYaml(assessment as Record<string, Plain>);
  return [{ path: `${layout.ASSESSMENTS_FOLDER}/${id}.yaml`, text }];
}

async function readAssessments(folder: string): Promise<unknown[]> {
  const assessments: unknown[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith(".yaml")) continue;
    const assessment = await readYamlFile(join(folder, name));
    if (assessment) assessments.push(assessment);
  }
  return assessments;
}

const OPTIONAL_TEXTS = {
  clientRequestId: "client_request_id",
  requestPreview: "request_preview",
  responsePreview: "response_preview",
} as const;

function optionalTexts(yaml: YamlMapping): Partial<TraceInfo> {
  const entries = Object.entries(OPTIONAL_TEXTS).map(([field, key]) => [field, yaml[key]]);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string"));
}

function experimentIdOf(location: unknown): string | undefined {
  const experiment = isMapping(location) ? location.mlflow_experiment : undefined;
  const id = isMapping(experiment) ? experiment.experiment_id : undefined;
  return typeof id === "string" ? id : undefined;
}

function stateOf(value: unknown): TraceState {
  const known = Object.values(TraceState).find((state) => state === value);
  return known ?? TraceState.STATE_UNSPECIFIED;
}
