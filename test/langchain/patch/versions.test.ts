import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { areSyncHooksSound } from "../../../src/langchain/patch/load-hook.js";
import { coreVersionAt, isSupportedCore } from "../../../src/langchain/patch/versions.js";

test.each([
  ["0.2.36", false],
  ["0.3.0", true],
  ["0.3.80", true],
  ["0.10.0", true],
  ["1.0.0-alpha.1", true],
  ["1.4.0", true],
  ["2.0.0", false],
])("core %s is supported: %s", (version, isSupported) => {
  expect(isSupportedCore(version)).toBe(isSupported);
});

test("the version of a copy is read from the package its file belongs to", () => {
  const require = createRequire(import.meta.url);
  const { version } = require("@langchain/core/package.json");
  const file = require.resolve("@langchain/core/runnables");
  expect(coreVersionAt(file)).toBe(version);
  expect(coreVersionAt(pathToFileURL(file).href)).toBe(version);
  expect(coreVersionAt("/nowhere/@langchain/core/dist/x.js")).toBe(undefined);
  expect(coreVersionAt("/bundled/app.js")).toBe(undefined);
});

// test/process/reach/copies.test.ts runs the versions where they are not sound.
test.each([
  ["20.20.2", false],
  ["22.15.0", false],
  ["22.22.2", false],
  ["22.22.3", true],
  ["22.23.0", true],
  ["23.11.0", false],
  ["24.11.0", false],
  ["24.11.1", true],
  ["24.12.0", true],
  ["25.0.0", false],
  ["25.1.0", true],
  ["26.0.0-nightly2026", true],
])("synchronous load hooks of Node %s do not change CommonJS: %s", (version, isSound) => {
  expect(areSyncHooksSound(version)).toBe(isSound);
});
