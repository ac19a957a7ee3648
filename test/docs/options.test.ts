import { expect, test } from "vitest";
import { describeOption, OPTION_NAMES } from "../../src/settings/options.js";
import { optionsTable } from "./options-table.js";
import { readPage, withGenerated } from "./pages.js";

// `npm run docs:update` writes the table anew.
test("docs/options.md has the table of the declared options", async () => {
  const page = withGenerated(readPage("docs/options.md"), "options", optionsTable());
  await expect(page).toMatchFileSnapshot("../../docs/options.md");
});

test("every option has a text", () => {
  const rows = optionsTable().split("\n").slice(2);
  expect(rows.length).toBe(OPTION_NAMES.length);
  for (const row of rows)
    expect(row).toMatch(/^\| `\w+` \| (`MLFLOW_\w+`|) \| (`.+`|) \| [A-Z].{10,} \|$/);
});

test("the options in README exist and have the defaults it names", () => {
  const section = readPage("README.md").split("## Options")[1]?.split("## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `(\w+)` \| (?:`(.*)`)? ?\|/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, name = "", shown] of rows) {
    expect(OPTION_NAMES, `${name} is not an option`).toContain(name);
    const { defaultValue } = describeOption(name as (typeof OPTION_NAMES)[number]);
    const expected = defaultValue === undefined ? undefined : JSON.stringify(defaultValue);
    expect(shown?.replaceAll("_", ""), name).toBe(expected);
  }
});
