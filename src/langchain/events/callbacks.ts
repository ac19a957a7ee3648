import { guard } from "../../base/log.js";

/** The arguments that LangChain passes to callback methods, by name. */
interface CallbackArguments {
  /** The `toJSON()` of the object whose run starts. */
  readonly serialized: unknown;
  /** The inputs of a run that starts, the output of a run that ends, its error, or the payload of another event. */
  readonly value: unknown;
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly tags: unknown;
  readonly metadata: unknown;
  readonly runName: unknown;
  /** `"prompt"` or `"parser"`, for chains of that kind. */
  readonly runType: unknown;
  /** The parameters and call options of a model, or the trace policy of a chain. */
  readonly extra: unknown;
  /** Versions of core before 1.1.48 do not pass it. */
  readonly toolCallId: unknown;
  /** The prompt and the completion that a token belongs to. */
  readonly index: unknown;
  /** Holds the chunk that a token came in. */
  readonly fields: unknown;
  /** Holds the `inputs` of a chain that received them as a stream. */
  readonly kwargs: unknown;
}

const RUN_START = ["serialized", "value", "runId", "parentRunId"] as const;
const MODEL_START = [...RUN_START, "extra", "tags", "metadata", "runName"] as const;
const RUN_EVENT = ["value", "runId", "parentRunId", "tags", "kwargs"] as const;

/**
 * The order of the arguments of each callback method, as LangChain passes them. Its declaration of `handleChainStart`
 * has another order.
 */
const ARGUMENTS = {
  handleChainStart: [...RUN_START, "tags", "metadata", "runType", "runName", "extra"],
  handleChainEnd: RUN_EVENT,
  handleChainError: RUN_EVENT,
  handleChatModelStart: MODEL_START,
  handleLLMStart: MODEL_START,
  handleLLMNewToken: ["value", "index", "runId", "parentRunId", "tags", "fields"],
  handleChatModelStreamEvent: RUN_EVENT,
  handleLLMEnd: RUN_EVENT,
  handleLLMError: RUN_EVENT,
  handleToolStart: [...RUN_START, "tags", "metadata", "runName", "toolCallId"],
  handleToolEnd: RUN_EVENT,
  handleToolError: RUN_EVENT,
  handleRetrieverStart: [...RUN_START, "tags", "metadata", "runName"],
  handleRetrieverEnd: RUN_EVENT,
  handleRetrieverError: RUN_EVENT,
  handleText: RUN_EVENT,
  handleAgentAction: RUN_EVENT,
  handleAgentEnd: RUN_EVENT,
} as const satisfies Readonly<Record<string, readonly (keyof CallbackArguments)[]>>;

type CallbackName = keyof typeof ARGUMENTS;

/** The arguments of one callback method, by name. */
export type CallbackEvent<Name extends CallbackName> = Pick<
  CallbackArguments,
  (typeof ARGUMENTS)[Name][number]
>;

/** The arguments that the start events of all kinds of runs have. */
export type StartEvent = CallbackEvent<"handleRetrieverStart">;

/** What a handler does at each event. It ignores events without a listener. */
export type CallbackListeners = {
  readonly [Name in CallbackName]?: (event: CallbackEvent<Name>) => void;
};

/** Wraps each listener so that it never throws. */
export function guardListeners<Listeners extends CallbackListeners>(
  listeners: Listeners,
): Listeners {
  const guarded: CallbackListeners = {};
  for (const [name, listener] of Object.entries(listeners)) {
    Reflect.set(guarded, name, guard("callback", listener as (event: object) => void));
  }
  return guarded as Listeners;
}

interface NotSerialized {
  lc: number;
  type: "not_implemented";
  id: string[];
}

/**
 * A LangChain callback handler, made of listeners. Its methods are synchronous and never throw. It extends no class
 * of LangChain's, so that it works with every copy and version of `@langchain/core`. It has all members of LangChain's
 * `BaseCallbackHandler`, so that TypeScript accepts it as one.
 */
