import { guard } from "../../base/log.js";
import { type CallEffects, open, settle } from "../patch/calls.js";
import { parentRunIdOf } from "../patch/managers.js";
import type { Method } from "../patch/wrap.js";
import type { EventStreams } from "./event-streams.js";
import { define, follow, type Generator, isGenerator, watch } from "./streams.js";

/** Hears of a stream that LangChain tells no handler of. */
export interface StreamListener {
  event(event: unknown): void;
  returned(): void;
  thrown(error: unknown): void;
}

export interface ModelStreamEffects extends CallEffects {
  /** A model's stream begins; called in its scope. */
  readonly tellStream: (stream: {
    readonly model: object;
    readonly messages: unknown;
    readonly callOptions: unknown;
    readonly options: unknown;
    readonly parentRunId: string | undefined;
  }) => StreamListener;
}

/**
 * `_streamChatModelEvents`: what `streamEvents` of version 3, called on a model itself, reads, without
 * a word to any handler. Called from elsewhere it is a part of a run that is told.
 */
export function wrapModelStream(
  effects: ModelStreamEffects,
  eventStreams: EventStreams,
): (original: Method) => Method {
  const tell = guard("a model's stream", effects.tellStream);
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
        listener: tell(stream),
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

/** What comes is told before it is handed on: so at its end all is known. */
function listen(generator: Generator, listener: StreamListener): void {
  const came = guard("an event of a model", ({ done, value }: IteratorResult<unknown>) =>
    done ? listener.returned() : listener.event(value),
  );
  const failed = guard("an error of a model", (error: unknown) => listener.thrown(error));
  const { next } = generator;
  define(generator, "next", function (this: Generator, ...args) {
    return follow(
      () => next.apply(this, args),
      (result) => {
        came(result);
        return result;
      },
      (error) => {
        failed(error);
        throw error;
      },
    );
  });
}
