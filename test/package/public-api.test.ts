import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

const dist = join(inject("installedApp"), "node_modules/langchain-mlflow/dist");

test("the public API is the one that was reviewed", async () => {
  // Update with `npx vitest run --project package -u` after a build, and read the diff.
  await expect(declarations("index.d.ts")).toMatchFileSnapshot("public-api.d.ts");
});

test("ESM and CJS apps see the same types", () => {
  expect(declarations("index.d.cts")).toBe(declarations("index.d.ts"));
});

test("the preload exports nothing", () => {
  expect(declarations("register.d.ts").trim()).toBe("export {  }");
});

/** A declaration file without what differs from build to build. */
function declarations(name: string): string {
  return readFileSync(join(dist, name), "utf8").replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}
