import { AIMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { inferSignature } from "../../../src/models/signature/infer-signature.js";
import { goldenTraces } from "../../golden/golden-data.js";
import { goldenMlModel } from "../../golden/golden-models.js";
import { PARAMS_AS_PYTHON, UNLIKE_PYTHON, WRONG_PARAMS } from "./sample-values.js";

const lines: string[] = [];
beforeEach(() => {
  vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const outputs = (value: unknown) => inferSignature("x", value).outputs?.toJson();

const TEST_INPUT = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};
const QUESTION = "How long would it take to drive to the Moon with F1 racing cars?";

describe("the reference's programs have the signatures Python gave them", () => {
  test.each<[string, unknown, unknown]>([
    ["s1_log_models", TEST_INPUT, "Ich liebe das Programmieren."],
    ["s2_agent", QUESTION, "It would take 1194.5 hours."],
    ["s2_agent_str", QUESTION, "It would take 1194.5 hours."],
    ["s4_llm", "hello", "You said: hello"],
    ["s4_lst", [TEST_INPUT, TEST_INPUT], ["Ich liebe", "Ich liebe"]],
    ["s4_df", [TEST_INPUT, TEST_INPUT], ["Ich liebe", "Ich liebe"]],
  ])("%s", (program, input, output) => {
    expect(inferSignature(input, output).toDict()).toEqual(goldenMlModel(program).signature);
  });

  test("s2_agent_graph, from live messages as its state holds them", () => {
    const { inputs } = goldenMlModel("s2_agent_graph").signature;
    const example = { messages: [{ role: "user", content: QUESTION }] };
    expect(inferSignature(example, "x").toDict().inputs).toBe(inputs);
  });

  test("s2_agent_graph, what its trace says came out", () => {
    const [trace] = goldenTraces("s2_agent_graph");
    const [root] = trace?.spans ?? [];
    const { outputs } = goldenMlModel("s2_agent_graph").signature;
    expect(inferSignature("x", root?.attributes["mlflow.spanOutputs"]).toDict().outputs).toBe(
      outputs,
    );
  });
});

describe("numbers", () => {
  test.each<[unknown, string]>([
    [5, "long"],
    [-0, "long"],
    [5n, "long"],
    [1.5, "double"],
    [2 ** 63, "double"],
    [Number.POSITIVE_INFINITY, "double"],
    [Number.NaN, "any"],
    [new Float32Array([1]), "float"],
    [new Float64Array([1]), "double"],
    [new Int32Array([1]), "integer"],
  ])("%o is %s", (value, type) => {
    expect(outputs(value)).toBe(`[{"type": "${type}", "required": true}]`);
  });

  test.each(UNLIKE_PYTHON)("$value: $reason", ({ value, here }) => {
    expect(outputs(value)).toBe(here);
  });
});

describe("what JSON has no word for", () => {
  test.each<[string, unknown, string]>([
    ["a Date", new Date(), "datetime"],
    ["bytes", new Uint8Array(2), "binary"],
    ["a Buffer", Buffer.from("x"), "binary"],
    ["an ArrayBuffer", new ArrayBuffer(2), "binary"],
  ])("%s", (_what, value, type) => {
    expect(outputs(value)).toBe(`[{"type": "${type}", "required": true}]`);
    expect(outputs({ a: value })).toBe(`[{"type": "${type}", "name": "a", "required": true}]`);
  });

  it("makes a field optional that is undefined", () => {
    expect(outputs({ a: undefined, b: { c: undefined } })).toBe(
      '[{"type": "any", "name": "a", "required": false}, ' +
        '{"type": "object", "properties": {"c": {"type": "any", "required": false}}, "name": "b", "required": true}]',
    );
    expect(outputs([{ a: "x" }, { a: undefined }])).toContain('"name": "a", "required": false');
  });

  it("logs one warning for a value without a type, and calls it any", () => {
    class Own {}
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [new Own(), { a: new Own() }, () => 1, circle]) {
      expect(outputs(value)).toBe('[{"type": "any", "required": true}]');
    }
    expect(lines).toContain(
      "langchain-mlflow: Failed to infer schema for outputs: Data of type Own is not one of the supported " +
        "DataType. Setting schema to `Schema([ColSpec(type=AnyType())])` as default.\n",
    );
  });
});

describe("LangChain's objects have the fields they are dumped with", () => {
  const FIELDS = [
    ...["content", "additional_kwargs", "response_metadata", "type", "name", "id"],
    ...["tool_calls", "invalid_tool_calls", "usage_metadata"],
  ];

  test("an answer of a chat model is a row", () => {
    const { outputs: schema } = inferSignature("x", new AIMessage("hi"));
    expect(schema?.columns?.map(({ name }) => name)).toEqual(FIELDS);
    expect(String(schema)).toContain("'content': string (required)");
    expect(String(schema)).toContain("'name': Any (optional)");
  });

  test("messages of several kinds share a type", () => {
    const messages = [
      new HumanMessage("hi"),
      new AIMessage({ content: "", tool_calls: [{ name: "f", args: { q: "x" }, id: "1" }] }),
      new ToolMessage({ content: "4", tool_call_id: "1", name: "f" }),
    ];
    const text = String(inferSignature({ messages }, "x").inputs);
    expect(text).toContain("tool_call_id: string (optional)");
    expect(text).toContain("name: string (optional)");
    expect(text).toContain("content: string (required)");
  });
});

describe("parameters", () => {
  test.each(PARAMS_AS_PYTHON.map((params) => [params]))("%o", (params) => {
    const { params: schema } = inferSignature("x", undefined, params);
    expect(schema?.params.map(({ name }) => name)).toEqual(Object.keys(params));
    expect(schema?.params.map((param) => param.default)).toEqual(Object.values(params));
  });

  test.each(WRONG_PARAMS.map((params) => [params]))("%o is refused", (params) => {
    expect(() => inferSignature("x", undefined, params)).toThrow(
      /^Failed to infer schema for parameters: \[\('/,
    );
  });

  test("a Date is a datetime", () => {
    const since = new Date("2024-01-02T03:04:05Z");
    expect(inferSignature(undefined, undefined, { since }).toDict().params).toBe(
      '[{"name": "since", "default": "2024-01-02T03:04:05", "shape": null, "type": "datetime"}]',
    );
  });

  test("none at all are no schema", () => {
    expect(inferSignature("x", "y", {}).params).toBeUndefined();
  });
});

test("a signature of nothing is refused", () => {
  expect(() => inferSignature()).toThrow(
    "At least one of inputs, outputs or params must be provided",
  );
});
