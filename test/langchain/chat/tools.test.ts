import { expect, test } from "vitest";
import type { Plain } from "../../../src/data/plain.js";
import { toChatTools } from "../../../src/langchain/chat/tools.js";

const parameters = { type: "object", properties: { a: { type: "number" } } };
const add = { type: "function", function: { name: "add", description: "adds", parameters } };
const named = (name: string) => ({ type: "function", function: { name } });

test.each<[string, readonly Plain[], readonly object[]]>([
  ["OpenAI's", [add], [add]],
  [
    "the Responses API's",
    [{ type: "function", name: "add", description: "adds", parameters }, { type: "web_search" }],
    [add, named("web_search")],
  ],
  ["Anthropic's", [{ name: "add", description: "adds", input_schema: parameters }], [add]],
  [
    "Anthropic's built-in tools",
    [{ type: "web_search_20250305", name: "web_search", max_uses: 2 }],
    [named("web_search")],
  ],
  [
    "Gemini's",
    [
      { functionDeclarations: [{ name: "add", description: "adds", parameters }, { name: "sub" }] },
      { googleSearch: {} },
    ],
    [add, named("sub"), named("googleSearch")],
  ],
  [
    "Bedrock's",
    [
      { toolSpec: { name: "add", description: "adds", inputSchema: { json: parameters } } },
      { cachePoint: { type: "default" } },
    ],
    [add, named("cachePoint")],
  ],
])("tools are listed in OpenAI's form: %s", (_what, tools, expected) => {
  expect(toChatTools(tools)).toEqual(expected);
});

test("a parameter with several types does not hide the tools in MLflow's UI", () => {
  const a = { type: ["string", "null"], description: "d" };
  expect(toChatTools([{ name: "f", input_schema: { type: "object", properties: { a } } }])).toEqual(
    [
      {
        type: "function",
        function: {
          name: "f",
          parameters: {
            type: "object",
            properties: { a: { description: "d", anyOf: [{ type: "string" }, { type: "null" }] } },
          },
        },
      },
    ],
  );
});

test("nothing is listed if there is no tool", () => {
  expect([toChatTools([]), toChatTools(undefined), toChatTools(["h"])]).toEqual([
    ...[undefined, undefined, undefined],
  ]);
});
