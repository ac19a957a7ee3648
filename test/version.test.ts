import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSION } from "../src/base/process-state.js";

it("servers are told the version that package.json has", () => {
  expect(VERSION).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
});
