import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));

/** Puts a bench's text in its section of docs/benchmarks.md, between its two marks. */
export function writeSection(name, text) {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const document = readFileSync(file, "utf8");
  const [before, rest] = document.split(start);
  const [, after] = (rest ?? "").split(end);
  if (after === undefined) throw new Error(`docs/benchmarks.md has no section ${name}`);
  writeFileSync(file, `${before}${start}\n${text.trim()}\n${end}${after}`);
}
