import * as manager from "@langchain/core/callbacks/manager";
import * as messages from "@langchain/core/messages";
import * as runnables from "@langchain/core/runnables";
import { expect, test } from "vitest";
import { readModules } from "../../../src/langchain/patch/modules.js";

test("the modules of core are read, in one object or in two", () => {
  const { Runnable } = runnables;
  const { CallbackManager } = manager;
  for (const modules of [[runnables, manager], [{ Runnable, CallbackManager }]]) {
    const read = readModules(modules);
    expect(read.find((classes) => classes.Runnable)?.Runnable).toBe(Runnable);
    expect(read.find((classes) => classes.CallbackManager)?.CallbackManager).toBe(CallbackManager);
  }
  expect(readModules([])).toEqual([]);
});

test.each([
  {
    what: "another module",
    modules: [runnables, manager, messages],
    message: "item 2 has no Runnable",
  },
  {
    what: "a class of the app",
    modules: [{ Runnable: class {} }],
    message: "It exports Runnable.",
  },
  { what: "only Runnable", modules: [runnables], message: "needs CallbackManager" },
  { what: "only the manager", modules: [manager], message: "needs Runnable" },
])("$what is refused with the reason", ({ modules, message }) => {
  const error = { errorCode: "INVALID_PARAMETER_VALUE", message: expect.stringContaining(message) };
  expect(() => readModules(modules)).toThrow(expect.objectContaining(error));
});
