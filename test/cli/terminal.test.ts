import { expect, test } from "vitest";
import { hasColours } from "../../src/cli/terminal.js";

test("colours are used on a terminal only, unless NO_COLOR or FORCE_COLOR decides", () => {
  expect(hasColours(true, {})).toBe(true);
  expect(hasColours(false, {})).toBe(false);
  expect(hasColours(true, { NO_COLOR: "1" })).toBe(false);
  expect(hasColours(true, { NO_COLOR: "" })).toBe(true);
  expect(hasColours(true, { TERM: "dumb" })).toBe(false);
  expect(hasColours(false, { FORCE_COLOR: "1" })).toBe(true);
  expect(hasColours(false, { FORCE_COLOR: "", NO_COLOR: "1" })).toBe(true);
  expect(hasColours(true, { FORCE_COLOR: "0" })).toBe(false);
});
