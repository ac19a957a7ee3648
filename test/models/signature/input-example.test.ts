import { expect, test } from "vitest";
import { saveExample } from "../../../src/models/signature/input-example.js";

const PAGE = { input_language: "English", output_language: "German", input: "I love it." };

test("an example is saved as Python saves it, in one line", () => {
  const { info, files } = saveExample(PAGE);
  expect(info).toEqual({
    artifact_path: "input_example.json",
    serving_input_path: "serving_input_example.json",
    type: "json_object",
  });
  expect(files["input_example.json"]).toBe(
    '{"input_language": "English", "output_language": "German", "input": "I love it."}',
  );
});

test.each<[string, unknown, object]>([
  ["an object with `input`", PAGE, PAGE],
  ["an object with `messages`", { messages: [] }, { messages: [] }],
  ["an object with `prompt`", { prompt: "x" }, { prompt: "x" }],
  ["another object", { text: "x" }, { inputs: { text: "x" } }],
  ["a list", [PAGE], { inputs: [PAGE] }],
  ["a text", "hello", { inputs: "hello" }],
])("%s is served by MLflow's rule", (_, example, serving) => {
  const { files } = saveExample(example);
  expect(files["serving_input_example.json"]).toBe(JSON.stringify(serving, null, 2));
});

test("parameters are saved beside the data, and served with it", () => {
  const named = saveExample(PAGE, { temperature: 0.1 });
  expect(JSON.parse(named.files["input_example.json"] ?? "")).toEqual({
    inputs: PAGE,
    params: { temperature: 0.1 },
  });
  expect(JSON.parse(named.files["serving_input_example.json"] ?? "")).toEqual({
    ...PAGE,
    temperature: 0.1,
  });
  const bare = saveExample("q", { temperature: 0.1 });
  expect(JSON.parse(bare.files["serving_input_example.json"] ?? "")).toEqual({
    inputs: "q",
    params: { temperature: 0.1 },
  });
});
