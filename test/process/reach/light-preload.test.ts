import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { REGISTER, runApp } from "./run-app.js";

/** require-in-the-middle and what it needs; `debug` takes supports-color where it is. */
const WATCHING =
  /^(require-in-the-middle|module-details-from-path|debug|ms|supports-color|has-flag)$/;

test.each(["--import", "--require"])(
  "%s loads what watches, and the rest only with LangChain",
  async (flag) => {
    const flags = [flag, REGISTER];
    const bare = JSON.parse((await runApp("list-loaded.cjs", { flags })).stdout);
    expect(bare.files).toContain("dist/register.cjs");
    expect(sizeBytes(bare.files)).toBeLessThan(16_000);
    expect(bare.packages.filter((name: string) => !WATCHING.test(name))).toEqual([]);

    const app = await runApp("list-loaded.cjs", { flags, args: ["@langchain/core/runnables"] });
    const { packages, files } = JSON.parse(app.stdout);
    expect(files).toEqual(expect.arrayContaining(["dist/register.cjs", "dist/start.cjs"]));
    expect(files).not.toContain("dist/index.cjs");
    expect(packages).toContain("@langchain/core");
  },
);

test("the preload loads zod when a variable of an option is set, and not before", async () => {
  const listed = async (env: Record<string, string | undefined>) => {
    const flags = ["--import", REGISTER];
    const app = await runApp("list-required.mjs", { flags, env });
    return JSON.parse(app.stdout);
  };
  // The variable that all tests have is one of an option.
  const without = await listed({ MLFLOW_LANGCHAIN_SPOOL_DIRECTORY: undefined });
  expect(without).toContain("shimmer");
  expect(without).not.toContain("zod");
  expect(await listed({ MLFLOW_LANGCHAIN_SILENT: "true" })).toContain("zod");
});

function sizeBytes(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + statSync(file).size, 0);
}
