import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, inject, test } from "vitest";

const dist = join(inject("installedApp"), "node_modules/langchain-mlflow/dist");

test("the public API is the one that was reviewed", async () => {
  // Update with `npx vitest run --project package -u` after a build, and read the diff.
  await expect(declarations("index.d.ts")).toMatchFileSnapshot("public-api.d.ts");
});

test("ESM and CJS apps see the same types", () => {
  expect(declarations("index.d.cts")).toBe(declarations("index.d.ts"));
});

test("every value that is declared exists at run time, also in namespaces", async () => {
  const loaded: Record<string, unknown> = await import(pathToFileURL(join(dist, "index.js")).href);
  const text = declarations("index.d.ts");
  const exported = [...text.matchAll(/^ *export \{ (.*) \};$/gm)].map(([, names = ""]) =>
    namesOf(names),
  );
  const namespaceWith = (name: string) => exported.find((names) => names.includes(name)) ?? [];
  const top = exported.at(-1) ?? [];
  expect(top).toEqual(expect.arrayContaining(["logMetric", "models", "MlflowException"]));
  expect(top.filter((name) => loaded[name] === undefined)).toEqual([]);
  for (const [name, member] of Object.entries({ models: "ParamSchema", genai: "createDataset" })) {
    const declared = namespaceWith(member);
    const namespace = Object(loaded[name]) as Record<string, unknown>;
    expect(declared).toContain(member);
    expect(declared.filter((one) => namespace[one] === undefined)).toEqual([]);
  }
});

/** The exported names of values in `type A, b as c, d`. */
function namesOf(list: string): string[] {
  const items = list.split(", ").filter((item) => !item.startsWith("type "));
  return items.map((item) => item.split(" as ").at(-1) ?? "");
}

test("the handlers show nothing that is internal", () => {
  expect(declarations("index.d.ts")).not.toMatch(/CallbackListeners|CallbackEvent|\breceive:/);
});

test("the preload exports nothing", () => {
  expect(declarations("register.d.ts").trim()).toBe("export {  }");
});

/** A declaration file without what differs from build to build. */
function declarations(name: string): string {
  return readFileSync(join(dist, name), "utf8").replace(/^\/\/# sourceMappingURL=.*$/gm, "");
}
