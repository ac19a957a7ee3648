import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rawTexts } from "../../support/raw-texts.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
mkdirSync(join(root, ".cache/bundles"), { recursive: true });
const directory = mkdtempSync(join(root, ".cache/bundles/runs-"));
const runsModule = join(directory, "runs.mjs");

/** The sources as one file that plain Node can import. */
export async function buildRunsModule(): Promise<void> {
  await build({
    entryPoints: [join(root, "src/index.ts")],
    outfile: runsModule,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    plugins: [rawTexts],
  });
}

export function removeRunsModule(): void {
  // Coverage of the programs is read from the bundle after the tests.
  if (!process.env.NODE_V8_COVERAGE) rmSync(directory, { recursive: true, force: true });
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of `test/fixtures` to its end, in one of its ways. */
export function runToItsEnd(
  how: string,
  env: Record<string, string>,
  fixture = "runs/ends.mjs",
): Promise<Outcome> {
  const program = join(root, "test/fixtures", fixture);
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [program, how],
      // A program that does not end would use a core for the rest of the tests.
      { env: { ...process.env, ...env, RUNS_MODULE: runsModule }, timeout: 240_000 },
      (_failure, stdout, stderr) => {
        resolve({ code: child.exitCode, signal: child.signalCode, stdout, stderr });
      },
    );
  });
}
