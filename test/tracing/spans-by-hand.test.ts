import { setTimeout as sleep } from "node:timers/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import { warnings } from "../runs/warnings.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const directory = temporaryDirectory({ prefix: "spans-by-hand-", whenOver: afterAll });
let count = 0;
const KEY = "a(b";

beforeEach(() => {
  count += 1;
  getPipeline().configure(resolveOptions({}));
  mlflow.setTrackingUri(`file:${directory}/${count}`);
});
afterAll(() => mlflow.flushTraces());

async function traces(): Promise<mlflow.Trace[]> {
  const found: mlflow.Trace[] = [];
  for await (const one of mlflow.searchTraces()) found.push(one);
  return found.sort((a, b) => Number(startOf(a) - startOf(b)));
}

const startOf = ({ data }: mlflow.Trace) => data.spans[0]?.startTimeNs ?? 0n;

async function only(): Promise<mlflow.Trace> {
  const found = await traces();
  expect(found).toHaveLength(1);
  return found[0]!;
}

const spansOf = ({ data }: mlflow.Trace) =>
  data.spans.map(({ name, spanType, inputs, outputs, status }) => ({
    ...{ name, spanType, inputs, outputs },
    code: status.statusCode,
  }));

describe("trace()", () => {
  test("records the arguments by the names of the parameters, and the result", async () => {
    const search = mlflow.trace(
      (query: string, { limit = 5 } = {}, ...rest: number[]) => `${query} ${limit} ${rest}`,
      { spanType: mlflow.SpanType.RETRIEVER, attributes: { index: "a" } },
    );
    expect(search("x", { limit: 2 }, 3, 4)).toBe("x 2 3,4");
    const trace = await only();
    expect(spansOf(trace)).toEqual([
      {
        name: "span",
        spanType: "RETRIEVER",
        inputs: { query: "x", arg1: { limit: 2 }, rest: [3, 4] },
        outputs: "x 2 3,4",
        code: "OK",
      },
    ]);
    expect(trace.data.spans[0]?.attributes).toMatchObject({
      index: "a",
      "mlflow.spanLogLevel": 20,
    });
  });

  test.each<[string, (...args: never[]) => unknown, unknown[], unknown]>([
    ["one name", (a: number) => a, [1], { a: 1 }],
    [
      "defaults with brackets",
      (a = [1, 2].join(")"), b = { c: "," }) => [a, b],
      [1, 2],
      { a: 1, b: 2 },
    ],
    ["no parameter", () => 1, [], {}],
    ["more arguments", (a: number) => a, [1, 2, 3], { a: 1, args: [2, 3] }],
    ["one pattern", ({ a }: { a: number }) => a, [{ a: 1, b: 2 }], { a: 1, b: 2 }],
    [
      "comments",
      (
        a /* , x */,
        b, // y
      ) => [a, b],
      [1, 2],
      { a: 1, b: 2 },
    ],
    ["a bound function", ((a: number) => a).bind(null), [7], { args: [7] }],
    [
      "a method",
      {
        find(key: string) {
          return key;
        },
      }.find,
      ["k"],
      { key: "k" },
    ],
    [
      "a computed method",
      {
        [KEY](key: string) {
          return key;
        },
      }[KEY],
      ["k"],
      { key: "k" },
    ],
    [
      "an async arrow",
      async (first: string, second: string) => first + second,
      ["k"],
      { first: "k" },
    ],
  ])("names the parameters of %s", async (_title, fn, args, inputs) => {
    await Reflect.apply(mlflow.trace(fn), undefined, args);
    expect((await only()).data.spans[0]?.inputs).toEqual(inputs);
  });

  test("keeps the name, the length, own properties and `this` of a function", () => {
    function original(this: { base: number }, a: number, _b: number) {
      return this.base + a;
    }
    original.label = "own";
    const traced = mlflow.trace(original);
    expect([traced.name, traced.length, traced.label]).toEqual(["original", 2, "own"]);
    expect(traced.call({ base: 1 }, 2, 3)).toBe(3);
  });

  test("keeps the prototype of a constructor and of a generator function", () => {
    function Point(this: { x: number }, x: number) {
      this.x = x;
    }
    const Traced = mlflow.trace(Point) as unknown as new (x: number) => { x: number };
    const point = new Traced(3);
    expect([point.x, point instanceof Point]).toEqual([3, true]);
    const values = mlflow.trace(function* () {
      yield 1;
    });
    expect(values()).toBeInstanceOf(values);
  });

  test("ends the span of an async function when its promise settles, and of a failed one with its error", async () => {
    const failure = new RangeError("too far");
    const step = mlflow.trace(async function step(n: number) {
      await sleep(2);
      if (n > 1) throw failure;
      return n;
    });
    await expect(step(1)).resolves.toBe(1);
    await expect(step(2)).rejects.toBe(failure);
    const [first, second] = await traces();
    expect(spansOf(first!)).toMatchObject([{ name: "step", outputs: 1, code: "OK" }]);
    expect(spansOf(second!)).toMatchObject([{ name: "step", inputs: { n: 2 }, code: "ERROR" }]);
    expect(second!.data.spans[0]!.status.description).toBe("too far");
    expect(second!.data.spans[0]!.events[0]).toMatchObject({
      name: "exception",
      attributes: { "exception.type": "RangeError", "exception.message": "too far" },
    });
    expect(second!.info.state).toBe("ERROR");
  });

  test("returns a promise of a subclass itself, with its own methods", async () => {
    class Response extends Promise<string> {
      raw() {
        return "raw";
      }
    }
    const response = mlflow.trace(() => Response.resolve("parsed") as Response)();
    expect(response.raw()).toBe("raw");
    await response;
    expect(spansOf(await only())).toMatchObject([{ outputs: "parsed" }]);
  });

  test("records the values of a generator, whose code alone is in the span", async () => {
    const active: unknown[] = [];
    const words = mlflow.trace(function* words(text: string): Generator<string, number, string> {
      for (const word of text.split(" ")) {
        active.push(mlflow.getCurrentActiveSpan()?.name);
        yield word;
      }
      return 7;
    });
    const generator = words("a b");
    expect([generator.next(), generator.next()]).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
    ]);
    active.push(mlflow.getCurrentActiveSpan());
    expect(generator.next()).toEqual({ done: true, value: 7 });
    expect(active).toEqual(["words", "words", null]);
    expect(spansOf(await only())).toMatchObject([
      { name: "words", inputs: { text: "a b" }, outputs: ["a", "b"] },
    ]);
  });

  test("records an async generator that is left early, with what it has yielded", async () => {
    const count = mlflow.trace(async function* count() {
      for (let n = 0; ; n += 1) {
        await sleep(1);
        yield mlflow.withSpan(async () => n, { name: "inner" });
      }
    });
    for await (const n of count()) if (n === 2) break;
    const trace = await only();
    expect(spansOf(trace).map(({ name }) => name)).toEqual(["count", "inner", "inner", "inner"]);
    expect(trace.data.spans[0]).toMatchObject({
      outputs: [0, 1, 2],
      status: { code: "OK" },
      attributes: { "langchain.end": "cancelled" },
    });
  });

  test("does not start a span for a generator that is never started", async () => {
    mlflow.trace(function* never() {
      yield 1;
    })();
    expect(await traces()).toEqual([]);
  });

  test("decorates methods, with standard decorators and with TypeScript's older ones", async () => {
    class Search {
      base = "found ";
      async find(query: string) {
        return this.base + query;
      }
    }
    const context = { kind: "method", name: "find", addInitializer: () => {} };
    const standard = mlflow.trace({ spanType: "TOOL" })(
      Search.prototype.find,
      context as unknown as ClassMethodDecoratorContext,
    );
    expect(await standard.call(new Search(), "a")).toBe("found a");
    const descriptor = Object.getOwnPropertyDescriptor(Search.prototype, "find")!;
    Object.defineProperty(
      Search.prototype,
      "find",
      mlflow.trace({ name: "older" })(Search.prototype, "find", descriptor),
    );
    expect(await new Search().find("b")).toBe("found b");
    expect((await traces()).flatMap(spansOf)).toMatchObject([
      { name: "find", spanType: "TOOL", inputs: { query: "a" }, outputs: "found a" },
      { name: "older", inputs: { query: "b" }, outputs: "found b" },
    ]);
  });

  test.each<[unknown[], string]>([
    [[() => 1, { type: "LLM" }], "trace() has no option `type`."],
    [[class A {}], "trace() takes a function, got a class."],
    [[5], "trace() takes a function, or an object of options as a decorator, got 5."],
    [[null], "trace() takes a function, or an object of options as a decorator, got null."],
    [[() => 1, { attributes: 5 }], "trace() option `attributes` takes an object"],
  ])("refuses %j", (args, message) => {
    expect(() => Reflect.apply(mlflow.trace, undefined, args)).toThrow(message);
  });
});

