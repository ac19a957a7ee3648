import { createDiskArtifacts, folderOfRoot } from "../disk-artifacts.js";
import type { TrackingStore } from "../store.js";
import * as experiments from "./experiments.js";
import { createLayout } from "./layout.js";
import { createLoggedModelStore } from "./logged-models.js";
import { getTrace, searchTraceInfos } from "./read-traces.js";
import { createRegistry } from "./registry.js";
import { createRunStore } from "./runs.js";
import { toException } from "./verdicts.js";
import { sweepIncoming } from "./write-atomically.js";
import { logTraces, logTracesSync } from "./write-traces.js";

export interface FileStoreOptions {
  /** Relative to the working directory of this moment. Made on the first write. */
  readonly directory: string;
}

/**
 * A local directory in MLflow's FileStore layout: `MLFLOW_ALLOW_FILE_STORE=true mlflow server
 * --backend-store-uri <directory>` shows it, `mlflow migrate-filestore` moves it into a database.
 * Any number of processes may write to it at once. Opening does no I/O.
 */
export function createFileStore({ directory }: FileStoreOptions): TrackingStore {
  const layout = createLayout(directory);
  const runs = createRunStore(layout);
  let swept: Promise<void> | undefined;
  return {
    uri: layout.uri,
    traceUrl: () => undefined,
    ...createDiskArtifacts(folderOfRoot),
    ...createLoggedModelStore(layout),
    ...createRegistry(layout, runs),
    logTraces(experimentId, traces, signal) {
      swept ??= sweepIncoming(layout.incoming);
      return logTraces(layout, experimentId, traces, signal);
    },
    ...runs,
    logTracesSync: (experimentId, traces) => logTracesSync(layout, experimentId, traces),
    getTrace: (traceId) => getTrace(layout, traceId),
    searchTraceInfos: (query) => searchTraceInfos(layout, query),
    getExperiment: (experimentId) => experiments.getExperiment(layout, experimentId),
    getExperimentByName: (name) => experiments.getExperimentByName(layout, name),
    async createExperiment(name) {
      try {
        return await experiments.createExperiment(layout, name);
      } catch (cause) {
        throw toException(layout, cause);
      }
    },
    ensureExperimentSync: (name) => experiments.ensureExperimentSync(layout, name),
    searchExperiments: async () => ({ items: await experiments.listExperiments(layout) }),
    close: async () => swept,
  };
}
