import { createHash, randomUUID } from "node:crypto";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { checkArtifactPath } from "../artifact-path.js";
import {
  type DatasetInput,
  type Metric,
  type NewRun,
  type RunInfo,
  RunTagKey,
  type RunWrite,
} from "../run-store.js";
import { openExperiment } from "./experiments.js";
import * as layout from "./layout.js";
import { recordToFiles, toYaml } from "./meta-files.js";
import { changeInfo, type InfoChange, infoToYaml, type RunPlace } from "./run-files.js";
import type { RunFolders } from "./run-folders.js";
import {
  appendFile,
  makeFolders,
  readText,
  removeFile,
  type Steps,
  writeNewFile,
} from "./steps.js";
import { type FileToWrite, placeNew, placeOrReplace } from "./write-atomically.js";

const RUN_NAME_TAG = RunTagKey.RUN_NAME;

export function* createRun(
  where: layout.Layout,
  folders: RunFolders,
  run: NewRun & { readonly runName: string },
): Steps<RunInfo> {
  const experimentDirectory = yield* openExperiment(where, run.experimentId);
  const runId = randomUUID().replaceAll("-", "");
  const folder = layout.runFolder(experimentDirectory, runId);
  const info: RunInfo = {
    runId,
    runName: run.runName,
    experimentId: run.experimentId,
    userId: run.userId,
    status: "RUNNING",
    startTimeMs: run.startTimeMs,
    endTimeMs: undefined,
    artifactUri: pathToFileURL(join(folder, layout.ARTIFACTS_FOLDER)).href,
    lifecycleStage: "active",
  };
  const files = [
    ...recordToFiles(layout.TAGS_FOLDER, { ...run.tags, [RUN_NAME_TAG]: run.runName }),
    { path: layout.META_FILE, text: infoToYaml(info) },
  ];
  // MLflow ignores a run without these folders.
  const empty = [layout.METRICS_FOLDER, layout.PARAMS_FOLDER, layout.ARTIFACTS_FOLDER];
  yield* placeNew(where.incoming, folder, files, empty);
  folders.remember(runId, folder);
  return info;
}