describe("withSpan() and startSpan()", () => {
  test("nest, and the active span is the innermost one", async () => {
    const seen: unknown[] = [mlflow.getCurrentActiveSpan()];
    const result = await mlflow.withSpan(
      async (outer) => {
        seen.push(mlflow.getCurrentActiveSpan() === outer);
        await sleep(1);
        const inner = mlflow.withSpan({ name: "inner" }, (span) => {
          seen.push(span.parentId === outer.spanId, span.traceId === outer.traceId);
          return 1;
        });
        return inner + 1;
      },
      { name: "outer", inputs: { a: 1 } },
    );
    expect(result).toBe(2);
    expect(seen).toEqual([null, true, true, true]);
    const trace = await only();
    expect(spansOf(trace)).toMatchObject([
      { name: "outer", inputs: { a: 1 }, outputs: 2 },
      { name: "inner", outputs: 1 },
    ]);
    expect(mlflow.getLastActiveTraceId()).toBe(trace.info.traceId);
  });

  test("startSpan() has the parent that it is given, and exact times", async () => {
    const root = mlflow.startSpan({ name: "root", startTimeNs: 1_700_000_000_123_456_789n });
    expect(mlflow.getCurrentActiveSpan()).toBe(null);
    const child = mlflow.startSpan({ name: "child", parent: root, spanType: "TOOL" });
    child.end({ outputs: "x", attributes: { k: [1] }, status: "ERROR" });
    root.end({ endTimeNs: 1_700_000_001_000_000_001n });
    const [first, second] = (await only()).data.spans;
    expect(first).toMatchObject({
      startTimeNs: 1_700_000_000_123_456_789n,
      endTimeNs: 1_700_000_001_000_000_001n,
      status: { statusCode: "OK" },
    });
    expect(second).toMatchObject({
      parentId: first!.spanId,
      attributes: { k: [1] },
      status: { statusCode: "ERROR" },
      outputs: "x",
    });
  });

  test("a span has all setters and getters, and its values are copied", async () => {
    const value = { a: 1 };
    const span = mlflow.startSpan({ name: "all", logLevel: "WARNING" });
    span.setInputs(value);
    value.a = 2;
    span.setOutputs("out");
    span.setAttribute("mlflow.spanOutputs", "other");
    span.setAttributes({ b: true });
    span.setSpanType(mlflow.SpanType.MEMORY);
    span.addEvent({ name: "found", attributes: { n: 3 }, timestamp: 5_000_000n });
    span.recordException(new Error("noted"));
    span.setStatus("ERROR", "why");
    expect(span).toMatchObject({
      ...{ name: "all", spanType: "MEMORY", parentId: null, inputs: { a: 1 }, outputs: "other" },
      ...{ logLevel: 40, endTimeNs: null, attributes: { b: true } },
      status: { statusCode: "ERROR", code: "ERROR", description: "why" },
      events: [
        { name: "found", timestampNs: 5_000_000n, attributes: { n: 3 } },
        { name: "exception" },
      ],
    });
    span.end();
    span.setOutputs("late");
    span.end({ outputs: "later" });
    expect((await only()).data.spans[0]).toMatchObject({
      outputs: "other",
      status: { message: "why" },
    });
  });

  test("a span that starts below a complete trace is not recorded, and is counted", async () => {
    const root = mlflow.startSpan();
    root.end();
    const before = getPipeline().losses.late_span ?? 0;
    mlflow.startSpan({ parent: root }).end();
    expect(getPipeline().losses.late_span).toBe(before + 1);
    expect((await only()).data.spans).toHaveLength(1);
  });

  test("a span that never ends is closed by a flush once the root has ended", async () => {
    const root = mlflow.startSpan({ name: "root" });
    mlflow.startSpan({ name: "forgotten", parent: root });
    root.end();
    const { data } = await only();
    expect(data.spans.map(({ name, attributes }) => [name, attributes["langchain.end"]])).toEqual([
      ["root", "complete"],
      ["forgotten", "abandoned"],
    ]);
  });

  test("a background span that starts after its trace is complete is the root of a new one", async () => {
    let later: Promise<void> | undefined;
    await mlflow.withSpan(async () => {
      later = sleep(20).then(() => mlflow.withSpan(() => {}, { name: "later" }));
    });
    await later;
    expect((await traces()).map(({ data }) => data.spans.map(({ name }) => name))).toEqual([
      ["span"],
      ["later"],
    ]);
  });

  test.each([
    ["autolog is disabled", { disable: true }],
    ["traces are off", { logTraces: false }],
    ["the trace is not sampled", { samplingRatio: 0 }],
  ])("if %s, the methods of spans work and nothing is recorded", async (_title, options) => {
    getPipeline().configure(resolveOptions(options));
    const result = mlflow.withSpan((span) => {
      span.setInputs(1);
      span.addEvent({ name: "e" });
      span.setStatus("ERROR");
      span.end({ outputs: 2 });
      const child = mlflow.startSpan({ parent: span });
      child.end();
      mlflow.updateCurrentTrace({ tags: { a: "b" } });
      return [span.traceId, child.traceId, span.inputs, mlflow.getCurrentActiveSpan()];
    });
    expect(result).toEqual(["no-op-span-trace-id", "no-op-span-trace-id", undefined, null]);
    expect(await traces()).toEqual([]);
  });

  test("a store that cannot be used does not reach the app, and is logged", async () => {
    vi.spyOn(getPipeline().tracking, "current").mockImplementation(() => {
      throw new Error("no store");
    });
    const stderr = warnings();
    expect(mlflow.withSpan(() => "result")).toBe("result");
    vi.restoreAllMocks();
    expect(stderr.lines.join("")).toContain("spans by hand are not recorded: no store");
  });
});

