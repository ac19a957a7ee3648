import { runInNewContext } from "node:vm";
import { describe, expect, it, test } from "vitest";
import { createSnapshot } from "../../src/data/snapshot.js";
import { LIMITS, take } from "./snapshots.js";

describe("plain values", () => {
  test.each([
    ["null", null, null],
    ["undefined", undefined, undefined],
    ["a number", 1.5, 1.5],
    ["NaN", Number.NaN, Number.NaN],
    ["infinity", Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["minus zero", -0, -0],
    ["a bigint", 2n ** 70n, 2n ** 70n],
    ["a text with NUL and half a surrogate pair", "a\0b\ud800", "a\0b\ud800"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["a function", function work() {}, "[Function work]"],
    ["a function without a name", () => {}, "[Function anonymous]"],
    ["a boxed text", new String("x"), "x"],
    ["a boxed number", new Number(1), 1],
    ["a boxed boolean", new Boolean(false), false],
    ["a boxed bigint", Object(1n), 1n],
    ["a boxed symbol", Object(Symbol("s")), "Symbol(s)"],
    ["a date", new Date(0), new Date(0)],
    ["a URL", new URL("http://a.example/b"), "http://a.example/b"],
    ["a regular expression", /a+/g, "/a+/g"],
    ["bytes", Buffer.from("abc"), new Uint8Array([97, 98, 99])],
    ["an array buffer", new Uint8Array([1, 2]).buffer, new Uint8Array([1, 2])],
    ["a part of a buffer", new Uint8Array([1, 2, 3]).subarray(1, 2), new Uint8Array([2])],
    ["a data view", new DataView(new Uint8Array([1, 2, 3]).buffer, 1), new Uint8Array([2, 3])],
    ["a vector of numbers", new Float32Array([0.5, -1]), [0.5, -1]],
    ["a vector of bigints", new BigInt64Array([-1n]), [-1n]],
    ["a Map", new Map([["a", [1]]]), { a: [1] }],
    ["a Map with other keys", new Map<unknown, unknown>([[{ a: 1 }, 2]]), [[{ a: 1 }, 2]]],
    ["a Set", new Set(["a", "b"]), ["a", "b"]],
    ["a promise", Promise.resolve(1), { type: "Promise" }],
    ["a weak map", new WeakMap(), { type: "WeakMap" }],
    ["headers", new Headers({ authorization: "Bearer 1234567890abcdef" }), { type: "Headers" }],
    ["an object without prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ["a frozen object", Object.freeze({ a: Object.freeze([1]) }), { a: [1] }],
    ["symbol keys", { [Symbol("s")]: 1, a: 1 }, { a: 1 }],
    ["a hidden field", Object.defineProperty({ a: 1 }, "b", { value: 2 }), { a: 1 }],
  ])("%s", (_what, value, expected) => {
    const plain = take(value);
    expect(plain).toEqual(expected);
    expect(Object.is(plain, value) || typeof value !== "number").toBe(true);
  });

  it("are copies that do not change when the app changes the original", () => {
    const bytes = new Uint8Array([1]);
    const date = new Date(0);
    const live = { list: [1], map: new Map([["a", 1]]), bytes, buffer: bytes.buffer, date };
    const plain = take(live);
    live.list.push(2);
    live.map.set("a", 2);
    bytes[0] = 9;
    date.setTime(1);
    const one = new Uint8Array([1]);
    expect(plain).toEqual({ list: [1], map: { a: 1 }, bytes: one, buffer: one, date: new Date(0) });
  });

  it("keep an invalid date", () => {
    expect(take(new Date(Number.NaN))).toEqual(new Date(Number.NaN));
  });

  it("omit undefined fields, and have null for a hole of a list", () => {
    expect(Object.keys(take({ a: undefined, b: 1 }) as object)).toEqual(["b"]);
    expect(take(Object.assign([undefined], { 2: 1 }))).toEqual([null, null, 1]);
  });

  it("omit fields of a list that are not items", () => {
    expect(take(Object.assign([1], { extra: true }))).toEqual([1]);
  });

  it("keep keys with a meaning in JavaScript as data", () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"name":"x"},"toJSON":1}');
    const plain = take(value) as object;
    expect(Object.keys(plain)).toEqual(["__proto__", "constructor", "toJSON"]);
    expect(Object.getPrototypeOf(plain)).toBe(Object.prototype);
    expect(JSON.stringify(plain)).toBe(JSON.stringify(value));
    expect("polluted" in {}).toBe(false);
  });

  it("read an arguments object as an object with fields", () => {
    const value = (
      function () {
        // biome-ignore lint/complexity/noArguments: the subject of this test
        return arguments;
      } as (...args: unknown[]) => unknown
    )("a");
    expect(take(value)).toEqual({ 0: "a" });
  });
});

