import { createRequire } from "node:module";
import { AgentExecutor } from "@langchain/classic/agents";
import { Runnable } from "@langchain/core/runnables";
import { CompiledStateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";
import { expect, inject, test } from "vitest";
import { coreVersion, isCore03, langchainRoot } from "../support/core-version.js";

const require = createRequire(`${langchainRoot}/package.json`);

test("tests import the @langchain/core of their project", () => {
  const file = `${langchainRoot}/node_modules/@langchain/core/dist/runnables/index.js`;
  expect(require(file).Runnable).toBe(Runnable);
  expect(coreVersion).toMatch(isCore03 ? /^0\.3\.80$/ : /^1\./);
});

test("the projects run on different folders", () => {
  expect(inject("langchainRoot").includes("langchain-0.3")).toBe(isCore03);
});

test("the packages around core share its one copy", () => {
  for (const { prototype } of [AgentExecutor, CompiledStateGraph, ChatOpenAI]) {
    expect(prototype).toBeInstanceOf(Runnable);
  }
});
