import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { runApp } from "./run-app.js";

const fileOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const REGISTER = fileOf("dist/register.cjs");

/** `npm run test:apps` installs them. */
const runtimes = [
  { name: "Bun", preload: ["--preload", REGISTER], file: "bun" },
  { name: "Deno", preload: ["run", "--allow-all", "--preload", REGISTER], file: "deno" },
].map((runtime) => ({
  ...runtime,
  node: fileOf(`.cache/apps/shared/node_modules/.bin/${runtime.file}`),
}));

describe.each(runtimes)("$name", ({ node, preload }) => {
  test.skipIf(!existsSync(node)).each(["esm", "cjs"])(
    "the preload traces an app, %s",
    async (name) => {
      const run = await runApp("app.mjs", { node, flags: preload, args: ["never", name] });
      expect(run).toEqual({ code: 0, stdout: `hello ${name}`, stderr: "", traces: [name] });
    },
  );

  test.skipIf(!existsSync(node))("a program without LangChain logs nothing", async () => {
    const run = await runApp("nothing.mjs", { node, flags: preload });
    expect(run).toEqual({ code: 0, stdout: "", stderr: "", traces: [] });
  });
});
