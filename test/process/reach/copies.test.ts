import { describe, expect, test } from "vitest";
import { nodeVersions } from "../../support/other-programs.js";
import { REGISTER, runApp } from "./run-app.js";

/** Each brings a copy of core of its own: two formats of two versions. */
const DEPENDENCIES = ["cjs", "esm", "old-cjs", "old-esm"];

const APPS = ["app.mjs", "app.cjs"];

/** Ways to trace an app without touching it. */
const PRELOADS = [
  { how: "--import", flags: ["--import", REGISTER] },
  { how: "--require", flags: ["--require", REGISTER] },
];
const MORE_PRELOADS = [
  { how: "both flags", flags: ["--require", REGISTER, "--import", REGISTER] },
  { how: "NODE_OPTIONS", env: { NODE_OPTIONS: `--import ${REGISTER}` } },
];

describe.each(nodeVersions)("on Node $version", ({ node, isOurs }) => {
  describe.each(APPS)("%s", (app) => {
    const preloads = isOurs ? [...PRELOADS, ...MORE_PRELOADS] : PRELOADS;

    test.each(preloads)("preloaded by $how: every copy is traced, once", async (preload) => {
      const run = await runApp(app, { ...preload, node, args: ["never", ...DEPENDENCIES] });
      expect(run).toEqual(sound(DEPENDENCIES));
    });

    test("autolog() first: every copy is traced, once", async () => {
      const run = await runApp(app, { node, args: ["first", ...DEPENDENCIES] });
      expect(run).toEqual(sound(DEPENDENCIES));
    });

    test.runIf(isOurs)("autolog() again under the preload: still once", async () => {
      const flags = ["--import", REGISTER];
      const run = await runApp(app, { node, flags, args: ["last", ...DEPENDENCIES] });
      expect(run).toEqual(sound(DEPENDENCIES));
    });

    test("autolog() last: every copy is traced from its first call, once", async () => {
      const run = await runApp(app, { node, args: ["last", ...DEPENDENCIES] });
      expect(run).toEqual(sound(DEPENDENCIES));
    });
  });

  test("without us there is no trace", async () => {
    const run = await runApp("app.mjs", { node, args: ["never", ...DEPENDENCIES] });
    expect(run).toEqual({ ...sound(DEPENDENCIES), traces: [] });
  });

  test("both builds of the package in one process give one span a call", async () => {
    const run = await runApp("both-builds.mjs", { node });
    expect(run).toEqual({
      code: 0,
      stdout: "hello esm\nhello cjs",
      stderr: "",
      traces: ["cjs", "esm"],
    });
  });

  test("require.cache and require.extensions do not change for CommonJS that an ES module imports", async () => {
    const flags = ["--import", REGISTER];
    const [bare, traced] = await Promise.all([
      runApp("imports-cjs.mjs", { node }),
      runApp("imports-cjs.mjs", { node, flags }),
    ]);
    expect(bare.stdout).toContain("require.cache: object");
    expect(traced).toEqual(bare);
  });
});

/** The app's output in full, nothing on stderr, and a trace of one span for each of its calls. */
function sound(dependencies: readonly string[]) {
  const stdout = dependencies.map((name) => `hello ${name}`).join("\n");
  return { code: 0, stdout, stderr: "", traces: dependencies };
}
