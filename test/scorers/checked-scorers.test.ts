import { describe, expect, test } from "vitest";
import * as z from "zod";
import * as scorers from "../../src/scorers/built-in.js";
import { editDistance } from "../../src/scorers/levenshtein.js";
import { runScorer } from "../../src/scorers/run-scorer.js";
import type { ScoredRow, Scorer } from "../../src/scorers/scorer.js";
import { type Span, spanStatus } from "../../src/trace/span.js";
import { readableTrace } from "../../src/tracing/read-trace.js";

const scoring = {
  signal: new AbortController().signal,
  withBackoff: <T>(work: () => Promise<T>) => work(),
};

async function scoreOf(scorer: Scorer, row: ScoredRow) {
  const [feedback] = await runScorer(scorer, row, scoring);
  return feedback?.error ? feedback.error.errorMessage : feedback?.value;
}

function traceOf(...spans: readonly Partial<Span>[]) {
  const traceId = `tr-${"1".repeat(32)}`;
  const info = { traceId, experimentId: "0", requestTime: 1, executionDuration: 1500, state: "OK" };
  const complete = spans.map((span, index) => ({
    ...{ traceId, spanId: `000000000000000${index}`, name: "span", spanType: "CHAIN" },
    ...{ startTimeNs: BigInt(index), endTimeNs: 9n, status: spanStatus("OK") },
    ...{ attributes: {}, events: [], ...span },
  }));
  return readableTrace({
    info: { ...info, state: "OK", traceMetadata: {}, tags: {}, assessments: [] },
    data: { spans: complete },
  });
}

