import { expect, test } from "vitest";
import { isAtLeast, isInRange } from "../../src/base/version.js";

test.each([
  ["1.1.8", "1.1.8", true],
  ["1.1.9", "1.1.8", true],
  ["1.1.10", "1.1.8", true],
  ["1.2.0", "1.1.8", true],
  ["2.0.0", "1.1.8", true],
  ["1.1.7", "1.1.8", false],
  ["1.0.99", "1.1.8", false],
  ["0.9.9", "1.1.8", false],
  ["3.10.0", "3.6", true],
  ["3.6", "3.6.0", true],
  ["1.1.8-rc.1", "1.1.8", true],
  ["v1", "0.0.1", false],
  ["", "0.0.1", false],
])("%j is at least %s: %s", (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});

test("a range includes its minimum and excludes its limit", () => {
  const found = ["0.3.79", "0.3.80", "0.3.99", "0.4.0"].map((one) =>
    isInRange(one, "0.3.80", "0.4"),
  );
  expect(found).toEqual([false, true, true, false]);
});