describe("updateCurrentTrace(), tracingContext() and hooks", () => {
  test("set fields of the trace", async () => {
    mlflow.withSpan(() =>
      mlflow.updateCurrentTrace({
        ...{ tags: { a: "b" }, metadata: { m: "n" }, clientRequestId: "r-1", user: "ada" },
        ...{ requestPreview: "asked", responsePreview: "answered", state: "ERROR" },
        ...{ modelId: "m-1", sessionId: ["s-1", "s-2"] },
      }),
    );
    expect((await only()).info).toMatchObject({
      ...{ clientRequestId: "r-1", requestPreview: "asked", responsePreview: "answered" },
      ...{ state: "ERROR", tags: { a: "b" } },
      traceMetadata: {
        ...{ m: "n", "mlflow.modelId": "m-1", "mlflow.trace.user": "ada" },
        "mlflow.trace.session": '["s-1","s-2"]',
      },
    });
  });

  test("outside of a trace, updateCurrentTrace() logs a warning", () => {
    const stderr = warnings();
    mlflow.updateCurrentTrace({ tags: { a: "b" } });
    expect(stderr.lines.join("")).toContain(
      "updateCurrentTrace() has no effect outside of a trace",
    );
    expect(() => mlflow.updateCurrentTrace({ state: "IN_PROGRESS" as "OK" })).toThrow(
      '`state` takes one of "OK", "ERROR"',
    );
  });

  test("contexts add to the traces that start in them, the inner one first", async () => {
    const result = await mlflow.tracingContext(
      { tags: { a: "1", b: "1" }, sessionId: "s", metadata: { m: "1" } },
      () =>
        mlflow.tracingContext({ tags: { b: "2" }, user: "ada" }, async () => {
          await sleep(1);
          return mlflow.withSpan(() => "result");
        }),
    );
    expect(result).toBe("result");
    expect((await only()).info).toMatchObject({
      tags: { a: "1", b: "2" },
      traceMetadata: { m: "1", "mlflow.trace.session": "s", "mlflow.trace.user": "ada" },
    });
  });

  test("secrets are masked by the names of attributes, tags and metadata, and in URLs", async () => {
    const url = "https://ann:pw@host/x";
    const shown = "https://[REDACTED]@host/x";
    const fields = { password: "hunter2", link: url };
    mlflow.withSpan(
      (span) => {
        span.setAttribute("apiKey", "k");
        mlflow.updateCurrentTrace({ tags: fields, metadata: fields, requestPreview: url });
      },
      { name: "a", attributes: { client_secret: "c", index: "products", "mlflow.chat.jwt": 1 } },
    );
    const { info, data } = await only();
    expect(data.spans[0]?.attributes).toMatchObject({
      ...{ apiKey: "[REDACTED]", client_secret: "[REDACTED]", index: "products" },
      "mlflow.chat.jwt": 1,
    });
    const masked = { password: "[REDACTED]", link: shown };
    expect(info).toMatchObject({ tags: masked, traceMetadata: masked, requestPreview: shown });
  });

  test("a hook that returns a promise is reported in one line, and its rejection does not end the process", async () => {
    const stderr = warnings();
    const remove = mlflow.registerOnSpanEndHook(async () => {
      throw new Error("x");
    });
    mlflow.withSpan(() => 1, { name: "a" });
    await only();
    remove();
    expect(stderr.lines.join("")).toContain("a span hook returned a promise");
  });

  test("hooks may start spans and call LangChain: nothing that they call is traced", async () => {
    const chain = RunnableLambda.from((text: string) => text);
    const calls: unknown[] = [];
    const call = () => {
      mlflow.startSpan({ name: "in a hook" }).end();
      calls.push(chain.invoke("in a hook"));
    };
    const remove = [mlflow.registerOnSpanStartHook(call), mlflow.registerOnSpanEndHook(call)];
    mlflow.withSpan(() => 1, { name: "a" });
    expect((await only()).data.spans.map(({ name }) => name)).toEqual(["a"]);
    for (const undo of remove) undo();
    expect(await Promise.all(calls)).toEqual(["in a hook", "in a hook"]);
  });

  test("mistakes in calls of a span are reported, one line each", async () => {
    const stderr = warnings();
    mlflow.withSpan((span) => {
      span.setStatus("error" as "ERROR");
      span.setLogLevel("LOUD");
      span.addEvent("cache miss" as never);
      span.addLink({ traceId: "bad", spanId: "x" });
      span.end({ output: "5\n6" } as object);
    });
    mlflow.startSpan().end("result" as never);
    const lines = stderr.lines.join("").trimEnd().split("\n");
    expect(lines.map((line) => /(\w+\(\)) of a span/.exec(line)?.[1])).toEqual([
      "setStatus()",
      "setLogLevel()",
      "addEvent()",
      "addLink()",
      "end()",
      "end()",
    ]);
    expect(lines[4]).toContain("Did you mean `outputs`?");
    await mlflow.flushTraces();
  });

  test("hooks receive every span, and may change it before `redact` does", async () => {
    const seen: string[] = [];
    getPipeline().configure(
      resolveOptions({ redact: (value) => (typeof value === "string" ? `${value}!` : value) }),
    );
    const stderr = warnings();
    const remove = [
      mlflow.registerOnSpanStartHook((span) => {
        seen.push(`start ${span.name}`);
        span.setAttribute("region", "eu");
      }),
      mlflow.registerOnSpanEndHook((span) => {
        seen.push(`end ${span.name}`);
        span.setOutputs("hidden");
      }),
      mlflow.registerOnSpanEndHook(() => {
        throw new Error("of a hook");
      }),
    ];
    mlflow.withSpan(() => mlflow.withSpan(() => "secret", { name: "inner" }), { name: "outer" });
    for (const one of remove) one();
    mlflow.withSpan(() => "after", { name: "after" });
    expect(seen).toEqual(["start outer", "start inner", "end outer", "end inner"]);
    const [first] = await traces();
    expect(
      first!.data.spans.map(({ outputs, attributes }) => [outputs, attributes.region]),
    ).toEqual([
      ["hidden!", "eu!"],
      ["hidden!", "eu!"],
    ]);
    expect(stderr.lines.join("")).toContain("a span hook threw");
  });

  test("a span that was read has the log level, like one that is recorded, and no other new key", async () => {
    mlflow.startSpan({ logLevel: "WARNING" }).end();
    mlflow.startSpan().end();
    const levels: unknown[] = [];
    for (const { data } of await traces()) {
      const span = data.spans[0]!;
      levels.push([span.logLevel, Object.keys(span).includes("logLevel")]);
    }
    expect(levels).toEqual([
      [mlflow.SpanLogLevel.WARNING, false],
      [mlflow.SpanLogLevel.DEBUG, false],
    ]);
  });

  test("a trace is searched for spans, and written as JSON", async () => {
    mlflow.withSpan(() => mlflow.withSpan(() => 1, { name: "inner", spanType: "TOOL" }));
    const trace = await only();
    expect(trace.searchSpans({ spanType: "TOOL" }).map(({ name }) => name)).toEqual(["inner"]);
    expect(trace.searchSpans({ name: /^in/g }).map(({ name }) => name)).toEqual(["inner"]);
    expect(trace.searchSpans()).toHaveLength(2);
    expect(JSON.parse(trace.toJson())).toMatchObject({
      info: { trace_id: trace.info.traceId, state: "OK" },
      data: { spans: [{ name: "span", parent_span_id: null }, { name: "inner" }] },
    });
    expect(JSON.parse(JSON.stringify({ trace })).trace).toEqual(JSON.parse(trace.toJson()));
  });
});

test("init() sets the store and the experiment", async () => {
  mlflow.init({ trackingUri: `file:${directory}/init`, experimentName: "by init" });
  expect(mlflow.getTrackingUri()).toContain("init");
  mlflow.withSpan(() => 1);
  const { experimentId } = await mlflow.setExperiment("by init");
  expect((await only()).info.experimentId).toBe(experimentId);
  expect(() => mlflow.init({ host: "x" } as never)).toThrow("init() has no option `host`");
});
