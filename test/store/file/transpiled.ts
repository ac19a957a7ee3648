import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { onTestFinished } from "vitest";

/** `program` and all of src as JavaScript for a plain `node`, gone when the test is over. */
export function transpiled(program: string): string {
  mkdirSync(".cache", { recursive: true });
  const root = mkdtempSync(join(process.cwd(), ".cache", "transpiled-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => /config\/|store\/|trace\/|^\w+\.ts$/.test(file) && file.endsWith(".ts"))
    .map((file) => join("src", file));
  const folder = readdirSync("test/store/file", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => join("test/store/file", file));
  for (const file of [...sources, ...folder]) {
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
    });
    const output = join(root, file.replace(/\.ts$/, ".js"));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  return join(root, program.replace(/\.ts$/, ".js"));
}
