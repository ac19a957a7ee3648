import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

const APP = `
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MlflowLangchainTracer } from "langchain-mlflow";

const tracer = new MlflowLangchainTracer({ tags: { a: "b" } });
const chain = RunnableLambda.from((text: string) => text);
export const results = [
  chain.invoke("x", { callbacks: [tracer] }),
  chain.stream("x", { callbacks: [tracer] }),
  chain.batch(["x"], { callbacks: [tracer] }),
  chain.withConfig({ callbacks: [tracer] }),
  new FakeListChatModel({ responses: [""], callbacks: [tracer] }),
  CallbackManager.configure([tracer]),
];
`;

test.each([
  ["1.x", root],
  ["0.3", join(root, "test/langchain-0.3")],
])("LangChain %s takes it for a callback handler", (_, folder) => {
  expect(complaintsOf(join(folder, "app.ts"), APP)).toEqual([]);
});

/** What the compiler says of a file that is not on the disk. */
function complaintsOf(file: string, text: string): string[] {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ["node"],
    paths: { "langchain-mlflow": [join(root, "src/index.ts")] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => path === file || fileExists(path);
  host.readFile = (path) => (path === file ? text : readFile(path));
  host.getSourceFile = (path, target) =>
    path === file ? ts.createSourceFile(path, text, target) : getSourceFile(path, target);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
