import { isRuntimeSupported } from "../autolog/runtime.js";
import { getState } from "../autolog/state.js";
import { createHandler, HANDLER_BRAND } from "../langchain/events/handler.js";
import { getPipeline } from "../recording/pipeline.js";
import {
  type MlflowLangchainTracerOptions,
  readTracerOptions,
} from "../settings/tracer-options.js";
import { watchForAbandonment } from "./abandonment.js";
import { adviseAtEnd, adviseAtStart } from "./advice.js";
import { createMarks } from "./marks.js";

type Handler = ReturnType<typeof createHandler>;
type Event = {
  [Name in keyof Handler]: Name extends `handle${string}` ? Name : never;
}[keyof Handler];

/**
 * A LangChain callback handler that makes a trace of each call it is given to, and of no other:
 * `chain.invoke(x, { callbacks: [tracer] })`, or `chain.withConfig({ callbacks: [tracer] })`. It needs
 * no `autolog()` and patches nothing; where `autolog()` is on, its tags and metadata are added and
 * nothing is recorded twice. One instance may serve any number of calls at once. Given to a
 * constructor it hears of that component alone. Mirrors `mlflow.langchain.langchain_tracer.MlflowLangchainTracer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, or a tracking URI
 * that is not supported. Its methods never throw.
 */
export class MlflowLangchainTracer {
  readonly name = "MlflowLangchainTracer";
  readonly [HANDLER_BRAND] = true;
  /** LangChain tells it of things as they happen, and not later from a queue. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly lc_serializable = false;
  /** Undefined on a runtime where tracing is off. */
  readonly #handler: Handler | undefined;

  constructor(options: MlflowLangchainTracerOptions = {}) {
    const given = readTracerOptions(options);
    if (!isRuntimeSupported()) return;
    const { recorderEffects } = getState();
    // A wrong tracking URI in the environment is the developer's to know at once.
    getPipeline().tracking.current();
    const mark = createMarks(given);
    this.#handler = createHandler({
      ...recorderEffects,
      onStart: (span, event) => {
        mark(span);
        watchForAbandonment(span, event);
        adviseAtStart(span, event);
      },
      onEnd: adviseAtEnd,
    });
  }

  /** The same: what it keeps, it keeps by the ids of runs. */
  copy(): this {
    return this;
  }

  #hear(name: Event, event: unknown[]): void {
    const handle = this.#handler?.[name] as ((...event: unknown[]) => void) | undefined;
    handle?.(...event);
  }

  handleChainStart(...event: unknown[]): void {
    this.#hear("handleChainStart", event);
  }

  handleChainEnd(...event: unknown[]): void {
    this.#hear("handleChainEnd", event);
  }

  handleChainError(...event: unknown[]): void {
    this.#hear("handleChainError", event);
  }

  handleChatModelStart(...event: unknown[]): void {
    this.#hear("handleChatModelStart", event);
  }

  handleLLMStart(...event: unknown[]): void {
    this.#hear("handleLLMStart", event);
  }

  handleLLMNewToken(...event: unknown[]): void {
    this.#hear("handleLLMNewToken", event);
  }

  handleChatModelStreamEvent(...event: unknown[]): void {
    this.#hear("handleChatModelStreamEvent", event);
  }

  handleLLMEnd(...event: unknown[]): void {
    this.#hear("handleLLMEnd", event);
  }

  handleLLMError(...event: unknown[]): void {
    this.#hear("handleLLMError", event);
  }

  handleToolStart(...event: unknown[]): void {
    this.#hear("handleToolStart", event);
  }

  handleToolEnd(...event: unknown[]): void {
    this.#hear("handleToolEnd", event);
  }

  handleToolError(...event: unknown[]): void {
    this.#hear("handleToolError", event);
  }

  handleRetrieverStart(...event: unknown[]): void {
    this.#hear("handleRetrieverStart", event);
  }

  handleRetrieverEnd(...event: unknown[]): void {
    this.#hear("handleRetrieverEnd", event);
  }

  handleRetrieverError(...event: unknown[]): void {
    this.#hear("handleRetrieverError", event);
  }

  handleText(...event: unknown[]): void {
    this.#hear("handleText", event);
  }

  handleAgentAction(...event: unknown[]): void {
    this.#hear("handleAgentAction", event);
  }

  handleAgentEnd(...event: unknown[]): void {
    this.#hear("handleAgentEnd", event);
  }
}
