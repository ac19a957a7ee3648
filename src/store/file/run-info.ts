import { basename } from "node:path";
import type { Plain } from "../../data/plain.js";
import type { RunInfo, RunStatus } from "../run-store.js";
import { toYaml } from "./meta-yaml.js";

/** MLflow's numbers for them. */
const STATUS_NUMBERS: Readonly<Record<RunStatus, number>> = {
  RUNNING: 1,
  SCHEDULED: 2,
  FINISHED: 3,
  FAILED: 4,
  KILLED: 5,
};

/** The text of a run's `meta.yaml`, with the fields that older readers want. */
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

/** Undefined for what is not a run's `meta.yaml`. */
export function infoOfYaml(
  yaml: Readonly<Record<string, unknown>>,
  folder: string,
): RunInfo | undefined {
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

/** Fields of a `meta.yaml`, as they are changed. */
export interface InfoChange {
  readonly status?: RunStatus;
  readonly endTimeMs?: number;
  readonly runName?: string;
  readonly lifecycleStage?: "active" | "deleted";
  readonly deletedTime?: number | null;
}

/**
 * The text with some of its fields changed and the rest as it is. Lines are replaced rather than
 * YAML parsed and written again: it has to be done at once in the last moment of a process, too.
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
    // Python folds long values: what belongs to a field is indented.
    const field = new RegExp(`^${key}:.*\\n(?:[ \\t]+.*\\n)*`, "m");
    const line = toYaml({ [key]: value });
    changed = field.test(changed) ? changed.replace(field, () => line) : changed + line;
  }
  return changed;
}

export function isDeletedText(text: string): boolean {
  return /^lifecycle_stage: *['"]?deleted/m.test(text);
}
