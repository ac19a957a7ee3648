import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { nodeVersions, otherPackage } from "../../support/other-programs.js";
import { REGISTER, runApp } from "./run-app.js";

const IITM_HOOK = otherPackage("import-in-the-middle/hook.mjs");
const IITM_SYNC = otherPackage("import-in-the-middle/register-hooks.mjs");
const TSX = otherPackage("tsx/dist/loader.mjs");

const DEPENDENCIES = ["cjs", "esm"];
const OURS = ["--import", REGISTER];

describe.each(nodeVersions)("on Node $version", ({ node, isOurs }) => {
  test.skipIf(!IITM_HOOK).each([
    { order: "before us", place: (theirs: string[]) => [...theirs, ...OURS] },
    { order: "after us", place: (theirs: string[]) => [...OURS, ...theirs] },
  ])("import-in-the-middle $order wraps every module, and all is traced", async ({ place }) => {
    // Its hook uses module.register(), which Node.js 26 warns about.
    const quiet = "--disable-warning=DEP0205";
    const flags = place([quiet, "--import", dataUrl(registerThreadHook(IITM_HOOK ?? ""))]);
    const run = await runApp("app.mjs", { node, flags, args: ["never", ...DEPENDENCIES] });
    expect(run).toEqual(traced(DEPENDENCIES));
  });

  test.skipIf(!IITM_SYNC || isOurs).each([
    { order: "before us", place: (theirs: string[]) => [...theirs, ...OURS] },
    { order: "after us", place: (theirs: string[]) => [...OURS, ...theirs] },
  ])("import-in-the-middle's synchronous hooks $order as well", async ({ place }) => {
    const flags = place(["--import", dataUrl(registerSyncHook(IITM_SYNC ?? ""))]);
    const run = await runApp("app.mjs", { node, flags, args: ["never", ...DEPENDENCIES] });
    expect(run).toEqual(traced(DEPENDENCIES));
  });

  test.skipIf(!TSX).each([
    { order: "before us", flags: ["--import", fileUrl(TSX), ...OURS] },
    { order: "after us", flags: [...OURS, "--import", fileUrl(TSX)] },
  ])("a TypeScript app that tsx runs, $order", async ({ flags }) => {
    expect(await runApp("typed-app.mts", { node, flags })).toEqual(traced(["typed"]));
  });

  test.skipIf(!TSX).each([
    { order: "before us", flags: ["--import", fileUrl(TSX), ...OURS] },
    { order: "after us", flags: [...OURS, "--import", fileUrl(TSX)] },
  ])("a CommonJS TypeScript app that tsx runs, $order", async ({ flags }) => {
    expect(await runApp("typed-app.cts", { node, flags })).toEqual(traced(["typed"]));
  });

  test.skipIf(isOurs)("a TypeScript app that Node itself runs", async () => {
    const run = await runApp("typed-app.mts", { node, flags: OURS });
    expect(run).toMatchObject({ code: 0, stdout: "hello typed", traces: ["typed"] });
  });
});

function traced(names: readonly string[]) {
  const stdout = names.map((name) => `hello ${name}`).join("\n");
  return { code: 0, stdout, stderr: "", traces: names };
}

function registerThreadHook(hook: string): string {
  return `import { register } from "node:module"; register(${JSON.stringify(fileUrl(hook))});`;
}

function registerSyncHook(hook: string): string {
  return `import { register } from ${JSON.stringify(fileUrl(hook))}; register();`;
}

function dataUrl(program: string): string {
  return `data:text/javascript,${encodeURIComponent(program)}`;
}

function fileUrl(path = ""): string {
  return pathToFileURL(path).href;
}
