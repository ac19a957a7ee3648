import { isDeepStrictEqual } from "node:util";
import { MlflowException } from "../../base/errors.js";
import { type NewRun, type Run, type RunStore, RunTagKey } from "../../store/run-store.js";
import type { TrackingStore } from "../../store/store.js";
import { Destination, type RunOrigin, RunTarget, type RunToSpool } from "../destination.js";
import type { ExperimentChoice } from "../experiment.js";
import { knownRun } from "../known-runs.js";
import { type JsonFields, objectOf, textField } from "./spool-file.js";

/** A tag of runs that another process than their own has created. MLflow's UI does not show tags of this prefix. */
const KEY_TAG = "mlflow.langchain.spooledRun";
/** More runs do not start in the same millisecond. */
const MAX_SIMULTANEOUS = 100;

/** Reads an experiment. Undefined for other data. */
export function experimentOf(json: JsonFields | undefined): ExperimentChoice | undefined {
  if (!json) return undefined;
  const [name, experimentId] = [textField(json, "name"), textField(json, "experimentId")];
  const requiredId = textField(json, "requiredId");
  if (experimentId !== undefined) return { by: "id", experimentId };
  if (name === undefined) return undefined;
  return { by: "name", name, ...(requiredId !== undefined && { requiredId }) };
}

/** Reads a run that `RunTarget.toSpool()` has described. Undefined for other data. */
export function runToSpoolOf(json: JsonFields | undefined): RunToSpool | undefined {
  if (!json) return undefined;
  const [runId, key] = [textField(json, "runId"), textField(json, "key")];
  if (runId !== undefined) return { runId };
  const run = objectOf(json.run);
  if (key === undefined || !run) return undefined;
  return {
    key,
    run: newRunOf(run),
    experiment: experimentOf(objectOf(json.experiment)),
    parent: runToSpoolOf(objectOf(json.parent)),
  };
}

function newRunOf(json: JsonFields): Omit<NewRun, "experimentId"> {
  const runName = textField(json, "runName");
  return {
    userId: textField(json, "userId") ?? "unknown",
    startTimeMs: Number(json.startTimeMs),
    tags: textsOf(json.tags),
    ...(runName !== undefined && { runName }),
  };
}

/** Reads texts by name. Empty for other data. */
export function textsOf(value: unknown): Record<string, string> {
  const entries = Object.entries(objectOf(value) ?? {});
  return Object.fromEntries(entries.map(([key, text]) => [key, String(text)]));
}

/** Locks the creation of a run. Returns a function that unlocks, or undefined if another process creates the run. */
export type LockRun = (key: string) => (() => void) | undefined;

/** More runs are remembered than the files that are sent at a time have. */
const MAX_TARGETS = 1000;

/** One object for each run, since it is the key of the queue's lane, and a second one reads the run from the server again. */
const targets = new WeakMap<TrackingStore, Map<string, RunTarget>>();

/** The run in the store. If its own process has not created it, it is created when it is first needed. */
export function targetOfSpooled(
  spooled: RunToSpool,
  store: TrackingStore,
  lockRun: LockRun,
): RunTarget {
  const ofStore = targets.get(store) ?? new Map<string, RunTarget>();
  targets.set(store, ofStore);
  const isCreated = "runId" in spooled;
  const key = isCreated ? spooled.runId : spooled.key;
  const experiment = isCreated ? undefined : spooled.experiment;
  const known = isCreated ? knownRun(store.uri, key) : undefined;
  // That of the app, so that what is logged later goes behind what is on disk.
  if (known?.store === store) return known;
  const target =
    ofStore.get(key) ??
    new RunTarget(
      new Destination(store, experiment),
      isCreated ? spooled : originOf(spooled, store, lockRun),
    );
  ofStore.set(key, target);
  if (ofStore.size > MAX_TARGETS) ofStore.delete(ofStore.keys().next().value!);
  return target;
}

type NewRunToSpool = Exclude<RunToSpool, { runId: string }>;

function originOf(spooled: NewRunToSpool, store: TrackingStore, lockRun: LockRun): RunOrigin {
  const { key, run, parent } = spooled;
  return {
    key,
    parent: parent && targetOfSpooled(parent, store, lockRun),
    create: (parentRunId) => ({
      ...run,
      tags: {
        ...run.tags,
        ...(parentRunId !== undefined && { [RunTagKey.PARENT_RUN_ID]: parentRunId }),
        [KEY_TAG]: key,
      },
    }),
    find: (source, experimentId) => findRun(spooled, source, experimentId),
    lock: () => {
      const unlock = lockRun(key);
      if (unlock) return unlock;
      throw new MlflowException(
        "Another process creates the run of this data: retry.",
        "TEMPORARILY_UNAVAILABLE",
      );
    },
  };
}

/**
 * MLflow chooses the ids of runs. The process that started the run may have created it without receiving the id: then it is
 * found by what it contains.
 */
async function findRun(
  { key, run }: NewRunToSpool,
  store: Pick<RunStore, "searchRuns" | "writeRun">,
  experimentId: string,
): Promise<Run | undefined> {
  const search = async (filter: string, maxResults: number) => {
    const query = {
      experimentIds: [experimentId],
      runViewType: "ALL",
      filter,
      maxResults,
    } as const;
    return (await store.searchRuns(query)).items;
  };
  const [known] = await search(`tags.\`${KEY_TAG}\` = '${key}'`, 1);
  if (known) return known;
  const started = await search(`attributes.start_time = ${run.startTimeMs}`, MAX_SIMULTANEOUS);
  const found = started.find((other) => isCreatedFrom(other, run));
  // Otherwise it would also be found for an equal run.
  if (found) await store.writeRun(found.info.runId, { kind: "logBatch", tags: { [KEY_TAG]: key } });
  return found;
}

function isCreatedFrom({ info, data }: Run, { runName, tags }: NewRunToSpool["run"]): boolean {
  if (KEY_TAG in data.tags || (runName !== undefined && info.runName !== runName)) return false;
  const same = Object.keys(tags).map((name) => [name, data.tags[name]]);
  return isDeepStrictEqual(Object.fromEntries(same), { ...tags });
}
