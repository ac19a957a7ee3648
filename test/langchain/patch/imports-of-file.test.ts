import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { packagesOfFile } from "../../../src/langchain/patch/imports-of-file.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";

function filesOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

test("the packages of a file are those that it and the app's own files import, in each form", () => {
  const folder = filesOf({
    "worker.mts": `
      import { a } from "./lib/chain.js";
      import type { Runnable } from "types-only";
      // import { b } from "commented-out";
      /* require("commented-out-too") */
      import "side-effect";`,
    "lib/chain.ts": `
      export * from '@langchain/core/runnables';
      const { c } = require("../common");
      const d = await import("dynamic");
      import "../worker.mjs";
      import "./missing.js";`,
    "common/index.js": `const { e } = require( "required" );`,
  });
  expect([...packagesOfFile(join(folder, "worker.mts"))].sort()).toEqual([
    "@langchain/core/runnables",
    "dynamic",
    "required",
    "side-effect",
  ]);
  expect(packagesOfFile(join(folder, "not there.js"))).toEqual(new Set());
});
