import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { onTestFinished } from "vitest";

/** Compiles `program` and what it imports to JavaScript for plain Node. The files are removed after the test. */
export function transpiled(program: string): string {
  mkdirSync(".cache", { recursive: true });
  const root = mkdtempSync(join(process.cwd(), ".cache", "transpiled-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /^(base|data|trace|settings|store)\//.test(file) && file.endsWith(".ts"))
    .map((file) => join("src", file));
  const programs = ["test/store/file", "test/process/store"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => join(folder, file)),
  );
  for (const file of [...sources, ...programs]) {
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
    });
    const output = join(root, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  return join(root, program.replace(/\.ts$/, ".js"));
}
