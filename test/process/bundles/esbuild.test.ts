import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { langchainMlflow } from "../../../src/integrations/esbuild.js";
import { startFakeTrackingServer } from "../../support/fake-tracking-server.js";
import { runApp } from "../reach/run-app.js";
import { type BundleOptions, bundle, fixture, folderOfBundles, REGISTER } from "./bundle.js";

const folder = await folderOfBundles();
const preload = { flags: ["--import", REGISTER] };

const KINDS: readonly BundleOptions[] = [
  { format: "esm", minify: true },
  { format: "cjs", minify: false },
];

/** The traces of the program that is not bundled. The class of the app itself loses its name in a minified bundle. */
const unbundled = await runApp(fixture("with-us"));
const withoutOwnNames = (traces: readonly string[]) =>
  traces.map((trace) => (trace === "OwnLambda" ? "RunnableLambda" : trace)).sort();
const expected = { code: 0, stdout: "yes", stderr: "", traces: withoutOwnNames(unbundled.traces) };

const run = async (...[program, options]: Parameters<typeof runApp>) => {
  const result = await runApp(program, options);
  return { ...result, traces: withoutOwnNames(result.traces) };
};

test("the program makes six traces, with the names of LangChain's classes", () => {
  expect(unbundled.traces).toHaveLength(6);
  expect(unbundled.traces).toContain("ChatOpenAI");
});

test.each(KINDS)("a bundle of this package and core is traced, %j", async (kind) => {
  expect(await run(await bundle(folder, "with-us", kind))).toEqual(expected);
});

test.each(KINDS)("with the plugin the preload traces a bundle of core, %j", async (kind) => {
  const program = await bundle(folder, "without-us", { ...kind, plugins: [langchainMlflow()] });
  expect(await run(program, preload)).toEqual(expected);
});

test("with the plugin autolog() outside of the bundle traces it", async () => {
  const options = {
    format: "esm" as const,
    plugins: [langchainMlflow()],
    external: ["langchain-mlflow"],
  };
  expect(await run(await bundle(folder, "with-us", options))).toEqual(expected);
});

test.each(KINDS)("`modules` trace a bundle without the plugin, %j", async (kind) => {
  const options = { ...kind, external: ["langchain-mlflow"] };
  expect(await run(await bundle(folder, "with-modules", options))).toEqual(expected);
});

test("a bundle in several files is traced", async () => {
  const program = await bundle(folder, "lazy", { format: "esm", splitting: true });
  expect(await run(program)).toEqual(expected);
});

test.each(KINDS)("without the plugin the preload logs one line, %j", async (kind) => {
  const program = await bundle(folder, "without-us", kind);
  const result = await run(program, preload);
  expect(result).toMatchObject({ code: 0, stdout: "yes", traces: [] });
  expect(result.stderr).toBe(
    `langchain-mlflow: nothing is traced: the bundle ${program} contains a copy of @langchain/core, which cannot be patched from outside. Build it with the plugin of langchain-mlflow/esbuild or langchain-mlflow/vite, keep @langchain/core external, or call autolog({ modules: […] }) in it.`,
  );
});

test.each([
  { by: "the preload", flags: preload.flags, start: "" },
  { by: "autolog()", flags: [], start: 'require("langchain-mlflow").autolog();' },
])("$by names a bundle that the program imports later", async ({ flags, start }) => {
  const program = await bundle(folder, "without-us", { format: "esm", minify: true });
  const entry = join(folder, `imports-${flags.length}.cjs`);
  writeFileSync(entry, `${start} const path = ${JSON.stringify(program)}; import(path);`);
  const result = await run(entry, { flags });
  expect(result).toMatchObject({ code: 0, stdout: "yes", traces: [] });
  expect(result.stderr).toContain(`traced: the bundle ${program} contains`);
  expect(result.stderr.split("\n")).toHaveLength(1);
});

test("autolog() outside of the bundle logs that the bundle is not traced", async () => {
  const options = { format: "esm" as const, external: ["langchain-mlflow"] };
  const result = await run(await bundle(folder, "with-us", options));
  expect(result).toMatchObject({ code: 0, stdout: "yes", traces: [] });
  expect(result.stderr).toMatch(/^langchain-mlflow: some calls are not traced: the bundle [^\n]*$/);
});

test.each([
  { what: "MLFLOW_LANGCHAIN_SILENT", env: { MLFLOW_LANGCHAIN_SILENT: "true" } },
  { what: "MLFLOW_LANGCHAIN_DISABLE", env: { MLFLOW_LANGCHAIN_DISABLE: "true" } },
])("with $what the line is not logged", async ({ env }) => {
  const program = await bundle(folder, "without-us", { format: "esm" });
  expect(await run(program, { ...preload, env })).toMatchObject({ code: 0, stderr: "" });
});

test("a program that makes no call logs nothing", async () => {
  const silence = { code: 0, stdout: "", stderr: "", traces: [] };
  expect(await run(fixture("no-calls"))).toEqual(silence);
  expect(await run(await bundle(folder, "no-calls", { format: "esm" }))).toEqual(silence);
  const options = { format: "esm" as const, external: ["langchain-mlflow"], outdir: folder };
  expect(await run(await bundle(folder, "no-calls", options))).toEqual(silence);
});

test.each(KINDS)("a bundle sends its traces to a server, %j", async (kind) => {
  const server = await startFakeTrackingServer();
  onTestFinished(() => server.close());
  const program = await bundle(folder, "with-us", kind);
  const env = { MLFLOW_TRACKING_URI: server.url };
  expect(await run(program, { env })).toMatchObject({ code: 0, stdout: "yes" });
  const traces = server.requests.filter(({ url }) => url.endsWith("/v1/traces"));
  expect(traces.length).toBeGreaterThan(0);
  expect(traces.map(({ body }) => body).join()).toContain("StrOutputParser");
});
