import type { CallbackHandlerMethods } from "@langchain/core/callbacks/base";
import { awaitAllCallbacks } from "@langchain/core/callbacks/promises";
import { type AutologOptions, autolog, flushTraces, type Trace } from "langchain-mlflow";
import { expect } from "vitest";
import { type Starts, watchStarts } from "./direct-starts.js";
import { outcomeOf } from "./outcome.js";
import { traced } from "./traces.js";

/** What a program of the app uses to note what it observes. */
export interface App {
  note(what: string, value?: unknown): void;
  /** A callback handler of the app. Notes every event with all of its arguments. */
  handler(name?: string): CallbackHandlerMethods;
  /**
   * For a root call to which the app passes no handler: with autolog off, a handler that does nothing. LangChain adds the
   * parent run and the tags of a step to the events of a step only if its root has a handler.
   */
  readonly rootCallbacks: CallbackHandlerMethods[];
}

export interface Observed {
  readonly traces: readonly Trace[];
  /** What the app noted, in order. The same with autolog and without it. */
  readonly notes: readonly string[];
  readonly starts: Pick<Starts, "direct" | "byHandler">;
}

const KINDS = ["Chain", "LLM", "Tool", "Retriever"];
const EVENTS = [
  ...KINDS.flatMap((kind) => ["Start", "End", "Error"].map((end) => `handle${kind}${end}`)),
  ...["handleChatModelStart", "handleLLMNewToken", "handleText", "handleCustomEvent"],
];

/**
 * Runs a program with autolog off and on. What it notes, and how it ends, must be the same: events of its handlers with
 * all their arguments, in order. Ids are numbered in the order in which they appear.
 */
export async function observeUnchanged(
  program: (app: App) => Promise<unknown>,
  options: Partial<AutologOptions> = {},
): Promise<Observed> {
  autolog({ disable: true });
  const off = createApp([{ name: "empty", awaitHandlers: true } as CallbackHandlerMethods]);
  const { shape } = await outcomeOf(() => toTheEnd(program, off));
  expect(await flushTraces(), "nothing is recorded when off").toMatchObject({ sent: 0 });
  autolog({ silent: true, ...options });
  const starts = watchStarts();
  const on = createApp([]);
  try {
    const { outcome, traces } = await traced(() => toTheEnd(program, on), options);
    expect(outcome.shape, "the outcome").toEqual(shape);
    expect(on.notes, "what the app observes").toEqual(off.notes);
    const { direct, byHandler } = starts;
    return { traces, notes: on.notes, starts: { direct, byHandler } };
  } finally {
    starts.stop();
  }
}

/** LangChain calls some handlers in the background. */
async function toTheEnd(program: (app: App) => Promise<unknown>, app: App): Promise<unknown> {
  try {
    return await program(app);
  } finally {
    await awaitAllCallbacks();
  }
}

function createApp(
  rootCallbacks: CallbackHandlerMethods[],
): App & { readonly notes: readonly string[] } {
  const notes: string[] = [];
  const numbers = new Map<string, string>();
  const textOf = (value: unknown) =>
    (JSON.stringify(value, plain) ?? "")
      .replace(ID, (id) => {
        const number = numbers.get(id) ?? `<id ${numbers.size}>`;
        numbers.set(id, number);
        return number;
      })
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b\d{13}\b/g, "<time>");
  const note = (what: string, value?: unknown) => notes.push(`${what} ${textOf(value)}`);
  const handler = (name = "handler"): CallbackHandlerMethods => {
    const methods: Record<string, unknown> = { name, awaitHandlers: true };
    methods.copy = () => methods;
    for (const event of EVENTS) {
      methods[event] = (...args: unknown[]) => note(`${name} ${event}`, args);
    }
    return methods as CallbackHandlerMethods;
  };
  return { notes, note, handler, rootCallbacks };
}

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32}\b/g;

function plain(_key: string, value: unknown): unknown {
  if (value instanceof Error) return { error: value.name, message: value.message };
  if (typeof value === "function") return `function ${value.name}`;
  return typeof value === "bigint" ? String(value) : value;
}
