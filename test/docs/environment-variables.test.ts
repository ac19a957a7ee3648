import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeOption, OPTION_NAMES } from "../../src/settings/options.js";
import { readPage, withGenerated } from "./pages.js";

const PAGE = "docs/environment-variables.md";
const optionVariables = OPTION_NAMES.flatMap((name) => describeOption(name).env ?? []);

// `npm run docs:update` writes the table anew.
test("the page has the variable of every option", async () => {
  const rows = OPTION_NAMES.flatMap((name) => {
    const { env } = describeOption(name);
    return env === undefined ? [] : [`| \`${env}\` | \`${name}\` |`];
  });
  const table = ["| variable | option |", "|---|---|", ...rows].join("\n");
  const page = withGenerated(readPage(PAGE), "variables", table);
  await expect(page).toMatchFileSnapshot(`../../${PAGE}`);
});

test("the page has every variable that the settings read, and no other", () => {
  const folder = "src/settings";
  const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  const known = new Set([...sources.flatMap(variablesIn), ...optionVariables]);
  expect([...new Set(variablesIn(readPage(PAGE)))].sort()).toEqual([...known].sort());
});

/** Without the beginnings of names, such as `MLFLOW_LANGCHAIN_`. */
function variablesIn(text: string): string[] {
  return text.match(/\bMLFLOW_[A-Z_]*[A-Z]\b(?!_)/g) ?? [];
}
