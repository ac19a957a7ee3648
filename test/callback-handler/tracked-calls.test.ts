import { expect, test } from "vitest";
import { TrackedCalls } from "../../src/callback-handler/tracked-calls.js";

const policy = { inputs: () => ({}), outputs: () => ({}) };

test.each([
  ["with a trace policy", policy, true],
  ["without a trace policy", undefined, false],
])("a call %s that is pushed out: its policy is remembered", (_, given, isRemembered) => {
  const calls = new TrackedCalls();
  calls.open("first", undefined, { spanName: "a", name: "a", number: 1 }).policy = given;
  expect(calls.hasForgottenPolicy).toBe(false);
  for (let index = 0; index < 10_000; index += 1) {
    calls.open(`${index}`, undefined, { spanName: "b", name: "b", number: 2 });
  }
  expect(calls.get("first")).toBe(undefined);
  expect(calls.hasForgottenPolicy).toBe(isRemembered);
});
