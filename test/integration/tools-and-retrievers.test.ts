import { BaseDocumentTransformer, Document } from "@langchain/core/documents";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { DynamicStructuredTool, DynamicTool, tool } from "@langchain/core/tools";
import { FakeRetriever } from "@langchain/core/utils/testing";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { record } from "../support/traces.js";

const add = tool(async ({ a, b }) => String(a + b), {
  name: "add",
  description: "Adds two numbers.",
  schema: z.object({ a: z.number(), b: z.number() }),
});
const call = { type: "tool_call" as const, name: "add", id: "c1", args: { a: 1, b: 2 } };

describe("a tool", () => {
  test("given its arguments", async () => {
    const { flow } = await record((config) => add.invoke({ a: 1, b: 2 }, config));
    expect(flow).toMatchInlineSnapshot(`"TOOL add OK: {"a":1,"b":2} → "3""`);
  });

  test("given a model's call: its arguments are the input, its id an attribute, a message the output", async () => {
    const { flow, span } = await record((config) => add.invoke(call, config));
    expect(flow).toMatchInlineSnapshot(`"TOOL add OK: {"a":1,"b":2} → "tool:3""`);
    expect(span("add").attributes.tool_call_id).toBe("c1");
    expect(span("add").outputs).toMatchObject({ tool_call_id: "c1", status: "success" });
  });

  test("that fails", async () => {
    const failing = new DynamicStructuredTool({
      name: "failing",
      description: "Fails.",
      schema: z.object({ a: z.number() }),
      func: async () => {
        throw new RangeError("negative");
      },
    });
    const { flow, span } = await record((config) => failing.invoke({ a: -1 }, config));
    expect(flow).toMatchInlineSnapshot(`"TOOL failing ERROR [exception]: {"a":-1} → nothing"`);
    expect(span("failing").events[0]?.attributes["exception.type"]).toBe("RangeError");
    expect(span("failing").attributes["mlflow.spanLogLevel"]).toBe(40);
  });

  test("given what its schema refuses, before any run: there is a span all the same", async () => {
    const { flow, outcome } = await record((config) => add.invoke({ a: "no" } as never, config));
    expect(outcome.kind).toBe("thrown");
    expect(flow).toMatchInlineSnapshot(`"TOOL add ERROR [exception]: {"a":"no"} → nothing"`);
  });

  test("that takes text", async () => {
    const upper = new DynamicTool({
      name: "upper",
      description: "Shouts.",
      func: async (text) => text.toUpperCase(),
    });
    const { flow } = await record((config) => upper.invoke("hi", config));
    expect(flow).toMatchInlineSnapshot(`"TOOL upper OK: "hi" → "HI""`);
  });

  test("by its old call()", async () => {
    const old = add as unknown as { call(input: object): Promise<string> };
    const { flow } = await record(() => old.call({ a: 1, b: 2 }));
    expect(flow).toMatchInlineSnapshot(`"TOOL add OK: {"a":1,"b":2} → "3""`);
  });

  test("a batch of calls: a trace each", async () => {
    const { traces } = await record(
      (config) => add.batch([{ a: 1, b: 1 }, call] as never, config),
      { traces: 2 },
    );
    expect(traces.map(({ data }) => data.spans[0]?.inputs)).toEqual([
      { a: 1, b: 1 },
      { a: 1, b: 2 },
    ]);
  });

  test("made of a runnable", async () => {
    const increment = RunnableLambda.from(({ a }: { a: number }) => a + 1);
    const asTool = increment.asTool({ name: "increment", schema: z.object({ a: z.number() }) });
    const { flow } = await record((config) => asTool.invoke({ a: 1 }, config));
    expect(flow).toMatchInlineSnapshot(`
      "CHAIN increment OK: {"a":1} → 2
        CHAIN increment:parse_input OK: {"a":1} → {"a":1}
        CHAIN RunnableLambda OK: {"a":1} → 2"
    `);
  });
});

describe("a retriever", () => {
  test("gives documents as MLflow reads them", async () => {
    const { flow } = await record((config) => new FakeRetriever().invoke("what?", config));
    expect(flow).toMatchInlineSnapshot(
      `"RETRIEVER FakeRetriever OK: "what?" → [{"page_content":"foo","metadata":{},"id":null},{"page_content":"bar","metadata":{},"id":null}]"`,
    );
  });

  test("that fails", async () => {
    class Down extends BaseRetriever {
      lc_namespace = ["test"];
      override async _getRelevantDocuments(): Promise<Document[]> {
        throw new Error("the index is down");
      }
    }
    const { flow } = await record((config) => new Down().invoke("what?", config));
    expect(flow).toMatchInlineSnapshot(`"RETRIEVER Down ERROR [exception]: "what?" → nothing"`);
  });
});

test("a document transformer, which makes no run", async () => {
  class Shorten extends BaseDocumentTransformer {
    override lc_namespace = ["test"];
    override async transformDocuments(documents: Document[]): Promise<Document[]> {
      return documents.slice(0, 1);
    }
  }
  const documents = ["a", "b"].map((pageContent) => new Document({ pageContent }));
  const { trace } = await record((config) => new Shorten().invoke(documents, config));
  const [first, second] = ["a", "b"].map((text) => ({ page_content: text, type: "Document" }));
  expect(trace.data.spans).toMatchObject([
    { name: "Shorten", inputs: [first, second], outputs: [first] },
  ]);
});
