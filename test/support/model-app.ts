import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { langchainRoot } from "./core-version.js";

const root = resolve(import.meta.dirname, "../..");

/** A folder of an app, with this package and LangChain in its node_modules; its programs run on what is built. */
export interface ModelApp {
  readonly directory: string;
  write(path: string, text: string): string;
  /** Runs a program to its end and gives what it printed as JSON; an error of the program rejects. */
  run<T = unknown>(
    program: string,
    options?: {
      env?: Record<string, string>;
      cwd?: string;
      flags?: readonly string[];
      node?: string;
    },
  ): Promise<{ readonly value: T; readonly stderr: string }>;
  close(): void;
}

export function createModelApp(options: { without?: readonly string[] } = {}): ModelApp {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "model-app-")));
  const packages = ["@langchain", "langchain", "zod", "esbuild", "@esbuild"].filter(
    (name) => !options.without?.includes(name),
  );
  mkdirSync(join(directory, "node_modules"));
  for (const name of packages) {
    const from = /esbuild/.test(name) ? root : langchainRoot;
    symlinkSync(
      join(from, "node_modules", name),
      join(directory, "node_modules", name),
      "junction",
    );
  }
  symlinkSync(root, join(directory, "node_modules/langchain-mlflow"), "junction");
  writeFileSync(join(directory, "package.json"), '{ "name": "app", "private": true }');
  const write = (path: string, text: string) => {
    const file = join(directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  return {
    directory,
    write,
    async run<T>(program: string, { env = {}, cwd = directory, flags = [], node } = {} as never) {
      const file = write("program.mjs", program);
      const { stdout, stderr } = await promisify(execFile)(
        node ?? process.execPath,
        [...flags, file],
        { cwd, env: { ...process.env, MLFLOW_TRACKING_URI: join(directory, "store"), ...env } },
      );
      return { value: (stdout.trim() ? JSON.parse(stdout) : undefined) as T, stderr };
    },
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}
