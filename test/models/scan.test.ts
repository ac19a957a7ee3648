import { expect, test } from "vitest";
import { packageOf, scanImports, scanVariables } from "../../src/models/code/scan.js";

test("imports by name are found in every form, except imports of types and of Node's modules", () => {
  const code = `
    import { ChatOpenAI as Model, type Fields } from "@langchain/openai";
    import type { Only } from "types-only";
    import z, { string } from 'zod';
    import * as mlflow from "langchain-mlflow";
    import "side-effect/file.js";
    import { readFile } from "node:fs/promises";
    import fs from "fs";
    import { tool } from "./tools.js"; // import x from "commented"
    /* import y from "commented-too" */
    export { a } from "re-exported";
    import {
      one,
      two,
    } from "many-lines";
    const later = await import("dynamic");
    const { StateGraph } = require("@langchain/langgraph/web");
    const url = "http://example.org"; const after = require("after-a-url");
  `;
  expect(scanImports(code)).toEqual([
    { specifier: "@langchain/openai", names: ["ChatOpenAI"] },
    { specifier: "zod", names: ["z", "string"] },
    { specifier: "langchain-mlflow", names: [] },
    { specifier: "re-exported", names: ["a"] },
    { specifier: "many-lines", names: ["one", "two"] },
    { specifier: "side-effect/file.js", names: [] },
    { specifier: "dynamic", names: [] },
    { specifier: "@langchain/langgraph/web", names: ["StateGraph"] },
    { specifier: "after-a-url", names: [] },
  ]);
});

test.each([
  ["@langchain/core/prompts", "@langchain/core"],
  ["zod/v4", "zod"],
  ["./here.js", undefined],
  ["#internal", undefined],
  ["node:fs", undefined],
  ["fs/promises", undefined],
  ["/absolute", undefined],
  ["C:\\file.js", undefined],
  ["https://example.org/a.js", undefined],
])("the package of %s is %s", (specifier, name) => {
  expect(packageOf(specifier)).toBe(name);
});

test("environment variables are found by member, by element and by destructuring", () => {
  const code = `
    import { env } from "node:process";
    const key = process.env.OPENAI_API_KEY ?? process.env["SERP_KEY"];
    const { A_KEY, B_KEY: b, C_KEY = "default", ...rest } = process.env;
    const d = env.D_KEY + env["E_KEY"] + other.env.NOT_THIS + process.env.NODE_ENV;
    // process.env.COMMENTED
  `;
  expect(scanVariables(code)).toEqual([
    ...["A_KEY", "B_KEY", "C_KEY", "D_KEY", "E_KEY", "OPENAI_API_KEY", "SERP_KEY"],
  ]);
});
