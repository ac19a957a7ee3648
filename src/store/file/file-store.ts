import { MlflowException } from "../../base/errors.js";
import { allowedFolderOf, howToAllow } from "../allowed-folders.js";
import type { ArtifactRoot } from "../artifact-store.js";
import { createDiskArtifacts, folderOfRoot } from "../disk-artifacts.js";
import type { TrackingStore } from "../store.js";
import * as experiments from "./experiments.js";
import { createLayout, type Layout } from "./layout.js";
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
  /** Folders outside `directory` that the files of the store may name as places of artifacts. */
  readonly allowedFolders?: readonly string[];
}

/**
 * A local directory in MLflow's FileStore layout: `MLFLOW_ALLOW_FILE_STORE=true mlflow server
 * --backend-store-uri <directory>` shows it, `mlflow migrate-filestore` moves it into a database.
 * Any number of processes may write to it at once. Opening does no I/O.
 */
export function createFileStore({
  directory,
  allowedFolders = [],
}: FileStoreOptions): TrackingStore {
  const layout = createLayout(directory);
  const runs = createRunStore(layout);
  let swept: Promise<void> | undefined;
  return {
    uri: layout.uri,
    traceUrl: () => undefined,
    ...createDiskArtifacts((root) => folderInStore(layout, root, allowedFolders)),
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

/** The folder of a root. Its name comes from a file of the store, which may have been made by someone else. */
async function folderInStore(
  layout: Layout,
  root: ArtifactRoot,
  allowedFolders: readonly string[],
): Promise<string> {
  const named = folderOfRoot(root);
  const folder = await allowedFolderOf({ uri: named }, [layout.root, ...allowedFolders]);
  if (folder !== undefined) return folder;
  throw new MlflowException(
    `The local store in ${layout.root} names ${named} as the place of artifacts. That is outside the store, so nothing is read or written there. If it is the right place, ${howToAllow({ uri: named })}.`,
    "PERMISSION_DENIED",
  );
}
