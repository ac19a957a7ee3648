import { runInNewContext } from "node:vm";
import { AIMessage, AIMessageChunk, HumanMessage, ToolMessage } from "@langchain/core/messages";

/** Random numbers below a limit, the same for the same seed (mulberry32). */
export type Random = (below: number) => number;

export function seeded(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const refuse = (): never => {
  throw new Error("a hostile value");
};

const TEXTS = [
  ...["", "a", "안녕 🦜", "\0", "a\0b", "\ud800", "\udc00x", "\u2028", "\u0001\u001f\u007f", '"\\'],
  ...["{", '{"a":', "[1]", "null", "NaN", "true", "42", '"quoted"', "__proto__", "constructor"],
  ...["https://u:p@h/?key=x", "://", "sk-abcdefghijklmnop1234", "Bearer abcdefghijklmnop123"],
  ...["x".repeat(5000), "🦜".repeat(3000), "\u0000".repeat(500), "e\u0301".repeat(100)],
  ...["mlflow.spanType", "%s%n", "<script>", "{{x}}", "\r\n", "'; drop table spans; --"],
];
const NUMBERS = [
  ...[0, -0, 1, -1, 0.1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...[2 ** 31, -(2 ** 31), 2 ** 53, -(2 ** 53), Number.MAX_VALUE, Number.MIN_VALUE, 1e21],
];
const NAMES = [
  ...["a", "", "__proto__", "constructor", "prototype", "toString", "toJSON", "then", "length"],
  ...["apiKey", "headers", "properties", "type", "content", "message", "0", "-1", "a.b", "c\0d"],
  ...["\ud800", "안녕", "n".repeat(3000), "tool_calls", "usage_metadata", "generations", "lc"],
];

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;

const LEAVES: readonly ((random: Random) => unknown)[] = [
  (random) => pick(random, TEXTS),
  (random) => pick(random, TEXTS) + pick(random, TEXTS),
  (random) => pick(random, NUMBERS),
  (random) => random(2) === 1,
  () => null,
  () => undefined,
  (random) => BigInt(random(2 ** 31)) ** BigInt(random(4)) * (random(2) ? -1n : 1n),
  () => 2n ** 63n,
  () => Symbol("s"),
  () => Symbol.iterator,
  () => refuse,
  () => class Named {},
  () => Object.defineProperty(() => {}, "name", { get: refuse }),
  () => new Proxy(refuse, { get: refuse }),
  (random) => new Date(pick(random, NUMBERS)),
  (random) => runInNewContext("new Date(0)") ?? random,
  (random) => new Error(pick(random, TEXTS)),
  () => Object.defineProperty(new Error("x"), "message", { get: refuse }),
  () => /a+/,
  () => new URL("https://user:pass@host/?token=x"),
  (random) => Buffer.alloc(random(2000), random(256)),
  () => new Uint8Array(0),
  (random) => new Float64Array(random(50)).fill(Number.NaN),
  () => new BigUint64Array([2n ** 64n - 1n]),
  () => new SharedArrayBuffer(8),
  () => new DataView(new ArrayBuffer(3), 1),
  () => Promise.resolve(1),
  () => new WeakMap(),
  () => new WeakRef({}),
  () => (function* () {})(),
  () => globalThis,
  () => process,
  () => revoked({}),
  () => revoked([]),
  () => new Proxy({}, { ownKeys: refuse }),
  () => new Proxy({}, { get: refuse, ownKeys: () => ["a"], getOwnPropertyDescriptor: refuse }),
  () => new Proxy([], { get: (_target, name) => (name === "length" ? 2 ** 32 : 1) }),
  () => endless(),
  () => Object.create(Date.prototype),
  () => Object.create(Map.prototype),
  (random) => Object(pick(random, NUMBERS)),
  (random) => Object(pick(random, TEXTS)),
];

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function put(target: object, source: object): object {
  return Object.defineProperties(target, Object.getOwnPropertyDescriptors(source));
}

/** An object whose every field is such an object. */
function endless(): object {
  const descriptor = { value: 1, enumerable: true, configurable: true };
  return new Proxy(
    {},
    {
      ownKeys: () => ["a", "b"],
      getOwnPropertyDescriptor: () => descriptor,
      get: (_target, name) => (name === "a" || name === "b" ? endless() : undefined),
    },
  );
}

/** One value of any kind, at most so deep by its own nesting. */
export function hostileValue(random: Random, depth = 5, outer: object[] = []): unknown {
  if (depth === 0 || random(10) < 4) return pick(random, LEAVES)(random);
  if (outer.length > 0 && random(12) === 0) return pick(random, outer);
  return pick(random, CONTAINERS)(random, depth - 1, outer);
}

type Container = (random: Random, depth: number, outer: object[]) => unknown;

const CONTAINERS: readonly Container[] = [
  fields,
  fields,
  items,
  items,
  (random, depth, outer) =>
    new Map(Array.from(items(random, depth, outer), (item) => [hostileValue(random, 1), item])),
  (random, depth, outer) => new Map(Object.entries(fields(random, depth, outer))),
  (random, depth, outer) => new Set(items(random, depth, outer)),
  (random, depth, outer) =>
    new Error(pick(random, TEXTS), { cause: hostileValue(random, depth, outer) }),
  (random, depth, outer) => new AggregateError(items(random, depth, outer), pick(random, TEXTS)),
  (random, depth, outer) => put(Object.create(null), fields(random, depth, outer)),
  (random, depth, outer) => put(Object.create(fields(random, depth, outer)), { own: 1 }),
  (random, depth, outer) => new Proxy(fields(random, depth, outer), {}),
  (random, depth, outer) => new Proxy(items(random, depth, outer), {}),
  (random, depth, outer) => Object.freeze(fields(random, depth, outer)),
  (random, depth, outer) =>
    Object.defineProperty(fields(random, depth, outer), "getter", {
      get: refuse,
      enumerable: true,
    }),
  (random, depth, outer) => put(runInNewContext("({})"), fields(random, depth, outer)),
  (random, depth, outer) => put(new (class Own {})(), fields(random, depth, outer)),
  (random, depth, outer) =>
    deepen(hostileValue(random, depth, outer), pick(random, [5, 23, 24, 25, 40, 130])),
  (random, depth, outer) => ({ toJSON: refuse, ...fields(random, depth, outer) }),
  (random, depth, outer) => [
    new HumanMessage({
      content: pick(random, TEXTS),
      additional_kwargs: fields(random, depth, outer),
    }),
  ],
  (random, depth, outer) =>
    Object.assign(new AIMessage(""), {
      content: hostileValue(random, depth, outer),
      tool_calls: hostileValue(random, depth, outer),
    }),
  (random, depth, outer) =>
    Object.assign(new AIMessageChunk(""), {
      usage_metadata: hostileValue(random, depth, outer),
      id: hostileValue(random, depth, outer),
    }),
  (random, depth, outer) =>
    Object.assign(new ToolMessage({ content: "", tool_call_id: "1" }), {
      artifact: hostileValue(random, depth, outer),
      status: "error",
    }),
  (random, depth, outer) => ({
    pageContent: pick(random, TEXTS),
    metadata: hostileValue(random, depth, outer),
  }),
  (random, depth, outer) => ({
    generations: [
      [{ text: hostileValue(random, depth, outer), message: hostileValue(random, depth, outer) }],
    ],
  }),
];

function fields(random: Random, depth: number, outer: object[]): Record<string, unknown> {
  const made: Record<string, unknown> = {};
  for (let left = random(6); left > 0; left--) {
    const value = hostileValue(random, depth, [...outer, made]);
    const how = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(made, pick(random, NAMES), how);
  }
  return made;
}

function items(random: Random, depth: number, outer: object[]): unknown[] {
  const made: unknown[] = [];
  for (let left = random(6); left > 0; left--) {
    made.push(hostileValue(random, depth, [...outer, made]));
  }
  if (random(10) === 0) made.length += random(100);
  return made;
}

function deepen(value: unknown, levels: number): unknown {
  let deep = value;
  for (let level = 0; level < levels; level++) deep = level % 2 ? [deep] : { d: deep };
  return deep;
}
