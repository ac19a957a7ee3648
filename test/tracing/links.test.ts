import { afterAll, beforeEach, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { resolveOptions } from "../../src/settings/options.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const directory = temporaryDirectory({ prefix: "links-", whenOver: afterAll });
let count = 0;
beforeEach(() => {
  count += 1;
  getPipeline().configure(resolveOptions({}));
  mlflow.setTrackingUri(`file:${directory}/${count}`);
});
afterAll(() => mlflow.flushTraces());

const OTHER = { traceId: `tr-${"1f".repeat(16)}`, spanId: "a".repeat(16) };

async function readSpans(): Promise<readonly mlflow.Span[]> {
  const trace = await mlflow.getTrace(mlflow.getLastActiveTraceId() ?? "");
  return trace?.data.spans ?? [];
}

describe("a link", () => {
  test("is recorded as an option of a span and by addLink(), with its attributes", async () => {
    const bare = { traceId: OTHER.traceId.slice(3), spanId: "b".repeat(16) };
    const attributes = { kind: "follows", list: [1] };
    mlflow.withSpan(
      (span) => {
        span.addLink({ ...OTHER, attributes });
        span.addLink({ traceId: "tr-1", spanId: "b" });
        expect(span.links).toHaveLength(2);
      },
      { links: [bare] },
    );
    const [span] = await readSpans();
    expect(span?.links).toEqual([
      { ...bare, traceId: OTHER.traceId, attributes: {} },
      { ...OTHER, attributes },
    ]);
  });

  test("with invalid ids is refused as an option", () => {
    for (const links of [[{ traceId: "1", spanId: "2" }], [null], "a"]) {
      expect(() => mlflow.startSpan({ links: links as never })).toThrow(
        "startSpan() option `links` takes a list of { traceId, spanId, attributes }",
      );
    }
  });

  test("is passed to `redact` by the names of its attributes", async () => {
    const redact: mlflow.Redact = (value, { field, name }) =>
      field === "link" && name === "key" ? "removed" : value;
    getPipeline().configure(resolveOptions({ redact }));
    mlflow.withSpan(() => 1, { links: [{ ...OTHER, attributes: { key: "a", other: "b" } }] });
    const [span] = await readSpans();
    expect(span?.links?.[0]?.attributes).toEqual({ key: "removed", other: "b" });
  });

  test("a span without a link has none", async () => {
    mlflow.withSpan(() => 1);
    const [span] = await readSpans();
    expect(span).not.toHaveProperty("links");
  });
});

/** What OpenTelemetry's API registers: one context manager for all its copies. */
describe("the active span of OpenTelemetry", () => {
  const API = Symbol.for("opentelemetry.js.api.1");
  const registry = globalThis as { [API]?: unknown };
  const register = (active: () => unknown) => {
    registry[API] = { context: { active, with: (_: unknown, fn: () => unknown) => fn() } };
  };
  const context = (traceId: string, spanId = "c".repeat(16)) => ({
    getValue: () => ({ spanContext: () => ({ traceId, spanId }) }),
  });
  afterAll(() => {
    delete registry[API];
  });

  test("is linked to from the root, and from no other span", async () => {
    register(() => context("2e".repeat(16)));
    mlflow.withSpan(() => mlflow.withSpan(() => 1, { name: "inner" }), { name: "outer" });
    const [outer, inner] = await readSpans();
    const link = { traceId: `tr-${"2e".repeat(16)}`, spanId: "c".repeat(16), attributes: {} };
    expect(outer?.links).toEqual([link]);
    expect(inner).not.toHaveProperty("links");
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["has no context", () => undefined],
    ["has a context of another form", () => ({})],
    ["has invalid ids", () => context("0".repeat(32))],
    ["has no ids", () => ({ getValue: () => ({ spanContext: () => null }) })],
  ])("that %s is ignored", async (_what, active) => {
    register(active);
    getPipeline().configure(resolveOptions({ otelContext: true }));
    expect(mlflow.withSpan(() => 1)).toBe(1);
    expect(await readSpans()).toHaveLength(1);
    expect((await readSpans())[0]).not.toHaveProperty("links");
  });
});
