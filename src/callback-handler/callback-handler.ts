import { inspect } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { guard } from "../base/log.js";
import type { Live } from "../langchain/events/read.js";
import type { LangChainModel } from "../models/set-model.js";
import { getPipeline } from "../recording/pipeline.js";
import { reportRejection } from "../runs/log-to-run.js";
import { checkRunId, checkTags } from "../runs/validation.js";
import { givenOptions } from "../settings/given-options.js";
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
  /** The name of a new run. A trailing `-%` becomes `-` and seven random characters. Default: `langchainrun-%`. */
  readonly name?: string;
  /** The name of the experiment, created if it is missing. Default: the active experiment (in Python: `langchain`). */
  readonly experiment?: string;
  /** Tags of the run. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The tracking URI of this handler. Default: the current tracking URI. */
  readonly trackingUri?: string;
  /** The run to log to. */
  readonly runId?: string;
  /** The directory in the run's artifacts. Default: their root. */
  readonly artifactsDir?: string;
}

export interface FlushTrackerOptions {
  /**
   * Ends a run that the handler started, as FAILED if the last root call failed, and resets the handler. Default: false.
   */
  readonly finish?: boolean;
}

/** Flushes the tracker of a handler that is garbage-collected, because the app can no longer flush it. */
const abandoned = new FinalizationRegistry<Tracker>(guard("tracker", (it) => it.abandon()));

/**
 * Logs LangChain calls to an MLflow run: counters, token usage and the readability of answers as metrics, each step as a
 * JSON file, and tables of all steps. Pass it as a callback, `{ callbacks: [handler] }`, and call {@link flushTracker} at
 * the end. Mirrors `MlflowCallbackHandler` of langchain_community.
 *
 * The run is that of `runId`. Without `runId`, `experiment` and `trackingUri`, it is the run that is active at the first
 * event. Otherwise, or if no run is active, the handler starts a run. The handler never throws into a chain, and logs
 * each problem once to stderr.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for unknown or invalid options.
 */
export class MlflowCallbackHandler {
  readonly name = "MlflowCallbackHandler";
  /** LangChain awaits the handler, so that it receives events in order and in the async context of the call. */
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
   * Waits until all recorded data is delivered: metrics, JSON files, and the tables `table_action_records`,
   * `table_session_analysis` (each as HTML and as an MLflow table) and `chat_html.html`, which replace earlier ones.
   *
   * @param langchainAsset also logs this model as `langchain-model`, with the last input as its example: the path of a
   * file that calls `mlflow.models.setModel(model)`, or a model that LangChain can serialize; see `logModel()`.
   * @throws MlflowException INVALID_PARAMETER_VALUE for an asset that cannot be logged, or invalid options. Errors of
   * the store if it refuses data.
   */
  flushTracker(
    langchainAsset?: string | LangChainModel,
    options: FlushTrackerOptions = {},
  ): Promise<void> {
    const work = async () => this.#tracker.flush(langchainAsset, readFinish(options));
    const flushed = reportRejection("flushTracker()", work());
    getPipeline().keepAlive.until(flushed);
    return flushed;
  }

  /** The id of the run. Undefined until the run is created. */
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

const OPTION_NAMES = [
  "name",
  "experiment",
  "tags",
  "trackingUri",
  "runId",
  "artifactsDir",
] as const;

function checkOptions(options: MlflowCallbackHandlerOptions): TrackerOptions {
  givenOptions("MlflowCallbackHandler()", options, OPTION_NAMES);
  const { name = "langchainrun-%", experiment, tags = {}, trackingUri, runId } = options;
  const { artifactsDir = "" } = options;
  for (const [option, value] of Object.entries({ name, experiment, trackingUri })) {
    if (value === undefined || (typeof value === "string" && value.trim() !== "")) continue;
    throw invalidParameter(`\`${option}\` must be a non-empty string, got ${inspect(value)}.`);
  }
  if (runId !== undefined) checkRunId(runId);
  if (artifactsDir !== "") checkArtifactPath(artifactsDir);
  // Throws at once if the URI is invalid.
  if (trackingUri !== undefined) getPipeline().tracking.inStore(trackingUri);
  return { name, experiment, trackingUri, runId, artifactsDir, tags: checkTags(tags) };
}

function readFinish(options: FlushTrackerOptions): boolean {
  const { finish = false } = givenOptions("flushTracker()", options, ["finish"]);
  if (typeof finish === "boolean") return finish;
  throw invalidParameter(`\`finish\` must be a boolean, got ${inspect(finish)}.`);
}
