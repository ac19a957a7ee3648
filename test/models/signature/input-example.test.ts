import { HumanMessage } from "@langchain/core/messages";
import { describe, expect, it, test } from "vitest";
import {
  readInputExample,
  writeInputExample,
} from "../../../src/models/signature/input-example.js";
import { goldenMlModel, goldenResults } from "../../golden/golden-models.js";

const TEST_INPUT = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};

const filesOf = (input: unknown, params?: Record<string, unknown>) => {
  const { files } = writeInputExample({ input, params });
  return [files["input_example.json"], files["serving_input_example.json"]];
};

/** What Python said a server would be sent for an example that begins so. */
function goldenRequest(beginning: string): string {
  const rows = [...goldenResults("py317")];
  const found = rows.find(([call]) => call.startsWith(`serving input of ${beginning}`));
  return (found?.[1] ?? "").slice(1, -1).replaceAll("\\n", "\n");
}

describe("the request for an example is the same as in Python", () => {
  test.each<[string, unknown, Record<string, unknown> | undefined]>([
    [`"{'input_language'`, TEST_INPUT, undefined],
    [`"[{'input_language'`, [TEST_INPUT, TEST_INPUT], undefined],
    ["'hello'", "hello", undefined],
    [`"['a', 'b']"`, ["a", "b"], undefined],
    [`"{'messages'`, { messages: [{ role: "user", content: "hi" }] }, undefined],
    [`"({'input_language'`, TEST_INPUT, { temperature: 0.1 }],
  ])("%s", (beginning, input, params) => {
    expect(filesOf(input, params)[1]).toBe(goldenRequest(beginning));
  });
});

describe("the files", () => {
  test("have the names of Python in MLmodel", () => {
    const { info } = writeInputExample({ input: TEST_INPUT, params: undefined });
    expect(info).toEqual(goldenMlModel("s1_log_models").saved_input_example_info);
    const { info: withParams } = writeInputExample({ input: "x", params: { t: 1 } });
    expect(withParams.params).toBe("true");
  });

  test.each<[string, unknown, string]>([
    ["text", "안녕 😀", '"\\uc548\\ub155 \\ud83d\\ude00"'],
    ["a number", 1.5, "1.5"],
    ["rows", [TEST_INPUT, { a: null }], ""],
    ["a date", new Date("2024-01-02T03:04:05.678Z"), '"2024-01-02T03:04:05.678000"'],
    ["bytes", Buffer.from("x"), '"eA==\\n"'],
    ["a list of lists", [1, [2, { a: null }]], '[1, [2, {"a": null}]]'],
    ["what is undefined", { a: undefined, b: 1 }, '{"b": 1}'],
    ["a large integer", { n: 2n ** 60n }, '{"n": 1152921504606846976}'],
    ["a vector", new Float64Array([0.5]), "[0.5]"],
  ])("%s", (_what, input, text) => {
    const [example] = filesOf(input);
    if (text) expect(example).toBe(text);
    else expect(JSON.parse(example ?? "")).toEqual(input);
  });

  test("contain messages in their dump form", () => {
    const [example, request] = filesOf({ messages: [new HumanMessage("hi")] });
    expect(JSON.parse(example ?? "").messages[0]).toMatchObject({ type: "human", content: "hi" });
    expect(JSON.parse(request ?? "")).toEqual(JSON.parse(example ?? ""));
  });

  test("contain parameters beside the input, or among the fields of a dictionary that is sent unchanged", () => {
    const [example, request] = filesOf({ q: "x" }, { t: 0.5 });
    expect(example).toBe('{"inputs": {"q": "x"}, "params": {"t": 0.5}}');
    expect(JSON.parse(request ?? "")).toEqual({ inputs: { q: "x" }, params: { t: 0.5 } });
    expect(JSON.parse(filesOf({ input: "x" }, { t: 0.5 })[1] ?? "")).toEqual({
      input: "x",
      t: 0.5,
    });
  });

  test("a value that cannot be an example is refused", () => {
    class Own {}
    const circle: unknown[] = [];
    circle.push(circle);
    const cases: [unknown, string][] = [
      [new Own(), "but got 'Own'"],
      [null, "but got 'NoneType'"],
      [() => 1, "but got 'function'"],
      [{ a: new Own() }, "Object of type Own is not JSON serializable"],
      [circle, "A value that contains itself cannot be written as JSON."],
    ];
    for (const [input, message] of cases) expect(() => filesOf(input)).toThrow(message);
    expect(() => filesOf("x", { t: null })).toThrow("Failed to infer schema for parameters");
  });
});

describe("reading an example", () => {
  it.each<[unknown, Record<string, unknown> | undefined]>([
    ["x", undefined],
    [TEST_INPUT, undefined],
    [[TEST_INPUT], { temperature: 0.1 }],
  ])("gives what was written: %o, %o", (input, params) => {
    const { files, info } = writeInputExample({ input, params });
    expect(readInputExample(info, files[info.artifact_path] ?? "")).toEqual({ input, params });
  });

  it("reads a DataFrame that Python wrote as rows", () => {
    const { saved_input_example_info: info } = goldenMlModel("s4_df");
    const text = '{"columns": ["a", "b"], "data": [["x", 1], ["y", 2]]}';
    const known = { artifact_path: "input_example.json", type: "", ...info };
    expect(readInputExample(known, text)).toEqual({
      input: [
        { a: "x", b: 1 },
        { a: "y", b: 2 },
      ],
      params: undefined,
    });
    expect(readInputExample(known, '{"data": [["x"], ["y"]]}').input).toEqual(["x", "y"]);
  });

  it("reads the numbers that Python writes and JSON does not have", () => {
    const info = { artifact_path: "input_example.json", type: "json_object" };
    const text = '{"a": [1.0, NaN], "b": {"c": -Infinity}, "d": "NaN"}';
    expect(readInputExample(info, text).input).toEqual({
      a: [1, Number.NaN],
      b: { c: Number.NEGATIVE_INFINITY },
      d: "NaN",
    });
  });

  it("refuses a sparse matrix, and text that is not JSON", () => {
    const info = { artifact_path: "input_example.json", type: "sparse_matrix_csr" };
    expect(() => readInputExample(info, "{}")).toThrow(
      "This version of mlflow can not load example of type sparse_matrix_csr",
    );
    expect(() => readInputExample(info, "{")).toThrow("An input example must be JSON, got '{'.");
  });
});