describe("errors as values", () => {
  it("have their class and message, and their causes", () => {
    const error = new TypeError("outer", { cause: new RangeError("inner") });
    expect(take(error)).toEqual({
      type: "TypeError",
      message: "outer",
      cause: { type: "RangeError", message: "inner" },
    });
  });

  it("have the errors of an AggregateError", () => {
    const error = new AggregateError([new Error("a"), "b"], "both");
    expect(take(error)).toEqual({
      type: "AggregateError",
      message: "both",
      errors: [{ type: "Error", message: "a" }, "b"],
    });
  });

  it("do not show a key that a provider repeats", () => {
    const key = "sk-proj-abcdefghijklmnop1234";
    const plain = take([new Error(`Incorrect API key provided: ${key}.`)]);
    expect(JSON.stringify(plain)).not.toContain(key);
  });

  it("are cut if they are their own cause", () => {
    const error = new Error("round");
    error.cause = error;
    expect(take(error)).toEqual({ type: "Error", message: "round", cause: "[Circular]" });
  });
});

describe("class instances", () => {
  it("become the name of their class", () => {
    class Client {
      apiKey = "sk-1";
      toJSON() {
        throw new Error("must not be called");
      }
    }
    expect(take({ client: new Client() })).toEqual({ client: { type: "Client" } });
  });

  it("have a bounded name", () => {
    class Long {}
    Object.defineProperty(Long, "name", { value: "L".repeat(1e6) });
    expect(JSON.stringify(take(new Long())).length).toBeLessThan(300);
  });

  it("never have their methods called, not even those of a subclass of Map, Set or Date", () => {
    const refuse = () => {
      throw new Error("must not be called");
    };
    class OwnMap extends Map {
      override entries = refuse;
      override [Symbol.iterator] = refuse;
      override forEach = refuse;
    }
    class OwnSet extends Set {
      override values = refuse;
      override [Symbol.iterator] = refuse;
    }
    class OwnDate extends Date {
      override valueOf = refuse;
      override getTime = refuse;
      override toJSON = refuse;
    }
    const map = Map.prototype.set.call(new OwnMap(), "a", 1);
    const set = Set.prototype.add.call(new OwnSet(), 1);
    expect(take([map, set, new OwnDate(0)])).toEqual([{ a: 1 }, [1], new Date(0)]);
  });

  it("are recognized if they come from another realm", () => {
    const foreign = runInNewContext(`({
      plain: { a: [1] }, date: new Date(0), map: new Map([["a", 1]]), set: new Set([1]),
      error: new TypeError("no"), text: /x/, bytes: new Uint8Array([1]), boxed: new String("s"),
      bare: Object.create(null), own: new (class Own { secret = 1 })(),
    })`);
    expect(take(foreign)).toEqual({
      plain: { a: [1] },
      date: new Date(0),
      map: { a: 1 },
      set: [1],
      error: { type: "TypeError", message: "no" },
      text: "/x/",
      bytes: new Uint8Array([1]),
      boxed: "s",
      bare: {},
      own: { type: "Own" },
    });
  });
});

