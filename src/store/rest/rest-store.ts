import type { Settings } from "../../settings/settings.js";
import type { TrackingStore } from "../store.js";
import { createArtifactStore } from "./artifacts.js";
import { createAttachmentStore } from "./attachments.js";
import { createCredentials } from "./auth.js";
import { createBackground } from "./background.js";
import { createCapabilities } from "./capabilities.js";
import { createDatasetStore } from "./datasets.js";
import { createExperimentStore } from "./experiments.js";
import { createHttp, type Http } from "./http.js";
import { withShortening } from "./log-shortened.js";
import { createTraceLogger, type InfoJob, sendInfo } from "./log-traces.js";
import { createLoggedModelStore } from "./logged-models.js";
import { createTraceReader } from "./read-traces.js";
import { createRegistry } from "./registry.js";
import { createRegistryEdits } from "./registry-edits.js";
import { createRetryingHttp, type RetryingHttp } from "./retried.js";
import { createRunStore } from "./runs.js";
import { createScorerStore } from "./scorers.js";
import { createTraceEdits } from "./trace-edits.js";

export interface RestStoreOptions {
  readonly settings: Settings;
  /** `http(s)://…`, with the server's path, if it has one. Credentials in it are used and never shown. */
  readonly uri: string;
  /** Receives the number of traces that stay without source and creator, because the server was busy or the traces were too many. */
  readonly onShed?: (count: number) => void;
  /** Receives the number of traces whose largest values were shortened, because the server does not accept them whole. */
  readonly onShortened?: (count: number) => void;
  /** The longest time for the response to a request of the queue. Default: `requestTimeoutMs` of the settings. */
  readonly queueTimeoutMs?: () => number;
}

/** About two seconds of work for a server with SQLite. */
const MAX_PENDING_INFOS = 100;
const MAX_BACKGROUND_IN_FLIGHT = 3;
/** With many traces a second, requests for their source and creator would be nearly all requests. */
const MAX_INFOS_PER_SECOND = 2;
const BACKGROUND_TIMEOUT_MS = 5_000;

/** The store behind an MLflow tracking server. Opening does no I/O. */
export function createRestStore(options: RestStoreOptions): TrackingStore {
  const { uri, settings, queueTimeoutMs } = options;
  const credentials = createCredentials(uri, settings);
  const http = createHttp({ uri, settings, credentials });
  const retrying = createRetryingHttp(http, settings);
  const queued: Http = queueTimeoutMs
    ? {
        ...http,
        send: (request, receive) =>
          http.send({ ...request, maxTimeoutMs: queueTimeoutMs() }, receive),
      }
    : http;
  const single: RetryingHttp = { uri: http.uri, send: (request) => queued.send(request) };
  const capabilities = createCapabilities(http);
  const { closeArtifacts, ...artifacts } = createArtifactStore(http, settings, credentials);
  // The queue repeats their requests.
  const once = { ...settings, maxRetries: 0 };
  const { closeArtifacts: closeUploads, ...uploads } = createArtifactStore(
    queued,
    once,
    credentials,
  );
  const experiments = createExperimentStore(retrying);
  let logging = 0;

  const background = createBackground<InfoJob>({
    async work(job) {
      const signal = AbortSignal.timeout(BACKGROUND_TIMEOUT_MS);
      const verdict = await sendInfo(http, job, signal);
      return verdict.state === "stored";
    },
    isIdle: () => logging === 0,
    onShed: (count) => options.onShed?.(count),
    maxPending: MAX_PENDING_INFOS,
    maxRunning: MAX_BACKGROUND_IN_FLIGHT,
    maxPerSecond: MAX_INFOS_PER_SECOND,
  });
  const allowedFolders = settings.allowedArtifactRoots.folders;
  const logTraces = withShortening(
    createTraceLogger({ http: queued, capabilities, background, allowedFolders }),
    (count) => options.onShortened?.(count),
  );

  return {
    uri: http.uri,
    workspace: settings.workspace,
    ...experiments,
    ...createAttachmentStore({
      ...{ http, capabilities, artifacts: uploads, allowedFolders },
      getExperiment: experiments.getExperiment,
      maxRetries: settings.maxRetries,
    }),
    ...createTraceReader(retrying, capabilities),
    ...createTraceEdits(retrying),
    ...artifacts,
    ...createLoggedModelStore(retrying, capabilities),
    ...createRegistry(retrying),
    ...createRegistryEdits(retrying),
    ...createRunStore(retrying, queued),
    ...createScorerStore(retrying),
    ...createDatasetStore(retrying),
    async logTraces(experimentId, traces, signal) {
      logging++;
      try {
        return await logTraces(experimentId, traces, signal);
      } finally {
        logging--;
        // A large batch means load: then the optional work waits for a smaller batch, or for a flush.
        if (traces.length < MAX_PENDING_INFOS) background.wake();
      }
    },
    addsCosts: true,
    maxRetries: settings.maxRetries,
    once: { ...createExperimentStore(single), ...createRunStore(single, queued) },
    traceUrl: (experimentId, traceId) =>
      `${http.uri}/#/experiments/${experimentId}/traces?selectedEvaluationId=${traceId}`,
    undrained: () => background.size,
    drain: () => background.drain(),
    async close() {
      background.close();
      await closeArtifacts();
      await closeUploads();
      await http.close();
    },
  };
}
