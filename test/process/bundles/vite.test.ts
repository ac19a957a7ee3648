import { join } from "node:path";
import { build, type InlineConfig } from "vite";
import { expect, test } from "vitest";
import { langchainMlflow } from "../../../src/integrations/vite.js";
import { runApp } from "../reach/run-app.js";
import { fixture, folderOfBundles, REGISTER } from "./bundle.js";

const folder = await folderOfBundles();
const preload = { flags: ["--import", REGISTER] };

async function buildWithVite(name: string, config: InlineConfig): Promise<string> {
  const outDir = join(folder, `${name}-${config.plugins ? "plugin" : "plain"}`);
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true },
    ...config,
    build: {
      ssr: fixture(name),
      outDir,
      minify: true,
      rollupOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
  });
  return join(outDir, `${name}.mjs`);
}

test("vite build --ssr: with the plugin the preload traces a minified bundle of core", async () => {
  const program = await buildWithVite("without-us", { plugins: [langchainMlflow()] });
  const run = await runApp(program, preload);
  expect(run).toMatchObject({ code: 0, stdout: "yes", stderr: "" });
  expect(run.traces).toHaveLength(6);
  expect(run.traces).toContain("ChatOpenAI");
});

test("vite build --ssr: without the plugin the preload logs one line", async () => {
  const program = await buildWithVite("without-us", {});
  const run = await runApp(program, preload);
  expect(run).toMatchObject({ code: 0, stdout: "yes", traces: [] });
  expect(run.stderr).toMatch(/^langchain-mlflow: nothing is traced: the bundle [^\n]*$/);
});

test("vite build --ssr: a bundle of this package and core is traced", async () => {
  const run = await runApp(await buildWithVite("with-us", {}));
  expect(run).toMatchObject({ code: 0, stdout: "yes", stderr: "" });
  expect(run.traces).toHaveLength(6);
});