export function* writeRun(
  where: layout.Layout,
  folders: RunFolders,
  runId: string,
  write: RunWrite,
): Steps<void> {
  const place = yield* folders.getActive(runId);
  switch (write.kind) {
    case "logBatch":
      yield* writeParams(place.folder, runId, write.params ?? {});
      yield* appendMetrics(place.folder, write.metrics ?? []);
      yield* setTags(where, place, write.tags ?? {});
      break;
    case "update":
      yield* update(where, place, write);
      break;
    case "deleteTag":
      if (yield* removeFile(join(place.folder, fileOf(layout.TAGS_FOLDER, write.key)))) break;
      throw new MlflowException(
        `No tag with name: ${write.key} in run with id ${runId}`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    case "logInputs":
      yield* logInputs(where, place.folder, runId, write.datasets);
  }
}

export function* writeArtifact(
  where: layout.Layout,
  folders: RunFolders,
  runId: string,
  path: string,
  bytes: Uint8Array,
): Steps<void> {
  const { folder } = yield* folders.getActive(runId);
  const file = { path: `${layout.ARTIFACTS_FOLDER}/${checkArtifactPath(path)}`, text: bytes };
  yield* placeOrReplace(where.incoming, folder, [file]);
}

/** Reads an artifact and a tag. Those that do not exist are undefined. */
export function* readTexts(
  folders: RunFolders,
  runId: string,
  path: string,
  tag: string,
): Steps<{ readonly artifact: string | undefined; readonly tag: string | undefined }> {
  const { folder } = yield* folders.get(runId);
  return {
    artifact: yield* readText(join(folder, layout.ARTIFACTS_FOLDER, checkArtifactPath(path))),
    tag: yield* readText(join(folder, fileOf(layout.TAGS_FOLDER, tag))),
  };
}

/** Changes the run's `meta.yaml`, and the tag that repeats its name. */
function* update(where: layout.Layout, place: RunPlace, change: InfoChange): Steps<void> {
  const tags = change.runName ? { [RUN_NAME_TAG]: change.runName } : {};
  yield* placeOrReplace(where.incoming, place.folder, [
    ...recordToFiles(layout.TAGS_FOLDER, tags),
    { path: layout.META_FILE, text: changeInfo(place.meta, change) },
  ]);
}

export function* setLifecycleStage(
  where: layout.Layout,
  folders: RunFolders,
  runId: string,
  lifecycleStage: "active" | "deleted",
): Steps<void> {
  const place = yield* folders.get(runId);
  const deletedTime = lifecycleStage === "deleted" ? Date.now() : null;
  yield* update(where, place, { lifecycleStage, deletedTime });
}

/** A param cannot change: if two processes write different values, the second write throws. */
function* writeParams(
  folder: string,
  runId: string,
  params: Readonly<Record<string, string>>,
): Steps<void> {
  for (const [key, value] of Object.entries(params)) {
    const file = join(folder, fileOf(layout.PARAMS_FOLDER, key));
    yield* makeFolders(dirname(file));
    if (yield* writeNewFile(file, value.toWellFormed())) continue;
    const current = yield* readText(file);
    if (current === value.toWellFormed()) continue;
    throw invalidParameter(
      `Changing param values is not allowed. Param with key='${key}' was already logged with value='${current}' ` +
        `for run ID='${runId}'. Attempted logging new value '${value}'.`,
    );
  }
}

function* appendMetrics(folder: string, metrics: readonly Metric[]): Steps<void> {
  const lines = new Map<string, string>();
  for (const { key, value, timestampMs, step } of metrics) {
    const line = `${timestampMs} ${toPythonFloat(value)} ${step}\n`;
    lines.set(key, (lines.get(key) ?? "") + line);
  }
  for (const [key, text] of lines) {
    const file = join(folder, fileOf(layout.METRICS_FOLDER, key));
    yield* makeFolders(dirname(file));
    yield* appendFile(file, text);
  }
}

/** Python's `float()` parses infinity as `inf`. */
function toPythonFloat(value: number): string {
  return Number.isFinite(value) ? String(value) : String(value).replace("Infinity", "inf");
}

function* setTags(
  where: layout.Layout,
  place: RunPlace,
  tags: Readonly<Record<string, string>>,
): Steps<void> {
  const { [RUN_NAME_TAG]: runName } = tags;
  if (runName !== undefined) yield* update(where, place, { runName });
  const files = recordToFiles(layout.TAGS_FOLDER, tags);
  if (files.length > 0) yield* placeOrReplace(where.incoming, place.folder, files);
}

function* logInputs(
  where: layout.Layout,
  folder: string,
  runId: string,
  inputs: readonly DatasetInput[],
): Steps<void> {
  for (const { dataset, tags } of inputs) {
    const datasetId = md5(dataset.name, dataset.digest);
    const datasetFolder = join(dirname(folder), layout.DATASETS_FOLDER, datasetId);
    const { name, digest, sourceType, source, schema, profile } = dataset;
    yield* placeYaml(where, datasetFolder, {
      ...{ name, digest, source_type: sourceType, source },
      ...{ schema: schema ?? null, profile: profile ?? null },
    });
    yield* placeYaml(where, join(folder, layout.INPUTS_FOLDER, md5(datasetId, runId)), {
      source_type: "DATASET",
      source_id: datasetId,
      destination_type: "RUN",
      destination_id: datasetId,
      tags,
    });
  }
}

function* placeYaml(
  where: layout.Layout,
  folder: string,
  fields: Parameters<typeof toYaml>[0],
): Steps<void> {
  yield* makeFolders(dirname(folder));
  const file: FileToWrite = { path: layout.META_FILE, text: toYaml(fields) };
  yield* placeNew(where.incoming, folder, [file]);
}

/** MLflow derives the ids of datasets by MD5. This is not a use of cryptography. */
function md5(...parts: readonly string[]): string {
  const hash = createHash("md5");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

function fileOf(folder: string, key: string): string {
  const [file] = recordToFiles(folder, { [key]: "" });
  return file?.path ?? folder;
}
