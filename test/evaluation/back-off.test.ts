import { expect, test } from "vitest";
import { Backoff } from "../../src/evaluation/back-off.js";

/** How often a call that always fails is called. */
async function callsOf(error: unknown): Promise<number> {
  let calls = 0;
  let nowMs = 0;
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  const effects = { sleep, random: () => 0.5, nowMs: () => nowMs };
  const work = async () => {
    calls += 1;
    throw error;
  };
  await new Backoff(effects).run(work, new AbortController().signal).catch(() => {});
  return calls;
}

test.each([
  "429 Too Many Requests",
  "Rate limit reached for the model",
  "Request failed with status code 429",
  "API error occurred: Status 429",
  'the response was {"status":429}',
  "HTTP 429",
])("a call that fails with %j is repeated", async (message) => {
  expect(await callsOf(new Error(message))).toBe(4);
});

test.each([{ status: 429 }, { statusCode: 429 }, { code: "429" }, { response: { status: 429 } }])(
  "a call that fails with the fields %j is repeated",
  async (fields) => {
    expect(await callsOf(Object.assign(new Error("refused"), fields))).toBe(4);
  },
);

test.each([
  "row 429 has no outputs",
  "expected 429, got 428",
  "order #429 was not found",
  "status 4290",
])("a call that fails with %j is called once", async (message) => {
  expect(await callsOf(new Error(message))).toBe(1);
});
