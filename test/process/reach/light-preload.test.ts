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
    expect(bare.files).toEqual(["dist/register.cjs"]);
    expect(bare.packages.filter((name: string) => !WATCHING.test(name))).toEqual([]);

    const app = await runApp("list-loaded.cjs", { flags, args: ["@langchain/core/runnables"] });
    const { packages, files } = JSON.parse(app.stdout);
    expect(files).toEqual(["dist/register.cjs", "dist/start.cjs"]);
    expect(packages).toEqual(expect.arrayContaining(["@langchain/core", "zod"]));
  },
);
