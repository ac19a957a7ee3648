import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { nodeVersions } from "../support/other-programs.js";

const app = inject("installedApp");

const TRACK = `
  const handler = new mlflow.MlflowCallbackHandler({ trackingUri: process.cwd() + "/tracked" });
  const model = new FakeListChatModel({ responses: ["Ich liebe das Programmieren."] });
  model.invoke("hi", { callbacks: [handler] }).then(async () => {
    await handler.flushTracker(undefined, { finish: true });
    mlflow.setTrackingUri(process.cwd() + "/tracked");
    console.log((await mlflow.getRun(handler.runId)).data.metrics.flesch_reading_ease);
  });`;

describe.each(nodeVersions)("on Node $version", ({ node: program }) => {
  test("an ESM app imports the package", () => {
    const printed = run(
      "esm",
      `
    import * as mlflow from "langchain-mlflow";
    console.log(typeof mlflow.autolog, mlflow.autolog === mlflow.langchain.autolog);`,
    );
    expect(printed).toBe("function true");
  });

  test("a CJS app requires the package", () => {
    const printed = run(
      "cjs",
      `
    const mlflow = require("langchain-mlflow");
    console.log(typeof mlflow.autolog, mlflow.autolog === mlflow.langchain.autolog);`,
    );
    expect(printed).toBe("function true");
  });

  test.each([
    [
      "esm",
      `import * as mlflow from "langchain-mlflow";
     import { FakeListChatModel } from "@langchain/core/utils/testing";`,
    ],
    [
      "cjs",
      `const mlflow = require("langchain-mlflow");
     const { FakeListChatModel } = require("@langchain/core/utils/testing");`,
    ],
  ] as const)("the callback handler measures texts in %s", (format, imports) => {
    expect(run(format, imports + TRACK)).toBe("75.88");
  });

  test("both copies in one process share one state", () => {
    const printed = run(
      "esm",
      `
    import { createRequire } from "node:module";
    import * as esm from "langchain-mlflow";
    const cjs = createRequire(import.meta.url)("langchain-mlflow");
    esm.setTrackingUri("file:///tmp/one-of-them");
    console.log(esm.setTrackingUri === cjs.setTrackingUri, cjs.getTrackingUri());`,
    );
    expect(printed).toBe("false file:///tmp/one-of-them");
  });

  test("both copies know one another's errors", () => {
    const printed = run(
      "esm",
      `
    import { createRequire } from "node:module";
    import * as esm from "langchain-mlflow";
    const cjs = createRequire(import.meta.url)("langchain-mlflow");
    const { MlflowException, RestException } = cjs;
    const error = new esm.MlflowException("no");
    console.log(error instanceof MlflowException, error instanceof RestException);`,
    );
    expect(printed).toBe("true false");
  });

  test.each(["--import", "--require"])(
    "node %s langchain-mlflow/register starts an app",
    (flag) => {
      const printed = run("cjs", "console.log('the app runs')", [
        flag,
        "langchain-mlflow/register",
      ]);
      expect(printed).toBe("the app runs");
    },
  );

  test("package.json can be read through the package", () => {
    const printed = run("cjs", `console.log(require("langchain-mlflow/package.json").version)`);
    expect(printed).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
  });

  test("the installed command runs", () => {
    const command = join(app, "node_modules/.bin/langchain-mlflow");
    const help = execFileSync(program, [command, "--help"], { cwd: app, encoding: "utf8" });
    expect(help).toMatch(/^Usage: langchain-mlflow /);
  });

  /** Runs code inside the app and returns what it printed. */
  function run(format: "esm" | "cjs", code: string, flags: string[] = []): string {
    const type = format === "esm" ? "--input-type=module" : "--input-type=commonjs";
    const args = [...flags, type, "--eval", code];
    return execFileSync(program, args, { cwd: app, encoding: "utf8" }).trim();
  }
});
