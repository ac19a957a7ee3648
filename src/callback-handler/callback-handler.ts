import { guard } from "../base/log.js";
import { reportIfIgnored } from "../delivery/report-if-ignored.js";
import {
  CallbackHandler,
  type CallbackListeners,
  type StartEvent,
} from "../langchain/events/callbacks.js";
import type { Live } from "../langchain/events/read.js";
import { modelOrPath } from "../models/folder/write-model.js";
import type { LangChainModel } from "../models/set-model.js";
import { getPipeline } from "../recording/pipeline.js";
import { checkRunId, checkTags } from "../runs/validation.js";
import { checkArgument, type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, flag, loggedTags, text } from "../settings/kinds.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import { type CallStart, recordError } from "./call-events.js";
import {
  recordAgentAction,
  recordAgentEnd,
  recordChainEnd,
  recordChainError,
  recordChainStart,
  recordText,
} from "./chain-events.js";
import {
  countStreamEvent,
  countToken,
  recordModelEnd,
  recordModelError,
  recordModelStart,
} from "./model-events.js";
import {
  recordRetrieverEnd,
  recordRetrieverStart,
  recordToolEnd,
  recordToolStart,
} from "./tool-events.js";
import { Tracker, type TrackerOptions } from "./tracker.js";

/**
 * The options of `new MlflowCallbackHandler()`: the run that it logs to, and where its files go. All are optional. A new run
 * uses `name`, `experiment` and `tags`.
 */
export interface MlflowCallbackHandlerOptions {
  /** The name of a new run. A trailing `-%` becomes `-` and seven random characters. Default: `langchainrun-%`. */
  readonly name?: string;
  /** The name of the experiment, which is created if it does not exist. Default: the active experiment (Python: `langchain`). */
  readonly experiment?: string;
  /** Tags of the run. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The tracking URI of this handler. Default: the current tracking URI. */
  readonly trackingUri?: string;
  /** The id of an existing run to log to. */
  readonly runId?: string;
  /** The directory for the files, in the run's artifacts. Default: the root of the artifacts. */
  readonly artifactsDir?: string;
}

/** The options of {@link MlflowCallbackHandler.flushTracker}. */
export interface FlushTrackerOptions {
  /**
   * Whether to reset the handler, and to end the run if the handler started it. The run ends as FAILED if the last root
   * call failed, and as FINISHED otherwise. Default: false.
   */
  readonly finish?: boolean;
}

/** Flushes the tracker of a handler that is garbage-collected, because the app can no longer flush it. */
const abandoned = new FinalizationRegistry<Tracker>(guard("tracker", (it) => it.abandon()));

/**
 * Logs LangChain calls to an MLflow run. Logs counters, token usage and the readability of answers as metrics, each step
 * as a JSON file, and all steps as tables. Pass the handler as a callback, `{ callbacks: [handler] }`, and call
 * {@link flushTracker} at the end. Mirrors `MlflowCallbackHandler` of langchain_community.
 *
 * The handler logs to the run with the id `runId`. Without `runId`, `experiment` and `trackingUri`, it logs to the run that
 * is active at the first event. In all other cases, or if no run is active, it starts a new run. The handler never throws
 * into a chain, and logs each problem once to stderr.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for unknown or invalid options.
 */
export class MlflowCallbackHandler extends CallbackHandler {
  readonly name = "MlflowCallbackHandler";
  readonly #tracker: Tracker;

  constructor(options: MlflowCallbackHandlerOptions = {}) {
    const tracker = new Tracker(checkOptions(options));
    super(listenersFor(tracker));
    this.#tracker = tracker;
    abandoned.register(this, tracker);
  }

