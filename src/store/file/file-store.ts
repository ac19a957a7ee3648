import { MlflowException } from "../../base/errors.js";
import { allowedFolderOf, howToAllow } from "../allowed-folders.js";
import type { ArtifactRoot } from "../artifact-store.js";
import { createDiskArtifacts, folderOfRoot } from "../disk-artifacts.js";
import type { TrackingStore } from "../store.js";
import { createDatasetStore } from "./datasets.js";
import { createExperimentEdits } from "./experiment-edits.js";
import * as experiments from "./experiments.js";
import { createLayout, type Layout } from "./layout.js";
import { createLoggedModelStore } from "./logged-models.js";
import {
  findTrace,
  getTrace,
  listTraceIds,
  readAttachment,
  searchTraceInfos,
  traceVersion,
} from "./read-traces.js";
import { createRegistry } from "./registry.js";
import { createRegistryEdits } from "./registry-edits.js";
import { createRunStore } from "./runs.js";
import { createScorerStore } from "./scorers.js";
import { searchExperiments } from "./search-experiments.js";
import { createTraceEdits } from "./trace-edits.js";
import { toException } from "./verdicts.js";
import { sweepIncoming } from "./write-atomically.js";
import { logTraces, logTracesSync } from "./write-traces.js";

export interface FileStoreOptions {
  /** A relative path is resolved against the current working directory at once. The first write creates the folder. */
  readonly directory: string;
  /** Whether a new folder receives a `.gitignore` that excludes all of it. Default: false. */
  readonly isIgnoredByGit?: boolean;
  /** Folders outside `directory` that the store's files may use as artifact locations. */
  readonly allowedFolders?: readonly string[];
}

/**
 * A local directory in MLflow's FileStore layout. `MLFLOW_ALLOW_FILE_STORE=true mlflow server --backend-store-uri <directory>`
 * shows it in MLflow's UI, and `mlflow migrate-filestore` copies it to a database.
 * Any number of processes may write to it at once. Creating the store does no I/O.
 */
export function createFileStore({
  directory,
  isIgnoredByGit = false,
  allowedFolders = [],
}: FileStoreOptions): TrackingStore {
  const layout = createLayout(directory, isIgnoredByGit);
  const runs = createRunStore(layout);
  let swept: Promise<void> | undefined;
  return {
    uri: layout.uri,
    addsCosts: false,
    maxRetries: 0,
    traceUrl: () => undefined,
    ...createDiskArtifacts((root) => folderInStore(layout, root, allowedFolders)),
    ...createLoggedModelStore(layout),
    ...createRegistry(layout, runs),
    ...createRegistryEdits(layout),
    ...createTraceEdits(layout),
    ...createDatasetStore(layout),
    logTraces(experimentId, traces, signal) {
      swept ??= sweepIncoming(layout.incoming);
      return logTraces(layout, experimentId, traces, signal);
    },
    takesAttachments: async () => true,
    ...runs,
    logTracesSync: (experimentId, traces) => logTracesSync(layout, experimentId, traces),
    readAttachment: (traceId, attachmentId) => readAttachment(layout, traceId, attachmentId),
    getTrace: (traceId) => getTrace(layout, traceId),
    getTraceInfo: async (traceId) => (await findTrace(layout, traceId))?.info,
    searchTraceInfos: (query) => searchTraceInfos(layout, query),
    listTraceIds: (experimentId) => listTraceIds(layout, experimentId),
    traceVersion: (experimentId, traceId) => traceVersion(layout, experimentId, traceId),
    getExperiment: (experimentId) => experiments.getExperiment(layout, experimentId),
    getExperimentByName: (name) => experiments.getExperimentByName(layout, name),
    ...createExperimentEdits(layout, runs),
    ...createScorerStore(layout),
    async createExperiment(name, options) {
      try {
        return await experiments.createExperiment(layout, name, options);
      } catch (cause) {
        throw toException(layout, cause);
      }
    },
    ensureExperimentSync: (name) => experiments.ensureExperimentSync(layout, name),
    searchExperiments: (query) => searchExperiments(layout, query),
    close: async () => swept,
  };
}

/** The store's files name the folder. They may come from someone else, so the folder must be inside the store or allowed. */
async function folderInStore(
  layout: Layout,
  root: ArtifactRoot,
  allowedFolders: readonly string[],
): Promise<string> {
  const uri = folderOfRoot(root);
  const folder = await allowedFolderOf({ uri }, [layout.root, ...allowedFolders]);
  if (folder !== undefined) return folder;
  throw new MlflowException(
    `The local store ${layout.root} names the artifact location ${uri}, which is outside the store. Files there are not read or written. To use this location, ${howToAllow({ uri })}.`,
    "PERMISSION_DENIED",
  );
}
