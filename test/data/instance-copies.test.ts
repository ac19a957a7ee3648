import { expect, test } from "vitest";
import type { Plain } from "../../src/data/plain.js";
import { createSnapshot, type Meter } from "../../src/data/snapshot.js";
import { hostileValue, type Random, seeded } from "../fuzz/hostile-values.js";
import { LIMITS } from "./snapshots.js";

class Message {
  content: unknown;
  constructor(content: unknown) {
    this.content = content;
  }
}

const readMessage = (value: object) =>
  value instanceof Message ? { content: value.content, name: null, kwargs: {} } : undefined;

const TEXT = "A sentence of an ordinary conversation. ".repeat(20);

function messagesOf(copy: Plain | undefined): readonly unknown[] {
  return (copy as { messages: readonly unknown[] }).messages;
}

test("values of one trace share the copy of a message", () => {
  const snapshot = createSnapshot(() => LIMITS, readMessage);
  const meter: Meter = { characters: 0, sharesCopies: true };
  const message = new Message(TEXT);
  const copies = [1, 2].map(() => messagesOf(snapshot({ messages: [message] }, meter))[0]);
  expect(copies[0]).toEqual({ content: TEXT, name: null, kwargs: {} });
  expect(copies[1]).toBe(copies[0]);
});

test("a message that has changed is copied again, and so is one in a trace whose copies the app may change", () => {
  const snapshot = createSnapshot(() => LIMITS, readMessage);
  const blocks = [{ type: "text", text: TEXT }];
  const message = new Message(blocks);
  for (const sharesCopies of [true, false]) {
    const meter: Meter = { characters: 0, sharesCopies };
    const first = messagesOf(snapshot({ messages: [message] }, meter))[0];
    if (sharesCopies) blocks.push({ type: "text", text: "more" });
    const second = messagesOf(snapshot({ messages: [message] }, meter))[0];
    expect(second).not.toBe(first);
    expect(second).toEqual({ content: blocks, name: null, kwargs: {} });
  }
});

/** One of the texts, lists of blocks and other values that a message may have. */
function contentOf(random: Random): unknown {
  return [TEXT, [{ type: "text", text: TEXT }], [TEXT, hostileValue(random, 2)]][random(3)];
}

function change(message: Message, random: Random): void {
  if (random(3) === 0) message.content = contentOf(random);
  else if (Array.isArray(message.content)) message.content.push(hostileValue(random, 1));
}

/** Takes snapshots of messages that change. Returns how often a copy was shared. */
function compareCopies(random: Random): number {
  const limits = {
    ...LIMITS,
    maxValueCharacters: [LIMITS.maxValueCharacters, 3_000][random(2)]!,
    maxValueNodes: [LIMITS.maxValueNodes, 30][random(2)]!,
    maxTraceCharacters: [LIMITS.maxTraceCharacters, 12_000][random(2)]!,
  };
  const snapshot = createSnapshot(() => limits, readMessage);
  const messages = Array.from({ length: 4 }, () => new Message(contentOf(random)));
  const sharing: Meter = { characters: 0, sharesCopies: true };
  const separate: Meter = { characters: 0 };
  const copies: unknown[] = [];
  for (let step = 0; step < 5; step++) {
    const shown = { messages: messages.slice(random(2), 2 + random(3)) };
    const copy = snapshot(shown, sharing);
    expect(copy).toEqual(snapshot(shown, separate));
    expect(sharing.characters).toBe(separate.characters);
    copies.push(...[messagesOf(copy)].flat());
    change(messages[random(messages.length)]!, random);
  }
  return copies.length - new Set(copies).size;
}

test("shared copies are what separate copies would be, for 400 changing conversations", () => {
  const random = seeded(1729);
  const shared = Array.from({ length: 400 }, () => compareCopies(random));
  expect(shared.reduce((sum, count) => sum + count)).toBeGreaterThan(600);
});
