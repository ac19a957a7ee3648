import { expect, test } from "vitest";
import { kinds } from "../apps/kinds.mjs";
import { appResults, appsTable } from "./apps-table.js";
import { readPage, withGenerated } from "./pages.js";

// `npm run docs:update` writes the table anew.
test("docs/frameworks.md has the results of the apps", async () => {
  const page = withGenerated(readPage("docs/frameworks.md"), "apps", appsTable());
  await expect(page).toMatchFileSnapshot("../../docs/frameworks.md");
});

test("every result is of a kind of app, in the order of the kinds", () => {
  const ran = appResults().map(({ kind }) => kind);
  expect(ran).toEqual(kinds.map(({ kind }) => kind).filter((kind) => ran.includes(kind)));
});
