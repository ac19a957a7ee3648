import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, expect, test } from "vitest";

let root: string;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "broken-models-"));
  const code = [
    `import * as mlflow from "langchain-mlflow";`,
    `import { RunnableLambda } from "@langchain/core/runnables";`,
    "mlflow.models.setModel(RunnableLambda.from((text) => text));",
  ];
  writeFileSync(join(root, "agent.mjs"), code.join("\n"));
  const lcModel = ChatPromptTemplate.fromTemplate("hi {x}");
  await mlflow.langchain.saveModel({ lcModel, path: join(root, "data") });
  await mlflow.langchain.saveModel({ lcModel: join(root, "agent.mjs"), path: join(root, "code") });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

type Kind = "data" | "code";
type Edit = (folder: string) => void;

const write =
  (path: string, content: string | Uint8Array): Edit =>
  (folder) =>
    writeFileSync(join(folder, path), content);
const remove =
  (path: string): Edit =>
  (folder) =>
    rmSync(join(folder, path), { recursive: true });
const replaceByFolder =
  (path: string): Edit =>
  (folder) => {
    remove(path)(folder);
    mkdirSync(join(folder, path));
  };
/** Sets a field of the flavor to a YAML value. */
const setField =
  (name: string, value: string): Edit =>
  (folder) => {
    const file = join(folder, "MLmodel");
    // With the lines of its earlier value.
    const field = new RegExp(`^    ${name}:.*\\n(?: {5,}.*\\n)*`, "m");
    const text = readFileSync(file, "utf8").replace(field, "");
    writeFileSync(file, text.replace("  langchainjs:\n", `$&    ${name}: ${value}\n`));
  };

const MISSING = "RESOURCE_DOES_NOT_EXIST";
const INVALID = "INVALID_PARAMETER_VALUE";

test.each<[string, Kind, Edit, string, string]>([
  ["its folder is missing", "data", remove(""), MISSING, "Failed to download"],
  ["it has no MLmodel file", "data", remove("MLmodel"), MISSING, "Could not find"],
  ["its MLmodel file is a folder", "data", replaceByFolder("MLmodel"), MISSING, "Could not find"],
  [
    "its MLmodel file is no YAML",
    "data",
    write("MLmodel", "a: [\n b: {"),
    INVALID,
    "is not a valid",
  ],
  ["its MLmodel file is a text", "data", write("MLmodel", "text"), INVALID, "is not a valid"],
  [
    "its MLmodel file is binary",
    "data",
    write("MLmodel", Buffer.of(0, 255)),
    INVALID,
    "not a valid",
  ],
  ["its data is missing", "data", remove("model/runnable.json"), MISSING, "has no file"],
  ["its data is a folder", "data", replaceByFolder("model/runnable.json"), INVALID, "EISDIR"],
  ["its data is no JSON", "data", write("model/runnable.json", "{ nope"), INVALID, ""],
  ["its data is a number", "data", write("model/runnable.json", "5"), INVALID, ""],
  ["its code is missing", "code", remove("agent.mjs"), MISSING, "ENOENT"],
  ["its code is a folder", "code", replaceByFolder("agent.mjs"), INVALID, "EISDIR"],
  [
    "its code has a syntax error",
    "code",
    write("agent.mjs", "export const ="),
    INVALID,
    "agent.mjs",
  ],
  ["its code throws a number", "code", write("agent.mjs", "throw 5"), INVALID, "5"],
  ["code is a number", "code", setField("code", "5"), INVALID, "code of the flavor langchainjs"],
  [
    "code_place is a list",
    "code",
    setField("code_place", "[1]"),
    INVALID,
    "code_place of the flavor",
  ],
  ["config is a text", "data", setField("config", "text"), INVALID, "config of the flavor"],
  ["secrets is a number", "data", setField("secrets", "5"), INVALID, "secrets of the flavor"],
  ["packages is a text", "data", setField("packages", "text"), INVALID, "packages of the flavor"],
])("a model is refused with an MlflowException that says why if %s", async (...row) => {
  const [, kind, edit, errorCode, message] = row;
  const folder = join(root, "changed");
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, kind), folder, { recursive: true });
  edit(folder);
  for (const loading of [mlflow.langchain.loadModel(folder), mlflow.pyfunc.loadModel(folder)]) {
    const thrown: unknown = await loading.catch((cause: unknown) => cause);
    expect(thrown).toBeInstanceOf(mlflow.MlflowException);
    expect(thrown).toMatchObject({ errorCode, message: expect.stringContaining(message) });
  }
});
