import { setTimeout as sleep } from "node:timers/promises";
import { vi } from "vitest";
import { Destination } from "../../src/delivery/destination.js";
import { FlushQueue } from "../../src/delivery/queue.js";
import { Recorder } from "../../src/langchain/events/recorder.js";
import { Ending } from "../../src/langchain/streams/ending.js";
import { EventStreams } from "../../src/langchain/streams/event-streams.js";
import { OpenSpan, Scope } from "../../src/recording/call.js";
import { Collector } from "../../src/recording/collector.js";
import { OpenCalls } from "../../src/recording/open-calls.js";
import { getPipeline } from "../../src/recording/pipeline.js";

/** One of our own steps, broken. */
export interface Fault {
  readonly name: string;
  /** Breaks it; `struck()` tells how often since, `undo()` mends it. */
  install(): { struck(): number; undo(): void };
}

/** Every step that has a name of its own: what it throws is to stay with us. */
export const faults: readonly Fault[] = [
  ...ofClass(Collector, ["openScope", "startSpan", "endSpan", "settle", "spanOfRun"]),
  ...ofClass(Collector, ["sealSettled"]),
  ...ofClass(OpenCalls, ["open", "settle", "release"]),
  ...ofClass(OpenSpan, [
    "close",
    "addEvent",
    "setInputs",
    "setOutputs",
    "setAttribute",
    "addToken",
  ]),
  ...ofClass(Scope, ["noteNestedCall", "onlyForwards", "nearestSpan", "enclosingSpan", "isWithin"]),
  ...ofClass(Recorder, ["start", "plain", "end", "fail", "token"]),
  ...ofClass(Ending, ["chunk", "returned", "thrown", "leaving", "left", "listen"]),
  ...ofClass(FlushQueue, ["put", "flush"]),
  ...ofClass(Destination, ["experimentIdOnce"]),
  ...ofClass(EventStreams, ["signalOf"]),
  // Read by the snapshot, when a Call opens, by the queue and by the sender.
  ...["maxTraceCharacters", "samplingRatio", "maxOpenCalls", "extraTags"].map(ofOption),
  ...["maxQueueBytes", "maxBatchTraces", "maxBatchBytes", "flushIntervalMs"].map(ofOption),
  ...["current", "undrained"].map(ofTracking),
  ofStore("throws", boom),
  ofStore("rejects", () => Promise.reject(new Error("a fault of ours"))),
  // Long enough for a flush to give up waiting.
  ofStore("does not answer for long", () => sleep(3000, undefined, { ref: false })),
  ofStore("answers nonsense", () => undefined),
  ofToJson(),
];

function ofClass(owner: { readonly prototype: object }, methods: readonly string[]): Fault[] {
  const { name } = owner as unknown as { name: string };
  return methods.map((method) => {
    return { name: `${name}.${method}`, install: () => spy(owner.prototype, method, boom) };
  });
}

function ofTracking(method: string): Fault {
  return { name: `Tracking.${method}`, install: () => spy(getPipeline().tracking, method, boom) };
}

function ofStore(how: string, act: () => unknown): Fault {
  const name = `the store ${how}`;
  return { name, install: () => spy(getPipeline().tracking.current().store, "logTraces", act) };
}

function ofOption(option: string): Fault {
  const install = () => {
    const { options } = getPipeline();
    const before = Object.getOwnPropertyDescriptor(options, option) as PropertyDescriptor;
    let count = 0;
    const get = () => {
      count += 1;
      return boom();
    };
    Object.defineProperty(options, option, { get, configurable: true, enumerable: true });
    const undo = () => void Object.defineProperty(options, option, before);
    return { struck: () => count, undo };
  };
  return { name: `the option ${option}`, install };
}

/** The one place where we note whose `toJSON` it was is a WeakMap, which others use too. */
function ofToJson(): Fault {
  const install = () => {
    let count = 0;
    const set = WeakMap.prototype.set;
    const spied = vi.spyOn(WeakMap.prototype, "set").mockImplementation(function (
      this: WeakMap<WeakKey, unknown>,
      ...args
    ) {
      if (!new Error().stack?.includes("onSerialized")) return set.apply(this, args);
      count += 1;
      return boom();
    });
    return { struck: () => count, undo: () => spied.mockRestore() };
  };
  return { name: "the capture of toJSON", install };
}

function spy(owner: object, method: string, act: () => unknown) {
  const spied = vi.spyOn(owner as Record<string, () => unknown>, method).mockImplementation(act);
  return { struck: () => spied.mock.calls.length, undo: () => spied.mockRestore() };
}

function boom(): never {
  throw new Error("a fault of ours");
}
