import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { guard } from "../base/log.js";
import {
  CallbackHandler,
  type CallbackListeners,
  type StartEvent,
} from "../langchain/events/callbacks.js";
import type { Live } from "../langchain/events/read.js";
import type { LangChainModel } from "../models/set-model.js";
import { getPipeline } from "../recording/pipeline.js";
import { reported } from "../runs/logged.js";
import { checkRunId, checkTag } from "../runs/validation.js";
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

export interface MlflowCallbackHandlerOptions {
  /** Of the run it makes; `-%` at the end becomes `-` and seven random characters. Default: `langchainrun-%`. */
  readonly name?: string;
  /** By name, made where it is missing. Default: the active experiment (in Python: `langchain`). */
  readonly experiment?: string;
  /** Of the run. */
  readonly tags?: Readonly<Record<string, string>>;
  /** For this handler alone. Default: the tracking URI in force. */
  readonly trackingUri?: string;
  /** Logs to this run. */
  readonly runId?: string;
  /** Below the run's artifacts. Default: right there. */
  readonly artifactsDir?: string;
}

export interface FlushTrackerOptions {
  /** Ends the handler's own run, `FAILED` if its last root call failed, and begins anew. Default: false. */
  readonly finish?: boolean;
}

/** A handler that nobody has any more cannot be flushed: its tracker is. */
const abandoned = new FinalizationRegistry<Tracker>(guard("tracker", (it) => it.abandon()));

/**
 * Logs what LangChain does to an MLflow run: counters and token usage as metrics, how hard the answers are to read,
 * each step as a JSON file, and tables of all of it. Pass it as a callback, `{ callbacks: [handler] }`, and call
 * {@link flushTracker} in the end. Mirrors `MlflowCallbackHandler` of langchain_community.
 *
 * The run is the one of `runId`; else, where neither `experiment` nor `trackingUri` is given, the one that is active at
 * the first event; else one that is made then. It never throws into a chain, and tells a problem once on stderr.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for options that are wrong.
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
   * Waits until all that was seen is delivered: metrics, JSON files, and the tables `table_action_records`,
   * `table_session_analysis` (each as HTML and as an MLflow table) and `chat_html.html`, in the place of earlier ones.
   *
   * @param langchainAsset is logged too, as the model `langchain-model` with the last input seen as its example: a
   * file that calls `mlflow.models.setModel(model)`, or an object that can be data; see `logModel()`.
   * @throws MlflowException what the store says when it does not take something; INVALID_PARAMETER_VALUE for an asset
   * that cannot be logged.
   */
  flushTracker(
    langchainAsset?: string | LangChainModel,
    { finish = false }: FlushTrackerOptions = {},
  ): Promise<void> {
    const flushed = reported("flushTracker()", this.#tracker.flush(langchainAsset, finish));
    getPipeline().keepAlive.until(flushed);
    return flushed;
  }

  /** Of the run it logs to; undefined as long as that is not made. */
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

function checkOptions(options: MlflowCallbackHandlerOptions): TrackerOptions {
  const { name = "langchainrun-%", experiment, tags = {}, trackingUri, runId } = options;
  const { artifactsDir = "" } = options;
  for (const [option, value] of Object.entries({ name, experiment, trackingUri })) {
    if (value === undefined || (typeof value === "string" && value.trim() !== "")) continue;
    throw invalidParameter(`\`${option}\` must be a non-empty string, got ${inspect(value)}.`);
  }
  if (runId !== undefined) checkRunId(runId);
  if (artifactsDir !== "") checkArtifactPath(artifactsDir);
  // A wrong one is the developer's to know at once.
  if (trackingUri !== undefined) getPipeline().tracking.inStore(trackingUri);
  const checkedTags = Object.entries(tags).map(([key, value]) => checkTag(key, value));
  return {
    ...{ name, experiment, trackingUri, runId, artifactsDir },
    tags: Object.fromEntries(checkedTags),
  };
}
