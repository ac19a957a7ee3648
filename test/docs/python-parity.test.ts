import { expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { PAGES, readPage } from "./pages.js";

test("the documentation names every value that the package exports", () => {
  const pages = PAGES.filter((page) => page.startsWith("docs/")).map(readPage);
  const documented = new Set(pages.join("\n").match(/\b[A-Za-z]\w+/g));
  const { langchain, models, pyfunc, artifacts } = mlflow;
  const names = [mlflow, langchain, models, pyfunc, artifacts].flatMap(Object.keys);
  expect(names.filter((name) => !documented.has(name))).toEqual([]);
});
