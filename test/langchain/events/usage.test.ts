import { expect, it, test } from "vitest";
import type { Plain } from "../../../src/data/plain.js";
import { readUsage } from "../../../src/langchain/events/usage.js";

const counted = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };

test.each<[string, Plain[], Plain | undefined, object | undefined]>([
  ["LangChain's own", [{ usage_metadata: counted }], undefined, counted],
  [
    "with cached tokens",
    [{ usage_metadata: { ...counted, input_token_details: { cache_read: 1, cache_creation: 0 } } }],
    undefined,
    { ...counted, cache_read_input_tokens: 1, cache_creation_input_tokens: 0 },
  ],
  [
    "OpenAI's",
    [
      {
        response_metadata: {
          token_usage: {
            prompt_tokens: 3,
            completion_tokens: 2,
            prompt_tokens_details: { cached_tokens: 1 },
          },
        },
      },
    ],
    undefined,
    { ...counted, cache_read_input_tokens: 1 },
  ],
  [
    "LangChain.js' spelling",
    [],
    { tokenUsage: { promptTokens: 3, completionTokens: 2, totalTokens: 5 } },
    counted,
  ],
  ["Anthropic's", [{ response_metadata: { usage: counted } }], undefined, counted],
  [
    "the message's before the result's",
    [{ usage_metadata: counted }],
    { tokenUsage: { promptTokens: 9 } },
    counted,
  ],
  [
    "the first of several generations'",
    [{ usage_metadata: counted }, { usage_metadata: counted }],
    undefined,
    counted,
  ],
  [
    "only one of the two",
    [],
    { tokenUsage: { promptTokens: 3 } },
    { input_tokens: 3, output_tokens: 0, total_tokens: 3 },
  ],
  ["none", [{ content: "x" }, null], { model: "x" }, undefined],
  [
    "no numbers",
    [{ usage_metadata: { input_tokens: "3", output_tokens: Number.NaN } }],
    undefined,
    undefined,
  ],
])("tokens: %s", (_what, messages, llmOutput, expected) => {
  expect(readUsage(messages, llmOutput)).toEqual(expected);
});

it("are never made up", () => {
  expect(readUsage([], undefined)).toBeUndefined();
});
