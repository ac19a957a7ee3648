import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MlflowException } from "../../src/base/errors.js";
import { findModelFile, storeCode } from "../../src/models/code/code-layout.js";
import { loadCode } from "../../src/models/code/load-code.js";

const root = join(import.meta.dirname, "../..");
let app: string;
let folder: string;

beforeEach(() => {
  app = realpathSync(mkdtempSync(join(tmpdir(), "code-app-")));
  folder = realpathSync(mkdtempSync(join(tmpdir(), "code-model-")));
});

afterEach(() => {
  for (const directory of [app, folder]) rmSync(directory, { recursive: true, force: true });
});

function write(path: string, text: string): string {
  const file = join(app, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Stores a file and its code paths, takes the app away, and loads it from the store. */
async function storeAndLoad(
  file: string,
  codePaths: readonly string[] = [],
  modelConfig?: Record<string, unknown>,
) {
  const stored = await storeCode(await findModelFile(file), codePaths, folder);
  return () =>
    loadCode({
      ...{ folder, stored, shownPath: join(folder, stored.file), importsFrom: [root] },
      ...(modelConfig && { modelConfig }),
    });
}

const ESM = `import * as mlflow from "langchain-mlflow";
import { RunnableLambda } from "@langchain/core/runnables";
let calls = 0;
mlflow.models.setModel(RunnableLambda.from((text) => \`\${text} \${++calls}\`));
`;

describe("the model file", () => {
  test("is a fresh module at each load", async () => {
    const load = await storeAndLoad(write("agent.mjs", ESM));
    const [first, second] = [await load(), await load()];
    expect(await first.invoke("call")).toBe("call 1");
    expect(await first.invoke("call")).toBe("call 2");
    expect(await second.invoke("call")).toBe("call 1");
  });

  test("resolves imports by name onto the app's own copies", async () => {
    const { Runnable } = await import("@langchain/core/runnables");
    const model = await (await storeAndLoad(write("agent.mjs", ESM)))();
    expect(Object.getPrototypeOf(Object.getPrototypeOf(model))).toBe(Runnable.prototype);
  });
});

test("an error names the file", async () => {
  const load = await storeAndLoad(write("agent.mjs", "throw new Error('boom at import')"));
  await expect(load()).rejects.toThrow(
    `Failed to run user code from ${join(folder, "agent.mjs")}. Error: boom at import. Review the stack trace for more information.`,
  );
  expect(existsSync(folder)).toBe(true);
  expect(MlflowException).toBeDefined();
});
