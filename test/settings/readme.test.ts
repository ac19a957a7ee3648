import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPTION_NAMES } from "../../src/settings/options.js";
import { between, optionsTable } from "./options-table.js";

test("README's table of options matches the declarations", () => {
  const readme = readFileSync("README.md", "utf8");
  expect(between(readme, "<!-- options -->", "<!-- /options -->")).toBe(optionsTable());
});

test("every option has a description", () => {
  const rows = optionsTable().split("\n").slice(2);
  expect(rows.length).toBe(OPTION_NAMES.length);
  for (const row of rows)
    expect(row).toMatch(/^\| `\w+` \| (`MLFLOW_\w+`|) \| (`.+`|) \| [A-Z].{10,} \|$/);
});