describe("hostile values", () => {
  const refuse = () => {
    throw new Error("must not reach the app");
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const { proxy: revokedFunction, revoke: revokeFunction } = Proxy.revocable(() => {}, {});
  revokeFunction();
  const traps = [
    ...["get", "getPrototypeOf", "ownKeys", "getOwnPropertyDescriptor", "has", "apply"],
  ];
  const hostile = new Proxy({}, Object.fromEntries(traps.map((trap) => [trap, refuse])));

  test.each<[string, unknown, unknown]>([
    ["a revoked proxy", revoked, { type: "Object" }],
    ["a revoked function", revokedFunction, "[Function anonymous]"],
    ["a proxy whose traps throw", hostile, { type: "Object" }],
    [
      "a list that is a proxy whose traps throw",
      new Proxy([], { get: refuse }),
      { type: "Object" },
    ],
    ["a proxy of a Date", new Proxy(new Date(0), {}), { type: "Date" }],
    ["a proxy of a Map", new Proxy(new Map([["a", 1]]), {}), { type: "Map" }],
    ["an object that only resembles a Date", Object.create(Date.prototype), { type: "Date" }],
    ["an object that only resembles a Map", Object.create(Map.prototype), { type: "Map" }],
    [
      "an object that only resembles bytes",
      Object.create(Uint8Array.prototype),
      { type: "Uint8Array" },
    ],
    [
      "a list of an item that throws",
      Object.defineProperty([1, 2], 0, { get: refuse }),
      ["[unreadable]", 2],
    ],
  ])("%s", (_what, value, expected) => {
    expect(take(value)).toEqual(expected);
    expect(take({ value, after: 1 })).toEqual({ value: expected, after: 1 });
  });

  it("a getter runs once, as in { ...value }; a getter that throws leaves a mark", () => {
    let reads = 0;
    const value = {
      get counted() {
        reads += 1;
        return "x";
      },
      get broken() {
        return refuse();
      },
      after: 1,
    };
    expect(take(value)).toEqual({ counted: "x", broken: "[unreadable]", after: 1 });
    expect(reads).toBe(1);
  });

  it("a getter named like a secret does not run", () => {
    const value = Object.defineProperty({}, "apiKey", { get: refuse, enumerable: true });
    expect(take(value)).toEqual({ apiKey: "[REDACTED]" });
  });

  it("an object whose constructor or name cannot be read is an Object", () => {
    class Hidden {}
    Object.defineProperty(Hidden, "name", { get: refuse });
    class Nameless {}
    Object.defineProperty(Nameless.prototype, "constructor", { get: refuse });
    expect(take([new Hidden(), new Nameless(), Hidden])).toEqual([
      { type: "Object" },
      { type: "Object" },
      "[Function anonymous]",
    ]);
  });

  it("an error whose fields throw becomes its class", () => {
    class Broken extends Error {
      override get message() {
        return refuse();
      }
    }
    expect(take(new Broken())).toEqual({ type: "Broken" });
  });

  it("the limits end the walk through an endless proxy", () => {
    const endless: object = new Proxy(
      {},
      { ownKeys: () => ["next"], get: () => endless, getOwnPropertyDescriptor: () => field },
    );
    const field = { value: 1, enumerable: true, configurable: true };
    const fresh = (): object => new Proxy({}, { ...handler });
    const handler: ProxyHandler<object> = {
      ownKeys: () => ["a", "b"],
      get: (_target, name) => (name === "a" || name === "b" ? fresh() : undefined),
      getOwnPropertyDescriptor: () => field,
    };
    expect(JSON.stringify(take(endless))).toContain("[Circular]");
    expect(JSON.stringify(take(fresh())).length).toBeLessThan(1_000_000);
    const long = new Proxy([], { get: (_target, name) => (name === "length" ? Infinity : 1) });
    expect((take(long) as unknown[]).at(-1)).toBe("[dropped: Infinity more items]");
  });

  it("a getter that takes a snapshot itself receives a separate one", () => {
    const snapshot = createSnapshot(
      () => LIMITS,
      () => undefined,
    );
    const value = {
      get inner() {
        return snapshot({ a: [1] }, { characters: 0 });
      },
      after: 1,
    };
    expect(snapshot(value, { characters: 0 })).toEqual({ inner: { a: [1] }, after: 1 });
  });

  it("a stack overflow is not thrown into the app", () => {
    const value = { a: { b: { c: [1] } } };
    const dive = (): unknown => {
      try {
        return dive();
      } catch {
        return take(value);
      }
    };
    expect(dive).not.toThrow();
  });
});

describe("cycles and shared objects", () => {
  it("a cycle leaves a mark, a shared object is copied twice", () => {
    const shared = { a: 1 };
    const value: Record<string, unknown> = { one: shared, two: shared };
    value.self = value;
    value.list = [value];
    expect(take(value)).toEqual({
      one: { a: 1 },
      two: { a: 1 },
      self: "[Circular]",
      list: ["[Circular]"],
    });
  });

  it("objects that share all their fields do not grow without bound", () => {
    let value: object = {};
    for (let level = 0; level < 60; level++) value = { left: value, right: value };
    expect(JSON.stringify(take(value)).length).toBeLessThan(1_000_000);
  });
});
