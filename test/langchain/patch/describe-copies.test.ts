import { afterEach, expect, test } from "vitest";
import { addCopy, stopWatchingCopies, watchCopies } from "../../../src/langchain/patch/copies.js";
import { describeCopies } from "../../../src/langchain/patch/describe-copies.js";
import { coreVersion, langchainRoot } from "../../support/core-version.js";

afterEach(stopWatchingCopies);

const folder = `${langchainRoot}node_modules/@langchain/core`;

/** A class of a copy of core in its file. */
function add(file: string): void {
  addCopy({ CallbackManager: class {} }, file);
}

const described = (path: string) => describeCopies().filter((copy) => copy.path === path);

test("the modules of one copy count once, each format is a copy, and the reason names what is not patched", () => {
  const refusal = { reason: "it is a test", fix: "none" };
  watchCopies(({ path }) => (path?.endsWith(".cjs") ? refusal : undefined));
  add(`file://${folder}/dist/runnables/base.js`);
  add(`file://${folder}/dist/callbacks/manager.js`);
  add(`${folder}/dist/callbacks/manager.cjs`);
  const common = { path: folder, version: coreVersion };
  // Another test may have loaded the CommonJS copy before.
  const copies = described(folder).toSorted(
    (a, b) => Number(a.format === "cjs") - Number(b.format === "cjs"),
  );
  expect(copies).toEqual([
    { ...common, format: "esm", isPatched: true, reason: undefined, fix: undefined },
    { ...common, format: "cjs", isPatched: false, ...refusal },
  ]);
});

test("without autolog, a copy is not patched", () => {
  watchCopies(() => undefined);
  add("/app/bundle.mjs");
  stopWatchingCopies();
  expect(described("/app/bundle.mjs")).toMatchObject([
    { isPatched: false, reason: "autolog is off", fix: "call autolog()" },
  ]);
});
