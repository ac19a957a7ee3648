import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { nodeVersions } from "../support/other-programs.js";

const app = inject("installedApp");
/** The word lists of the callback handler. */
const WORD_LISTS = "/langchain-mlflow/dist/word-lists.cjs";
const YAML = "/langchain-mlflow/dist/bundled-js-yaml.cjs";
/** Each serves one feature and takes time to load. */
const WHEN_NEEDED = ["undici", "progress"];

describe.each(nodeVersions)("on Node $version", ({ node }) => {
  test.each(["module", "commonjs"])("autolog() in a %s app loads no HTTP client", (type) => {
    const load =
      type === "module"
        ? `import { autolog } from "langchain-mlflow";`
        : `const { autolog } = require("langchain-mlflow");`;
    const files = filesLoadedBy([`--input-type=${type}`, "--eval", `${load} autolog();`]);
    const loaded = packagesOf(files);
    expect(loaded).toContain("langchain-mlflow");
    expect(loaded.filter((name) => WHEN_NEEDED.includes(name))).toEqual([]);
    expect(files.filter((url) => url.endsWith(WORD_LISTS) || url.endsWith(YAML))).toEqual([]);
    // A file takes half a millisecond, however small it is.
    const own = files.filter((url) => url.includes("/langchain-mlflow/dist/"));
    expect(own.length).toBeLessThanOrEqual(type === "module" ? 12 : 20);
  });

  test.each(["--import", "--require"])("the preload by %s loads nothing of LangChain", (flag) => {
    const loaded = packagesOf(filesLoadedBy([flag, "langchain-mlflow/register", "--eval", "0"]));
    expect(loaded).toContain("langchain-mlflow");
    expect(loaded.filter((name) => name.startsWith("@langchain/"))).toEqual([]);
    expect(loaded.filter((name) => WHEN_NEEDED.includes(name))).toEqual([]);
  });

  test("the list of loaded packages sees CJS and ESM", () => {
    const program = `import "ini"; import "@langchain/core/runnables"; await import("undici");`;
    const loaded = packagesOf(filesLoadedBy(["--input-type=module", "--eval", program]));
    expect(loaded).toEqual(expect.arrayContaining(["@langchain/core", "undici", "ini"]));
  });

  /** The URL of every file that a program ran: V8's coverage names them all, whatever loaded them. */
  function filesLoadedBy(args: string[]): string[] {
    const directory = mkdtempSync(join(app, "loaded-"));
    const env = { ...process.env, NODE_V8_COVERAGE: directory };
    execFileSync(node, args, { cwd: app, env });
    const urls = readdirSync(directory).flatMap((file) => {
      const { result } = JSON.parse(readFileSync(join(directory, file), "utf8"));
      return result.map(({ url }: { url: string }) => url);
    });
    rmSync(directory, { recursive: true });
    return urls;
  }
});

function packagesOf(urls: readonly string[]): string[] {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//;
  return [...new Set(urls.flatMap((url) => name.exec(url)?.[1] ?? []))];
}