  /**
   * Waits until all recorded data is delivered: metrics, JSON files, `chat_html.html`, and the tables
   * `table_action_records` and `table_session_analysis`, each as HTML and as an MLflow table. Each flush replaces
   * `chat_html.html` and the tables.
   *
   * @param langchainAsset the model to log as `langchain-model`, with the last input as its example. Pass the path of a
   * file that calls `mlflow.models.setModel(model)`, or a model that LangChain can serialize; see `logModel()`.
   * @throws MlflowException INVALID_PARAMETER_VALUE for an asset that cannot be logged, or for invalid options. If the
   * store refuses data, the promise rejects with the error of the store.
   */
  flushTracker(
    langchainAsset?: string | LangChainModel,
    options: FlushTrackerOptions = {},
  ): Promise<void> {
    const work = async () => {
      const caller = "flushTracker()";
      if (langchainAsset !== undefined) {
        checkArgument(caller, "langchainAsset", modelOrPath, langchainAsset);
      }
      return this.#tracker.flush(langchainAsset, readFinish(options));
    };
    const flushed = work();
    getPipeline().keepAlive.until(flushed);
    return reportIfIgnored(flushed, { caller: "flushTracker()" });
  }

  /** The id of the run. Undefined until the run is created. */
  get runId(): string | undefined {
    return this.#tracker.runId;
  }
}

function listenersFor(tracker: Tracker): CallbackListeners {
  return {
    handleLLMStart: (event) => recordModelStart(tracker, callStart(event), event.value),
    handleLLMNewToken: ({ runId, value }) => countToken(tracker, runId, value),
    handleChatModelStreamEvent: ({ runId, value }) =>
      countStreamEvent(tracker, runId, value as Live | undefined),
    handleLLMEnd: ({ runId, value }) => recordModelEnd(tracker, runId, value),
    handleLLMError: ({ runId, value }) => recordModelError(tracker, runId, value),
    handleChainStart: (event) =>
      recordChainStart(tracker, callStart(event), event.value, event.extra),
    handleChainEnd: ({ runId, value, kwargs }) =>
      recordChainEnd(tracker, runId, value, (kwargs as Live | undefined)?.inputs),
    handleChainError: ({ runId, value }) => recordChainError(tracker, runId, value),
    handleText: ({ runId, value }) => recordText(tracker, runId, value),
    handleAgentAction: ({ runId, value }) =>
      recordAgentAction(tracker, runId, value as Live | undefined),
    handleAgentEnd: ({ runId, value }) => recordAgentEnd(tracker, runId, value as Live | undefined),
    handleToolStart: (event) => recordToolStart(tracker, callStart(event), event.value),
    handleToolEnd: ({ runId, value }) => recordToolEnd(tracker, runId, value),
    handleToolError: ({ runId, value }) => recordError(tracker, "tool", runId, value),
    handleRetrieverStart: (event) => recordRetrieverStart(tracker, callStart(event), event.value),
    handleRetrieverEnd: ({ runId, value }) => recordRetrieverEnd(tracker, runId, value),
    handleRetrieverError: ({ runId, value }) => recordError(tracker, "retriever", runId, value),
  };
}

function callStart({ serialized, runId, parentRunId, runName }: StartEvent): CallStart {
  return { serialized, id: runId, parentId: parentRunId, name: runName };
}

const OPTIONS: OptionKinds<MlflowCallbackHandlerOptions> = {
  name: filledText,
  experiment: filledText,
  tags: loggedTags,
  trackingUri: filledText,
  runId: text,
  artifactsDir: text,
};

function checkOptions(options: MlflowCallbackHandlerOptions): TrackerOptions {
  const given = readOptions("MlflowCallbackHandler()", options, OPTIONS);
  const { name = "langchainrun-%", experiment, tags = {}, trackingUri, runId } = given;
  const { artifactsDir = "" } = given;
  if (runId !== undefined) checkRunId(runId);
  if (artifactsDir !== "") checkArtifactPath(artifactsDir);
  // Throws here, and not at the first event, if the URI is invalid.
  if (trackingUri !== undefined) getPipeline().tracking.inStore(trackingUri);
  return { name, experiment, trackingUri, runId, artifactsDir, tags: checkTags(tags) };
}

function readFinish(options: FlushTrackerOptions): boolean {
  const kinds = { finish: flag };
  const { finish = false } = readOptions<FlushTrackerOptions>("flushTracker()", options, kinds);
  return finish;
}
