import { expect, test } from "vitest";
import * as scorers from "../../src/scorers/built-in.js";
import { runScorer } from "../../src/scorers/run-scorer.js";

const scoring = {
  signal: new AbortController().signal,
  withBackoff: <T>(work: () => Promise<T>) => work(),
};
const row = { outputs: { answer: "Paris 🗼" }, expectations: { expected_response: "Paris 🗼" } };

test.each([
  [new scorers.ExactMatch(), true],
  [new scorers.RegexMatch({ pattern: "^paris", caseInsensitive: true }), "yes"],
  [new scorers.RegexMatch({ pattern: "Paris", matchType: "fullmatch" }), "no"],
  [new scorers.ResponseLength({ maxLength: 7 }), "yes"],
  [new scorers.ResponseLength({ minLength: 3, unit: "words" }), "no"],
])("$name scores the answer %#", async (scorer, value) => {
  expect(await runScorer(scorer, row, scoring)).toMatchObject([{ name: scorer.name, value }]);
});

test("a scorer without what it needs gives no feedback, and refuses unknown options", async () => {
  expect(await runScorer(new scorers.Latency(), row, scoring)).toEqual([]);
  expect(await runScorer(new scorers.ExactMatch(), { outputs: "a" }, scoring)).toEqual([]);
  expect(() => new scorers.ResponseLength({})).toThrow("requires the option `minLength`");
  expect(() => new scorers.ExactMatch({ nme: "x" } as object)).toThrow("Did you mean `name`?");
  expect(() => new scorers.RegexMatch({ pattern: "(" })).toThrow("a regular expression");
});
