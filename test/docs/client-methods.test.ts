import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MlflowClient } from "../../src/index.js";

/** The public methods of the client, and of the classes that it extends. */
function methodsOf(client: object): string[] {
  const names: string[] = [];
  let prototype: unknown = client;
  while (typeof prototype === "object" && prototype && prototype !== Object.prototype) {
    names.push(...Object.getOwnPropertyNames(prototype).filter((name) => name !== "constructor"));
    prototype = Object.getPrototypeOf(prototype);
  }
  return names;
}

test("docs/feedback.md lists every method of MlflowClient", () => {
  const page = readFileSync("docs/feedback.md", "utf8");
  const table = page.slice(page.indexOf("| of | methods |")).split("\n\n")[0] ?? "";
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual(methodsOf(MlflowClient.prototype).sort());
});
