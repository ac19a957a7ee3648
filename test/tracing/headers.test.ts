import { afterAll, beforeEach, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import { warnings } from "../runs/warnings.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const directory = temporaryDirectory({ prefix: "headers-", whenOver: afterAll });
let count = 0;
beforeEach(() => {
  count += 1;
  getPipeline().configure(resolveOptions({}));
  mlflow.setTrackingUri(`file:${directory}/${count}`);
});
afterAll(() => mlflow.flushTraces());

const { getTracingContextHeadersForHttpRequest: headersHere, withTracingContextFromHeaders } =
  mlflow;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";
const HEADER = `00-${TRACE}-${SPAN}-01`;

async function readLast(): Promise<mlflow.Trace | undefined> {
  return mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
}

describe("the headers of a request", () => {
  test("have the ids of the active span, in W3C's form", () => {
    mlflow.withSpan((span) => {
      const digits = span.traceId.slice("tr-".length);
      expect(headersHere()).toEqual({ traceparent: `00-${digits}-${span.spanId}-01` });
    });
  });

  test("are empty outside of a trace, with one warning", () => {
    const { lines } = warnings();
    expect([headersHere(), headersHere()]).toEqual([{}, {}]);
    expect(lines).toEqual([expect.stringMatching(/returns no header outside of a trace/)]);
  });

  test("where nothing is recorded, ask the other process to record nothing", async () => {
    const headers = mlflow.tracingContext({ enabled: false }, headersHere);
    expect(headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    withTracingContextFromHeaders(headers, () => {
      expect(mlflow.withSpan((span) => span.traceId)).toBe("no-op-span-trace-id");
    });
  });
});

describe("code with the headers of a request", () => {
  test.each<[string, mlflow.RequestHeaders]>([
    ["Headers", new Headers({ traceparent: HEADER })],
    ["the headers of Node's http", { host: "a", traceparent: HEADER, cookie: ["b"] }],
    ["an object with names in upper case", { Traceparent: HEADER }],
    ["a list of values", { traceparent: [HEADER, "b"] }],
    ["a later version of the form", { traceparent: `01-${TRACE}-${SPAN}-03-more` }],
  ])("%s: is below the span of the other process", async (_what, headers) => {
    const answer = withTracingContextFromHeaders(headers, () =>
      mlflow.withSpan(
        (span) => {
          expect(span).toMatchObject({ traceId: `tr-${TRACE}`, parentId: SPAN });
          return mlflow.withSpan(() => 1);
        },
        { name: "handler" },
      ),
    );
    expect(answer).toBe(1);
    const trace = await readLast();
    expect(trace?.info.traceId).toBe(`tr-${TRACE}`);
    expect(trace?.data.spans.map(({ name, parentId }) => [name, parentId])).toEqual([
      ["handler", SPAN],
      ["span", trace?.data.spans[0]?.spanId],
    ]);
  });

  test("is recorded although its own sampling ratio would exclude it", () => {
    getPipeline().configure(resolveOptions({ samplingRatio: 0 }));
    withTracingContextFromHeaders({ traceparent: HEADER }, () => {
      expect(mlflow.withSpan((span) => span.traceId)).toBe(`tr-${TRACE}`);
    });
    expect(mlflow.withSpan((span) => span.traceId)).toBe("no-op-span-trace-id");
  });

  test("may start a trace of its own", () => {
    withTracingContextFromHeaders({ traceparent: HEADER }, () => {
      const span = mlflow.startSpan({ parent: null });
      expect(span.traceId).not.toBe(`tr-${TRACE}`);
      expect(span.parentId).toBeNull();
      span.end();
    });
  });

  test("of the same process is in the trace that is open", async () => {
    await mlflow.withSpan(
      async () => {
        const headers = headersHere();
        await mlflow.tracingContext({ enabled: false }, () =>
          withTracingContextFromHeaders(headers, async () =>
            mlflow.withSpan(() => 2, { name: "in" }),
          ),
        );
      },
      { name: "out" },
    );
    const trace = await readLast();
    expect(trace?.data.spans.map(({ name }) => name)).toEqual(["out", "in"]);
    expect(trace?.data.spans[1]?.parentId).toBe(trace?.data.spans[0]?.spanId);
  });

  test("starts a trace of its own for an invalid header, with one warning", () => {
    const { lines } = warnings();
    const zeros = "0".repeat(32);
    for (const traceparent of [
      "",
      "00-1-2-01",
      `00-${zeros}-${SPAN}-01`,
      `ff-${TRACE}-${SPAN}-01`,
    ]) {
      withTracingContextFromHeaders({ traceparent }, () => {
        expect(mlflow.withSpan((span) => span.parentId)).toBeNull();
      });
    }
    expect(lines).toEqual([expect.stringMatching(/not in the form of W3C/)]);
  });

  test("needs the header, and a function", () => {
    expect(() => withTracingContextFromHeaders({}, () => 1)).toThrow(
      "withTracingContextFromHeaders() needs the header `traceparent`",
    );
    expect(() => withTracingContextFromHeaders(null as never, () => 1)).toThrow(
      "withTracingContextFromHeaders() argument `headers` takes the headers of a request",
    );
    expect(() => withTracingContextFromHeaders({ traceparent: HEADER }, 5 as never)).toThrow(
      "withTracingContextFromHeaders() argument `fn` takes a function, got 5.",
    );
  });

  test("throws what the function throws, also later", async () => {
    const fail = () => {
      throw new RangeError("mine");
    };
    expect(() => withTracingContextFromHeaders({ traceparent: HEADER }, fail)).toThrow(RangeError);
    await expect(
      mlflow.withTracingContextFromHeadersAsync({ traceparent: HEADER }, async () => fail()),
    ).rejects.toThrow("mine");
  });

  test("may set tags of the trace, and is warned that other fields belong to the other process", () => {
    const { lines } = warnings();
    withTracingContextFromHeaders({ traceparent: HEADER }, () =>
      mlflow.withSpan(() => {
        mlflow.updateCurrentTrace({ tags: { a: "b" } });
        expect(lines).toEqual([]);
        mlflow.updateCurrentTrace({ user: "ann" });
      }),
    );
    expect(lines).toEqual([expect.stringMatching(/sets only tags/)]);
  });
});
