import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { PlainObject } from "../../data/plain.js";
import type { Assessment } from "../../trace/assessment.js";
import { attachmentPath } from "../../trace/attachment.js";
import { withSizeStats } from "../../trace/size-stats.js";
import {
  type TraceInfo,
  TraceMetadataKey,
  TraceState,
  TraceTagKey,
  type TraceToLog,
} from "../../trace/trace.js";
import { newAssessmentId } from "../assessments.js";
import { assessmentsOf, assessmentToJson } from "../wire/assessment-json.js";
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
export function traceToFiles(
  trace: TraceToLog,
  experimentId: string,
  folder: string,
): FileToWrite[] {
  const { attachments = [] } = trace;
  const { text, spanBytes } = spansToJson(trace.data.spans);
  const info = withSizeStats(trace.info, spanBytes);
  const tags = {
    ...info.tags,
    [TraceTagKey.ARTIFACT_LOCATION]: pathToFileURL(join(folder, "artifacts")).href,
  };
  const metadata = { [TraceMetadataKey.SCHEMA_VERSION]: "3", ...info.traceMetadata };
  return [
    ...attachments.map(({ id, contentBytes }) => ({
      path: `${layout.ARTIFACTS_FOLDER}/${attachmentPath(id)}`,
      text: contentBytes,
    })),
    { path: layout.SPANS_FILE, text },
    ...recordToFiles(layout.METADATA_FOLDER, metadata),
    ...recordToFiles(layout.TAGS_FOLDER, tags),
    ...info.assessments.map(assessmentToFile),
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
    assessments: await readAssessments(folder),
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

/** The file of an assessment, which has the fields of the REST API. Without a valid id, it gets a new one. */
export function assessmentToFile(assessment: Assessment): FileToWrite {
  const { assessmentId: id = "" } = assessment;
  const assessmentId = layout.isId(id) ? id : newAssessmentId();
  const text = toYaml(assessmentToJson({ ...assessment, assessmentId }));
  return { path: layout.assessmentFile(assessmentId), text };
}

/** Omits files that are not assessments. Those that Python writes have the same form. */
export async function readAssessments(folder: string): Promise<Assessment[]> {
  const parent = join(folder, layout.ASSESSMENTS_FOLDER);
  const names = await readdir(parent).catch(() => []);
  const read = names.filter((name) => name.endsWith(".yaml")).map((name) => join(parent, name));
  const files = await Promise.all(read.map(readYamlFile));
  return assessmentsOf(files.map((yaml) => yaml as PlainObject | undefined));
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