/** A generator of the same numbers in every run. */
function random(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

describe("MatchesSchema", () => {
  const city = z.object({ city: z.string() });
  const person = { properties: { name: { type: "string" } }, required: ["name"] };
  test.each<[string, object, unknown, "yes" | "no"]>([
    ["zod accepts JSON text", city, '{"city":"Paris"}', "yes"],
    ["zod accepts JSON in a block of Markdown", city, '```json\n{"city":"Paris"}\n```', "yes"],
    ["zod refuses another type", city, { city: 1 }, "no"],
    [
      "zod with an asynchronous check",
      city.refine(async ({ city }) => city === "Rome"),
      { city: "Oslo" },
      "no",
    ],
    ["text that is not JSON", city, "Paris", "no"],
    ["a JSON schema without a type requires its fields", person, {}, "no"],
    ["a JSON schema without a type checks its fields", person, { name: 1 }, "no"],
    ["a JSON schema accepts", person, { name: "Ann" }, "yes"],
    ["several types", { type: ["object", "null"], ...person }, { name: 1 }, "no"],
    ["several types accept", { type: ["object", "null"], ...person }, "null", "yes"],
    ["a condition", { dependentRequired: { a: ["b"] } }, { a: 1 }, "no"],
    ["a negation", { not: { type: "string" } }, '"text"', "no"],
    ["a reference", { $ref: "#/$defs/n", $defs: { n: { type: "number" } } }, "1", "yes"],
  ])("%s", async (_title, schema, outputs, value) => {
    expect(await scoreOf(new scorers.MatchesSchema({ schema }), { outputs })).toBe(value);
  });

  test("the rationale names the field that is wrong", async () => {
    for (const schema of [city, { type: "object", properties: { city: { type: "string" } } }]) {
      const [feedback] = await runScorer(
        new scorers.MatchesSchema({ schema }),
        { outputs: { city: 1 } },
        scoring,
      );
      expect(feedback?.rationale).toMatch(/^city: /);
    }
  });

  test("a schema of another library is asked by Standard Schema", async () => {
    const validate = (value: unknown) =>
      value === 1 ? { value } : { issues: [{ message: "not one", path: [{ key: "a" }] }] };
    const schema = { "~standard": { version: 1, vendor: "test", validate } };
    const scorer = new scorers.MatchesSchema({ schema });
    expect(await scoreOf(scorer, { outputs: "1" })).toBe("yes");
    const [feedback] = await runScorer(scorer, { outputs: "2" }, scoring);
    expect(feedback).toMatchObject({ value: "no", rationale: "a: not one" });
  });
});

describe("PIIDetection", () => {
  test.each([
    ["Write to ann.b+c@ex-ample.co.uk", "email"],
    ["Call (555) 123-4567", "phone"],
    ["Call +49", "phone"],
    ["My number is 123-45-6789", "ssn"],
    ["Pay with 4111-1111-1111-1111", "credit_card"],
    ["Pay with 3782 822463 10005", "phone, credit_card"],
    ["From 192.168.001.255", "ip_address"],
    ["From 256.1.1.1", undefined],
    ["Order ABC-123", undefined],
  ])("%s", async (outputs, found) => {
    const [feedback] = await runScorer(new scorers.PIIDetection(), { outputs }, scoring);
    const rationale = found === undefined ? "No personal data was found." : `Found: ${found}.`;
    expect(feedback).toMatchObject({ value: found === undefined ? "yes" : "no", rationale });
  });
});

describe("EditDistance", () => {
  const naive = (one: string, other: string): number => {
    if (one === "" || other === "") return one.length + other.length;
    const replaced = naive(one.slice(1), other.slice(1)) + Number(one[0] !== other[0]);
    return Math.min(replaced, naive(one.slice(1), other) + 1, naive(one, other.slice(1)) + 1);
  };

  test("agrees with a naive version for 500 pairs of texts", () => {
    const next = random(1);
    const text = () => Array.from({ length: next(6) }, () => "abc"[next(3)]).join("");
    for (let count = 0; count < 500; count += 1) {
      const [one, other] = [text(), text()];
      expect(editDistance([...one], [...other]), `${one} ${other}`).toBe(naive(one, other));
    }
  });

  test("refuses texts that would occupy the thread for long, unless they differ little", async () => {
    const [one, other] = ["a".repeat(30_000), "b".repeat(30_000)];
    const row = { outputs: one, expectations: { expected_response: other } };
    expect(await scoreOf(new scorers.EditDistance(), row)).toContain("up to 20000 characters");
    const similar = { outputs: `${one}x`, expectations: { expected_response: `${one}y` } };
    expect(await scoreOf(new scorers.EditDistance(), similar)).toBeCloseTo(1 - 1 / 30_001);
  });
});

describe("TrajectoryMatch", () => {
  const MODES = ["strict", "unordered", "subset", "superset"] as const;
  const asCalls = (names: readonly string[]) => names.map((name) => ({ name, arguments: {} }));

  test("each mode compares the calls as multisets, and strict also their order", async () => {
    const next = random(2);
    const isIn = (part: readonly string[], whole: readonly string[]) => {
      const rest = [...whole];
      return part.every((name) => {
        const index = rest.indexOf(name);
        if (index >= 0) rest.splice(index, 1);
        return index >= 0;
      });
    };
    for (let count = 0; count < 300; count += 1) {
      const names = () => Array.from({ length: next(4) }, () => "ab"[next(2)] ?? "");
      const [called, wanted] = [names(), names()];
      const right = {
        strict: called.join() === wanted.join(),
        unordered: isIn(called, wanted) && isIn(wanted, called),
        subset: isIn(called, wanted),
        superset: isIn(wanted, called),
      };
      const trace = traceOf(
        ...called.map((name) => ({ name, spanType: "TOOL", inputs: {} }) as const),
      );
      const row = { trace, expectations: { expected_tool_calls: asCalls(wanted) } };
      for (const mode of MODES) {
        const value = await scoreOf(new scorers.TrajectoryMatch({ mode }), row);
        expect(value, `${mode}: ${called} for ${wanted}`).toBe(right[mode] ? "yes" : "no");
      }
    }
  });

  const one = { city: "Paris", days: 2 };
  test.each([
    ["exact", one, { days: 2, city: "Paris" }, "yes"],
    ["exact", one, { city: "Paris" }, "no"],
    ["ignore", one, { city: "Rome" }, "yes"],
    ["subset", one, { city: "Paris", days: 2, unit: "C" }, "yes"],
    ["subset", one, { city: "Paris" }, "no"],
    ["superset", one, { city: "Paris" }, "yes"],
    ["superset", one, { city: "Paris", unit: "C" }, "no"],
  ] as const)(
    "arguments by %s: called with %j, expected %j",
    async (mode, called, wanted, value) => {
      const row = {
        trace: traceOf({ name: "weather", spanType: "TOOL", inputs: called }),
        expectations: { expectedToolCalls: [{ name: "weather", arguments: wanted }] },
      };
      expect(await scoreOf(new scorers.TrajectoryMatch({ toolArguments: mode }), row)).toBe(value);
    },
  );
});

describe("retrieval metrics", () => {
  const documents = ["a", "b", "c", "d"].map((id) => ({
    ...{ page_content: `text of ${id}`, metadata: { doc_uri: id } },
  }));
  const trace = traceOf({ spanType: "RETRIEVER", outputs: documents });
  const { RetrievalPrecision, RetrievalRecall, RetrievalNdcg } = scorers;

  test.each([
    [{ expected_document_ids: ["a", "c", "x", "y"] }],
    [{ expected_retrieved_context: ["text of a", "text of c", "text of x", "text of y"] }],
    [{ expected_retrieved_context: ["a", "c", "x", "y"].map((doc_uri) => ({ doc_uri })) }],
    [
      {
        expectedRetrievedContext: ["a", "c", "x", "y"].map((id) => ({ content: `text of ${id}` })),
      },
    ],
  ])("documents are known by their ids or texts: %j", async (expectations) => {
    const row = { trace, expectations };
    expect(await scoreOf(new RetrievalPrecision({ k: 4 }), row)).toBe(0.5);
    expect(await scoreOf(new RetrievalPrecision({ k: 1 }), row)).toBe(1);
    expect(await scoreOf(new RetrievalRecall({ k: 4 }), row)).toBe(0.5);
    expect(await scoreOf(new RetrievalRecall({ k: 2 }), row)).toBe(0.25);
    const gain = 1 + 1 / Math.log2(4);
    const best = 1 + 1 / Math.log2(3) + 1 / Math.log2(4);
    expect(await scoreOf(new RetrievalNdcg({ k: 3 }), row)).toBeCloseTo(gain / best);
  });

  test("an expected document counts once, and one without id and text is refused", async () => {
    const twice = traceOf(
      { spanType: "RETRIEVER", outputs: documents.slice(0, 1) },
      { spanType: "RETRIEVER", outputs: documents.slice(0, 1) },
    );
    const row = { trace: twice, expectations: { expected_document_ids: ["a", "a"] } };
    expect(await scoreOf(new RetrievalPrecision(), row)).toBe(1);
    expect(await scoreOf(new RetrievalRecall(), row)).toBe(1);
    const wrong = { trace, expectations: { expected_retrieved_context: [{ uri: "a" }] } };
    expect(await scoreOf(new RetrievalRecall(), wrong)).toContain("objects { doc_uri, content }");
  });
});