export abstract class CallbackHandler {
  abstract readonly name: string;
  /** LangChain waits for each callback: times are exact, and events arrive in order, in the caller's async context. */
  readonly awaitHandlers = true;
  readonly raiseError = false;
  readonly ignoreLLM = false;
  readonly ignoreChain = false;
  readonly ignoreAgent = false;
  readonly ignoreRetriever = false;
  readonly ignoreCustomEvent = true;
  readonly lc_serializable = false;
  readonly lc_namespace: ["langchain_core", "callbacks", string] = [
    "langchain_core",
    "callbacks",
    "langchain_mlflow",
  ];
  readonly lc_kwargs = {};
  readonly lc_secrets = undefined;
  readonly lc_attributes = undefined;
  readonly lc_aliases = undefined;
  readonly lc_serializable_keys = undefined;
  /** @internal */
  protected readonly receive: (name: CallbackName, args: readonly unknown[]) => void;

  /** @internal */
  constructor(listeners: CallbackListeners) {
    const receive = <Name extends CallbackName>(name: Name, args: readonly unknown[]) =>
      listeners[name]?.(toEvent(name, args));
    this.receive = guard("callback", receive);
    // Bound, so that an app can spread a handler or pass on single methods.
    for (const name of Object.keys(ARGUMENTS)) {
      const method: unknown = Reflect.get(this, name);
      if (typeof method === "function") Reflect.set(this, name, method.bind(this));
    }
  }

  /** Returns this handler: its state is kept by run id. */
  copy(): this {
    return this;
  }

  get lc_id(): string[] {
    return [...this.lc_namespace, this.name];
  }

  /** Returns the form in which LangChain serializes an object that it does not restore. */
  toJSON(): NotSerialized {
    return this.toJSONNotImplemented();
  }

  toJSONNotImplemented(): NotSerialized {
    return { lc: 1, type: "not_implemented", id: this.lc_id };
  }

  handleChainStart(...args: unknown[]): void {
    this.receive("handleChainStart", args);
  }

  handleChainEnd(...args: unknown[]): void {
    this.receive("handleChainEnd", args);
  }

  handleChainError(...args: unknown[]): void {
    this.receive("handleChainError", args);
  }

  handleLLMStart(...args: unknown[]): void {
    this.receive("handleLLMStart", args);
  }

  handleLLMNewToken(...args: unknown[]): void {
    this.receive("handleLLMNewToken", args);
  }

  handleChatModelStreamEvent(...args: unknown[]): void {
    this.receive("handleChatModelStreamEvent", args);
  }

  handleLLMEnd(...args: unknown[]): void {
    this.receive("handleLLMEnd", args);
  }

  handleLLMError(...args: unknown[]): void {
    this.receive("handleLLMError", args);
  }

  handleToolStart(...args: unknown[]): void {
    this.receive("handleToolStart", args);
  }

  handleToolEnd(...args: unknown[]): void {
    this.receive("handleToolEnd", args);
  }

  handleToolError(...args: unknown[]): void {
    this.receive("handleToolError", args);
  }

  handleRetrieverStart(...args: unknown[]): void {
    this.receive("handleRetrieverStart", args);
  }

  handleRetrieverEnd(...args: unknown[]): void {
    this.receive("handleRetrieverEnd", args);
  }

  handleRetrieverError(...args: unknown[]): void {
    this.receive("handleRetrieverError", args);
  }

  handleText(...args: unknown[]): void {
    this.receive("handleText", args);
  }

  handleAgentAction(...args: unknown[]): void {
    this.receive("handleAgentAction", args);
  }

  handleAgentEnd(...args: unknown[]): void {
    this.receive("handleAgentEnd", args);
  }
}

function toEvent<Name extends CallbackName>(
  name: Name,
  args: readonly unknown[],
): CallbackEvent<Name> {
  const order: readonly (keyof CallbackArguments)[] = ARGUMENTS[name];
  const event: Partial<Record<keyof CallbackArguments, unknown>> = {};
  // An index, not an iterator: this runs for each token.
  for (let index = 0; index < order.length; index++) event[order[index]!] = args[index];
  return event as CallbackEvent<Name>;
}
