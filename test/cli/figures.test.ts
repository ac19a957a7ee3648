import { expect, it } from "vitest";
import { durationText, readTokens } from "../../src/cli/figures.js";

it("formats a duration in a readable unit", () => {
  const texts = [0, 0.44, 1, 999.4, 999.6, 59_900, 59_960, 123_000].map(durationText);
  expect(texts).toEqual([
    ...["0.0 ms", "0.4 ms", "1 ms", "999 ms", "1.0 s", "59.9 s", "1 min 0 s", "2 min 3 s"],
  ]);
});

it("reads token usage from an object or a JSON string, and adds a missing total", () => {
  const tokens = { input: 2, output: 3, total: 5 };
  expect(readTokens({ input_tokens: 2, output_tokens: 3 })).toEqual(tokens);
  expect(readTokens('{"input_tokens":2,"output_tokens":3,"total_tokens":5}')).toEqual(tokens);
  expect([undefined, "{", "[]", 3].map(readTokens)).toEqual([1, 2, 3, 4].map(() => undefined));
});
