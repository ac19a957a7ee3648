import { expect, test } from "vitest";
import { REGISTER, runApp } from "./run-app.js";

test.each([
  { what: "autolog() before LangChain is imported", args: ["before"], flags: [] },
  { what: "autolog() after it", args: ["after"], flags: [] },
  { what: "the preload", args: [], flags: ["--import", REGISTER] },
])("spans by hand and spans of a graph are one tree with $what", async ({ args, flags }) => {
  const { code, stdout, stderr } = await runApp("spans-by-hand.mjs", { args, flags });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const [answer, ...spans] = stdout.split("\n");
  expect(answer).toBe("HELLO");
  expect(spans.sort()).toEqual([
    "LangGraph < request",
    "in the node < step",
    "in the tool < shout",
    "request < undefined",
    "shout < in the node",
    "step < LangGraph",
  ]);
});
