import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import type { Assessment } from "../../trace/assessment.js";
import { addAssessment, changeAssessment, findAssessment, restoredBy } from "../assessment-list.js";
import type { TraceDeletion, TraceEditStore } from "../store.js";
import { openExperiment } from "./experiments.js";
import { assessmentFile, type Layout, TAGS_FOLDER, traceFolder, tracesFolder } from "./layout.js";
import { recordToFiles } from "./meta-files.js";
import { findTrace } from "./read-traces.js";
import { makeFolders, perform, removeFile, removeFolder, rename, type Steps } from "./steps.js";
import { assessmentToFile, readAssessments, readRequestTime } from "./trace-files.js";
import { toException } from "./verdicts.js";
import { placeOrReplace } from "./write-atomically.js";

/** Changes of the traces of a local store, in MLflow's FileStore layout. */
export function createTraceEdits(layout: Layout): TraceEditStore {
  const folderOf = async (traceId: string) => {
    const found = await findTrace(layout, traceId);
    if (found) return found.folder;
    throw new MlflowException(
      `Trace with ID '${traceId}' not found in ${layout.root}.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  };
  const attempt = <T>(steps: Steps<T>): Promise<T> =>
    perform(steps).catch((cause) => {
      throw toException(layout, cause);
    });
  const write = (folder: string, assessments: readonly Assessment[]) =>
    attempt(placeOrReplace(layout.incoming, folder, assessments.map(assessmentToFile)));

  return {
    async setTraceTag(traceId, key, value) {
      const files = recordToFiles(TAGS_FOLDER, { [key]: value });
      await attempt(placeOrReplace(layout.incoming, await folderOf(traceId), files));
    },
    async deleteTraceTag(traceId, key) {
      const folder = await folderOf(traceId);
      const [file] = recordToFiles(TAGS_FOLDER, { [key]: "" });
      if (file && (await attempt(removeFile(join(folder, file.path))))) return;
      throw new MlflowException(
        `No tag with name: ${key} in trace with ID ${traceId}.`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    },
    async createAssessment(traceId, assessment) {
      const folder = await folderOf(traceId);
      const changed = addAssessment(await readAssessments(folder), traceId, assessment);
      await write(folder, changed);
      return changed[0];
    },
    async getAssessment(traceId, assessmentId) {
      return findAssessment(await readAssessments(await folderOf(traceId)), traceId, assessmentId);
    },
    async updateAssessment(traceId, assessmentId, change) {
      const folder = await folderOf(traceId);
      const list = await readAssessments(folder);
      const changed = changeAssessment(list, traceId, assessmentId, change);
      await write(folder, [changed]);
      return changed;
    },
    async deleteAssessment(traceId, assessmentId) {
      const folder = await folderOf(traceId);
      const restored = restoredBy(await readAssessments(folder), assessmentId);
      await attempt(removeFile(join(folder, assessmentFile(assessmentId))));
      if (restored) await write(folder, [restored]);
    },
    async deleteTraces(experimentId, which) {
      const experiment = await attempt(openExperiment(layout, experimentId));
      const ids = await idsToDelete(experiment, which);
      let deleted = 0;
      for (const traceId of ids) {
        if (await attempt(removeTrace(layout, traceFolder(experiment, traceId)))) deleted += 1;
      }
      return deleted;
    },
  };
}

async function idsToDelete(experiment: string, which: TraceDeletion): Promise<readonly string[]> {
  if ("traceIds" in which) return which.traceIds;
  const ids = await readdir(tracesFolder(experiment)).catch(() => []);
  const times = await Promise.all(
    ids.map(async (id) => ({ id, time: await readRequestTime(traceFolder(experiment, id)) })),
  );
  return times
    .flatMap(({ id, time }) =>
      time !== undefined && time <= which.maxTimestampMs ? [{ id, time }] : [],
    )
    .sort((one, other) => one.time - other.time)
    .slice(0, which.maxTraces)
    .map(({ id }) => id);
}

/** Moves the folder away first, so that no reader sees a part of it. Returns false if it does not exist. */
function* removeTrace(layout: Layout, folder: string): Steps<boolean> {
  const away = join(layout.incoming, randomUUID());
  yield* makeFolders(layout.incoming);
  try {
    yield* rename(folder, away);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw cause;
  }
  yield* removeFolder(away);
  return true;
}
