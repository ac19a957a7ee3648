import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { afterAll } from "vitest";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const fixtures = join(root, "test/fixtures/bundles");

export const REGISTER = pathToFileURL(join(root, "dist/register.cjs")).href;

/** A folder in which only this package can be imported by name. */
export async function folderOfBundles(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "bundles-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  await mkdir(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/langchain-mlflow"), "dir");
  return folder;
}

export const fixture = (name: string) => join(fixtures, `${name}.mjs`);

export interface BundleOptions extends esbuild.BuildOptions {
  readonly format: "esm" | "cjs";
}

/** Bundles a program with esbuild. Returns the file to run. */
export async function bundle(
  folder: string,
  name: string,
  options: BundleOptions,
): Promise<string> {
  const { format, minify = false, splitting = false, plugins = [] } = options;
  const extension = format === "esm" ? ".mjs" : ".cjs";
  const kind = [
    name,
    format,
    minify && "min",
    splitting && "split",
    plugins.length > 0 && "plugin",
  ];
  const outdir = join(folder, kind.filter((part) => part !== false).join("-"));
  await esbuild.build({
    entryPoints: [fixture(name)],
    bundle: true,
    platform: "node",
    target: "node20",
    // Not that of this repository, which leads to `src`.
    tsconfigRaw: {},
    outdir,
    outExtension: { ".js": extension },
    logLevel: "error",
    ...options,
  });
  return join(outdir, `${name}${extension}`);
}
