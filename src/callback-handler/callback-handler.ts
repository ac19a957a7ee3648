import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { guard } from "../base/log.js";
import type { Live } from "../langchain/events/read.js";
import type { LangChainModel } from "../models/set-model.js";
import { getPipeline } from "../recording/pipeline.js";
import { reportRejection } from "../runs/log-to-run.js";
import { checkRunId, checkTag } from "../runs/validation.js";
import { checkArtifactPath } from "../store/artifact-path.js";
import { recordError } from "./call-events.js";
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
export class MlflowCallbackHandler {
  readonly name = "MlflowCallbackHandler";
  /** LangChain waits for it: it sees events in their order, in the async context of the call. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly lc_serializable = false;
  readonly #tracker: Tracker;

  constructor(options: MlflowCallbackHandlerOptions = {}) {
    this.#tracker = new Tracker(checkOptions(options));
    abandoned.register(this, this.#tracker);
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
    const flushed = reportRejection("flushTracker()", this.#tracker.flush(langchainAsset, finish));
    getPipeline().keepAlive.until(flushed);
    return flushed;
  }

  /** Of the run it logs to; undefined as long as that is not made. */
  get runId(): string | undefined {
    return this.#tracker.runId;
  }

  copy(): this {
    return this;
  }

  readonly handleLLMStart = guard(
    "handleLLMStart",
    (
      serialized: unknown,
      prompts: unknown,
      id: string,
      parentId?: string,
      _extra?: unknown,
      _tags?: unknown,
      _metadata?: unknown,
      name?: unknown,
    ) => recordModelStart(this.#tracker, { serialized, id, parentId, name }, prompts),
  );
  readonly handleLLMNewToken = guard(
    "handleLLMNewToken",
    (token: unknown, _index: unknown, id: string) => countToken(this.#tracker, id, token),
  );
  readonly handleChatModelStreamEvent = guard(
    "handleChatModelStreamEvent",
    (event: unknown, id: string) => countStreamEvent(this.#tracker, id, event as Live),
  );
  readonly handleLLMEnd = guard("handleLLMEnd", (result: unknown, id: string) =>
    recordModelEnd(this.#tracker, id, result),
  );
  readonly handleLLMError = guard("handleLLMError", (error: unknown, id: string) =>
    recordModelError(this.#tracker, id, error),
  );

  readonly handleChainStart = guard(
    "handleChainStart",
    (
      serialized: unknown,
      inputs: unknown,
      id: string,
      parentId?: string,
      _tags?: unknown,
      _metadata?: unknown,
      _type?: unknown,
      name?: unknown,
      extra?: unknown,
    ) => recordChainStart(this.#tracker, { serialized, id, parentId, name }, inputs, extra),
  );
  readonly handleChainEnd = guard(
    "handleChainEnd",
    (outputs: unknown, id: string, _parentId?: string, _tags?: unknown, kwargs?: unknown) =>
      recordChainEnd(this.#tracker, id, outputs, (kwargs as Live | undefined)?.inputs),
  );
  readonly handleChainError = guard("handleChainError", (error: unknown, id: string) =>
    recordChainError(this.#tracker, id, error),
  );
  readonly handleText = guard("handleText", (text: unknown, id: string) =>
    recordText(this.#tracker, id, text),
  );
  readonly handleAgentAction = guard("handleAgentAction", (action: unknown, id: string) =>
    recordAgentAction(this.#tracker, id, action as Live),
  );
  readonly handleAgentEnd = guard("handleAgentEnd", (finish: unknown, id: string) =>
    recordAgentEnd(this.#tracker, id, finish as Live),
  );

  readonly handleToolStart = guard(
    "handleToolStart",
    (
      serialized: unknown,
      input: unknown,
      id: string,
      parentId?: string,
      _tags?: unknown,
      _metadata?: unknown,
      name?: unknown,
    ) => recordToolStart(this.#tracker, { serialized, id, parentId, name }, input),
  );
  readonly handleToolEnd = guard("handleToolEnd", (output: unknown, id: string) =>
    recordToolEnd(this.#tracker, id, output),
  );
  readonly handleToolError = guard("handleToolError", (error: unknown, id: string) =>
    recordError(this.#tracker, "tool", id, error),
  );

  readonly handleRetrieverStart = guard(
    "handleRetrieverStart",
    (
      serialized: unknown,
      query: unknown,
      id: string,
      parentId?: string,
      _tags?: unknown,
      _metadata?: unknown,
      name?: unknown,
    ) => recordRetrieverStart(this.#tracker, { serialized, id, parentId, name }, query),
  );
  readonly handleRetrieverEnd = guard("handleRetrieverEnd", (documents: unknown, id: string) =>
    recordRetrieverEnd(this.#tracker, id, documents),
  );
  readonly handleRetrieverError = guard("handleRetrieverError", (error: unknown, id: string) =>
    recordError(this.#tracker, "retriever", id, error),
  );
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
