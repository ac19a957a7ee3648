import { callHeld } from "../evaluation/hold-traces.js";
import { callModel, streamModel } from "../models/pyfunc/requests.js";
import { answerJson } from "../serving/answer-json.js";
import { abortError } from "../serving/exchange.js";
import { yieldUntilAborted } from "../serving/yield-until-aborted.js";
import { readPredictionSettings } from "../settings/settings.js";
import { traceToJson } from "../store/wire/trace-json.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { flushTraces } from "../tracing/traces.js";
import { tracingContext } from "../tracing/tracing-context.js";
import type { Send } from "./channel.js";
import { errorToJson } from "./error-json.js";
import type { ServedModel } from "./load-served-model.js";

type Params = Readonly<Record<string, unknown>>;

/** A request of Python. */
export type Request =
  | { readonly id: number; readonly method: "ping" }
  /** The caller of this request has left. */
  | { readonly id: number; readonly method: "cancel"; readonly request: number }
  | ModelRequest;

interface ModelRequest {
  readonly id: number;
  readonly method: "predict" | "predictStream";
  /** A list of inputs, or one input. */
  readonly input: unknown;
  readonly params: Params;
  /** Whether Python records a trace, which receives the spans of this call. */
  readonly trace: boolean;
}

export interface RequestsOptions {
  readonly model: ServedModel;
  readonly send: Send;
  /** Whether calls are traced that Python does not trace, because the model's code has called `autolog()`. */
  readonly tracesAll: boolean;
}

/** How long the end of the process waits for traces that the model's code sends to a store. */
const FLUSH_MS = 5_000;

/** Python's span has its own fields of these traces. Only these are added to it. */
const JOINED_METADATA: readonly string[] = [TraceMetadataKey.SESSION, TraceMetadataKey.USER];

/** Answers requests, which run at the same time. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #running = new Map<number, AbortController>();

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Never rejects. */
  async receive(request: Request): Promise<void> {
    const { send } = this.#options;
    const { id } = request;
    if (request.method === "ping") return send({ id, ready: true });
    if (request.method === "cancel") {
      return this.#running.get(request.request)?.abort(abortError("The caller has left."));
    }
    const controller = new AbortController();
    this.#running.set(id, controller);
    void send({ id, started: true });
    await this.#answer(request, controller.signal);
    this.#running.delete(id);
  }

  /** Aborts the requests, since no caller waits for them. */
  async end(): Promise<void> {
    for (const controller of this.#running.values()) {
      controller.abort(abortError("Python has ended."));
    }
    await flushTraces({ timeoutMs: FLUSH_MS });
  }

  async #answer(request: ModelRequest, signal: AbortSignal): Promise<void> {
    const { send } = this.#options;
    const { id } = request;
    const { outcome, traces } = await this.#traced(request, () => this.#call(request, signal));
    const joined = traces.length > 0 ? { traces } : {};
    if (outcome.kind === "threw") {
      return send({ id, error: errorToJson(outcome.error), ...joined });
    }
    const { result } = outcome.value;
    return result === undefined
      ? send({ id, done: true, ...joined })
      : send({ id, ...joined }, { result });
  }

  /** Returns the JSON of the result. A stream has sent its chunks, and has no result. */
  async #call(
    { id, method, input, params }: ModelRequest,
    signal: AbortSignal,
  ): Promise<{ readonly result?: string }> {
    const { send, model } = this.#options;
    const call = {
      model: model.model,
      params: { ...model.acceptedParams(params), signal },
      convertsMessages: readPredictionSettings().convertsMessages,
    };
    if (method === "predict") {
      const isList = Array.isArray(input);
      const answers = await callModel(isList ? input : [input], call);
      return { result: answerJson(isList ? answers : answers[0]) };
    }
    for await (const chunk of yieldUntilAborted(streamModel(input, call), signal)) {
      await send({ id }, { chunk: answerJson(chunk) });
    }
    return {};
  }

  /** Runs a call, and returns its traces if Python records one. */
  async #traced<T>(request: ModelRequest, call: () => Promise<T>) {
    if (!request.trace) {
      const run = () => settled(call);
      const outcome = await (this.#options.tracesAll
        ? run()
        : tracingContext({ enabled: false }, run));
      return { outcome, traces: [] };
    }
    const { outcome, traces } = await callHeld(call, {
      ...{ tags: {}, metadata: {}, sendsAtEnd: false, onLost: () => {} },
      signal: new AbortController().signal,
    });
    const texts = traces.map((trace) => {
      const { info, data } = trace.read();
      trace.discard();
      const kept = Object.entries(info.traceMetadata).filter(([key]) =>
        JOINED_METADATA.includes(key),
      );
      return traceToJson({
        info: { ...info, tags: {}, traceMetadata: Object.fromEntries(kept) },
        data,
      });
    });
    return { outcome, traces: texts };
  }
}

async function settled<T>(call: () => Promise<T>) {
  try {
    return { kind: "returned", value: await call() } as const;
  } catch (error) {
    return { kind: "threw", error } as const;
  }
}
