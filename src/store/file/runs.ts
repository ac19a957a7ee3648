import { type Run, type RunStore, RunTagKey, randomRunName } from "../run-store.js";
import type { Layout } from "./layout.js";
import { readMetricHistory, readRun } from "./read-runs.js";
import { RunFolders } from "./run-folders.js";
import { searchRuns } from "./search-runs.js";
import { perform, performSync, type Steps } from "./steps.js";
import { toException, toVerdict } from "./verdicts.js";
import { createRun, setLifecycleStage, writeArtifact, writeRun } from "./write-runs.js";

/** Runs in a local directory. */
export function createRunStore(layout: Layout): Required<RunStore> {
  const folders = new RunFolders(layout);
  const attempt = <T>(steps: Steps<T>): Promise<T> =>
    perform(steps).catch((cause) => {
      throw toException(layout, cause);
    });
  const creation = (run: Parameters<RunStore["createRun"]>[0]) => createNamed(layout, folders, run);
  const setStage = (runId: string, stage: "active" | "deleted") =>
    attempt(setLifecycleStage(layout, folders, runId, stage));
  return {
    createRun: (run) => attempt(creation(run)),
    createRunSync: (run) => performSync(creation(run)),
    async getRun(runId) {
      const place = await attempt(folders.find(runId));
      return place && readRun(place);
    },
    writeRun: (runId, write) =>
      perform(writeRun(layout, folders, runId, write)).then(
        () => ({ state: "stored" }),
        (cause) => toVerdict(layout, cause),
      ),
    writeRunSync: (runId, write) => performSync(writeRun(layout, folders, runId, write)),
    writeArtifactSync: (runId, path, bytes) =>
      performSync(writeArtifact(layout, folders, runId, path, bytes)),
    deleteRun: (runId) => setStage(runId, "deleted"),
    restoreRun: (runId) => setStage(runId, "active"),
    searchRuns: (query) => searchRuns(layout, query),
    async getMetricHistory(runId, key) {
      const { folder } = await attempt(folders.get(runId));
      return readMetricHistory(folder, key);
    },
  };
}

function* createNamed(
  layout: Layout,
  folders: RunFolders,
  run: Parameters<RunStore["createRun"]>[0],
): Steps<Run> {
  const runName = run.runName ?? run.tags[RunTagKey.RUN_NAME] ?? randomRunName();
  const info = yield* createRun(layout, folders, { ...run, runName });
  const tags = { ...run.tags, [RunTagKey.RUN_NAME]: runName };
  return { info, data: { metrics: {}, params: {}, tags }, inputs: { datasetInputs: [] } };
}
