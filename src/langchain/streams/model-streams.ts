import { guard } from "../../base/log.js";
import { type CallEffects, open, settle } from "../patch/calls.js";
import { parentRunIdOf } from "../patch/managers.js";
import type { Method } from "../patch/wrap.js";
import type { EventStreams } from "./event-streams.js";
import { define, follow, type Generator, isGenerator, watch } from "./streams.js";

/** A stream that `streamEvents` version 3, called on a model itself, opens. LangChain sends no callbacks for it. */
export interface ModelStream {
  readonly model: object;
  readonly messages: unknown;
  /** The part of the options that the model receives. */
  readonly callOptions: unknown;
  /** All options of the call, including the config. */
  readonly options: unknown;
  readonly parentRunId: string | undefined;
}

/** Receives the events of a model's stream. */
export interface StreamListener {
  event(event: unknown): void;
  returned(): void;
  thrown(error: unknown): void;
}

export interface ModelStreamEffects extends CallEffects {
  /** Called at the start of a model's stream, in its scope. */
  readonly recordModelStream: (stream: ModelStream) => StreamListener;
}

/**
 * Wraps `_streamChatModelEvents`, the generator that `streamEvents` version 3 reads. Called from elsewhere, it belongs
 * to a run with callbacks of its own.
 */
export function wrapModelStream(
  effects: ModelStreamEffects,
  eventStreams: EventStreams,
): (original: Method) => Method {
  const record = guard("a model's stream", effects.recordModelStream);
  return (original) =>
    function (this: unknown, ...args: unknown[]) {
      const taken = eventStreams.takeOptions(this);
      const [messages, callOptions] = args;
      const scope = taken && open(effects, this, "streamEvents", [messages, taken.options]);
      if (!scope) return original.apply(this, args);
      const model = this as object;
      const parentRunId = parentRunIdOf(taken.options);
      const stream = { model, messages, callOptions, options: taken.options, parentRunId };
      const { listener, generator } = effects.runInScope(scope, () => ({
        listener: record(stream),
        generator: original.apply(this, args),
      }));
      if (!isGenerator(generator)) settle(effects, scope, { kind: "returned", value: generator });
      else {
        if (listener) listen(generator, listener);
        watch(effects, eventStreams, scope, callOptions, generator);
      }
      return generator;
    };
}

/** Passes each result to the listener before the consumer receives it. */
function listen(generator: Generator, listener: StreamListener): void {
  const advanced = guard("an event of a model", ({ done, value }: IteratorResult<unknown>) =>
    done ? listener.returned() : listener.event(value),
  );
  const failed = guard("an error of a model", (error: unknown) => listener.thrown(error));
  const { next } = generator;
  define(generator, "next", function (this: Generator, ...args) {
    return follow(
      () => next.apply(this, args),
      (result) => {
        advanced(result);
        return result;
      },
      (error) => {
        failed(error);
        throw error;
      },
    );
  });
}
