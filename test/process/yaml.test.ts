import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { formatYaml, parseYaml } from "../../src/store/yaml.js";
import { runPython } from "../support/python.js";

/** Texts that YAML 1.1 or 1.2 reads as numbers, times, booleans, or syntax. */
const TEXTS = [
  ..."1_000 12:30 12:30:45 1e3 1.0 017 0o17 0x1f 0b11 190:20:30 .5 5. .inf -.inf .nan -0 1_ 0.1_2".split(
    " ",
  ),
  ..."yes No on off y n TRUE null ~ << = 2026-11-23 --- ... ? - : * & ! | > % @ ` { } [ ] , # ' \"".split(
    " ",
  ),
  "",
  " leading",
  "trailing ",
  "a: b",
  "x #y",
  "line\nline\n\n",
  "\ttab\r",
  "2026-11-23 19:15:25.748784",
  "é😀\u0000\u007f\u0085\u2028\ufeff",
];

test("Python and this package read the YAML that this package writes", async () => {
  const values = TEXTS.flatMap((text) =>
    TEXTS.map((other) => ({ [text]: other, list: [text + other, { [other]: [text] }, [], {}] })),
  );
  const numbers = { values: [0, -1, 1.5, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, true, false, null] };
  const cases = await Promise.all(
    [...values, numbers].map(async (value) => ({ value, yaml: await formatYaml(value) })),
  );
  const folder = mkdtempSync(join(tmpdir(), "yaml-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "cases.json");
  writeFileSync(file, JSON.stringify(cases));

  const wrong = await runPython<string[]>(`
import json, yaml
cases = json.load(open(${JSON.stringify(file)}))
print(json.dumps([case["yaml"] for case in cases if yaml.safe_load(case["yaml"]) != case["value"]]))`);

  expect(wrong).toEqual([]);
  for (const { value, yaml } of cases) expect(await parseYaml(yaml), yaml).toEqual(value);
});

test("values that are nested a thousand times are read again", async () => {
  let value: unknown = "inside";
  for (let depth = 0; depth < 1000; depth += 1) value = { value };
  expect(await parseYaml(JSON.stringify(value))).toEqual(value);
});
