import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import type { Runnable, RunnableConfig } from "@langchain/core/runnables";
import type { Action, Body, Leaving } from "./program.js";

export type Config = Partial<RunnableConfig>;
export type AnyRunnable = Runnable<unknown, unknown>;

/** What the built objects of one program share while it runs. */
export interface Stage {
  /** Before every name: no two programs share one. */
  readonly prefix: string;
  readonly failed: Set<string>;
  /** How much of the user's code is under way. */
  busy: number;
  /** Called when something hangs: all before it has run. */
  hangs(): void;
  /** Ends what hangs. */
  readonly released: Promise<void>;
  /** Everything but the calls in `late` is over. */
  readonly idle: Promise<void>;
  readonly late: Promise<unknown>[];
}

export interface Performance {
  readonly body: Body;
  readonly built: readonly { action: Action; runnables: readonly AnyRunnable[] }[];
  readonly stage: Stage;
  readonly name: string;
  readonly input: unknown;
  readonly config: Config | undefined;
}

/** What the user's code in a step does. */
export async function perform(what: Performance): Promise<unknown> {
  what.stage.busy += 1;
  try {
    return await act(what);
  } finally {
    what.stage.busy -= 1;
  }
}

async function act(what: Performance): Promise<unknown> {
  const { body, built, stage, name, input, config } = what;
  let last: unknown;
  for (const { action, runnables } of built) {
    const linked = action.isLinked ? config : undefined;
    const given = action.isSame ? input : `other ${name}`;
    try {
      last = await ACTIONS[action.what](runnables, given, linked, action, stage);
    } catch (error) {
      if (!action.isCaught) throw error;
    }
  }
  await end(body, stage, name);
  return body.end === "last" ? last : name;
}

async function end(body: Body, stage: Stage, name: string): Promise<void> {
  if (body.end === "hang") {
    stage.hangs();
    await stage.released;
  }
  if (body.isSlow) await sleep(2);
  const isFirst = body.end === "flaky" && !stage.failed.has(name);
  stage.failed.add(name);
  if (body.end === "throw" || isFirst) throw new RangeError(`no ${name}`);
}

type Act = (
  runnables: readonly AnyRunnable[],
  input: unknown,
  config: Config | undefined,
  action: Action,
  stage: Stage,
) => Promise<unknown>;

const ACTIONS: Record<Action["what"], Act> = {
  invoke: ([first], input, config) => first!.invoke(input, config),
  parallel: (all, input, config) => Promise.all(all.map((one) => one.invoke(input, config))),
  batch: ([first], input, config) => first!.batch([input, input], config),
  read: async ([first], input, config) => {
    const chunks: unknown[] = [];
    for await (const chunk of await first!.stream(input, config)) chunks.push(chunk);
    return chunks.length;
  },
  leave: async ([first], input, config, { after, by }) =>
    leave(await first!.stream(input, config), after, by),
  unread: async ([first], input, config) => {
    await first!.stream(input, config);
  },
  detach: async ([first], input, config) => {
    void first!.invoke(input, config);
  },
  late: async ([first], input, config, _action, stage) => {
    const call = stage.idle.then(() => first!.invoke(input, config)).catch(() => {});
    stage.late.push(call);
  },
};

type Left = AsyncIterable<unknown> & { getReader?(): ReadableStreamDefaultReader<unknown> };

/** Reads so many chunks, waits until nothing moves any more, and leaves. */
export async function leave(stream: Left, after: number, by: Leaving): Promise<unknown[]> {
  if (by === "break") return breakOff(stream, after);
  const reader = by === "cancel" ? stream.getReader?.() : undefined;
  if (reader) {
    return readAndLeave(
      () => reader.read(),
      () => reader.cancel(),
      after,
    );
  }
  const iterator = stream[Symbol.asyncIterator]();
  return readAndLeave(
    () => iterator.next(),
    () => iterator.return?.(),
    after,
  );
}

async function readAndLeave(
  read: () => Promise<{ done?: boolean; value?: unknown }>,
  goAway: () => unknown,
  after: number,
): Promise<unknown[]> {
  const chunks: unknown[] = [];
  while (chunks.length < after) {
    const { done, value } = await read();
    if (done) return chunks;
    chunks.push(value);
  }
  await settle();
  await goAway();
  return chunks;
}

async function breakOff(stream: Left, after: number): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
    if (chunks.length < after) continue;
    await settle();
    break;
  }
  return chunks;
}

async function settle(): Promise<void> {
  for (let turns = 0; turns < 3; turns += 1) await turn();
}
