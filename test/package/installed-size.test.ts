import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";

const app = inject("installedApp");
const dist = join(app, "node_modules/langchain-mlflow/dist");
const ownPackages = inject("ownPackages");

test("the packed package is what an app gets", () => {
  expect(ownPackages).toContain("node_modules/langchain-mlflow");
  expect(inject("langchainPackages")).toContain("node_modules/@langchain/core");
});

test("at most 10 packages come beside those of @langchain/core", () => {
  const dependencies = ownPackages.filter((folder) => !folder.endsWith("/langchain-mlflow"));
  expect(dependencies.length, dependencies.join("\n")).toBeLessThanOrEqual(10);
});

test("at most 8 MB come beside @langchain/core", () => {
  const bytes = ownPackages.map((folder) => sizeBytes(join(app, folder)));
  const megabytes = bytes.reduce((sum, size) => sum + size, 0) / 1e6;
  expect(megabytes).toBeGreaterThan(0.5);
  expect(megabytes).toBeLessThan(8);
});

/** The files that `require("langchain-mlflow")` and the preload load. Others load at the first use of a feature. */
function loadedAtStart(): Set<string> {
  const loaded = new Set<string>();
  const visit = (name: string) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    const code = readFileSync(join(dist, name), "utf8");
    for (const [, file = ""] of code.matchAll(/\brequire\("\.\/([\w-]+\.cjs)"\)/g)) visit(file);
  };
  visit("index.cjs");
  visit("register.cjs");
  return loaded;
}

const EVALUATION = /^\.\.\/src\/(evaluation|judges|scorers|datasets|prompts)\//;
const SERVING = /^\.\.\/src\/(serving|models\/python)\//;

/** The files with one feature alone, which load at its first use. */
function hasOnly(feature: RegExp, name: string): boolean {
  const map = `${name}.map`;
  if (!existsSync(join(dist, map))) return false;
  const sources = readMap(map).sources.filter(isOurs);
  return sources.length > 0 && sources.every((source) => feature.test(source));
}

function bytesOf(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
}

const commonJs = readdirSync(dist).filter((name) => name.endsWith(".cjs"));

/** The files that load at the first use of a feature. */
const firstUses = {
  evaluation: commonJs.filter((name) => hasOnly(EVALUATION, name)),
  serving: commonJs.filter((name) => hasOnly(SERVING, name)),
  words: commonJs.filter((name) => name === "word-lists.cjs"),
};
const atFirstUse = new Set(Object.values(firstUses).flat());

test.each([
  {
    which: "without evaluation, serving and word lists",
    names: commonJs.filter((name) => !atFirstUse.has(name)),
    kilobytes: 750,
  },
  { which: "of evaluation", names: firstUses.evaluation, kilobytes: 180 },
  { which: "of serving in Node.js and Python", names: firstUses.serving, kilobytes: 40 },
  { which: "with word lists", names: firstUses.words, kilobytes: 40 },
  { which: "of all features", names: commonJs, kilobytes: 1000 },
])("the CommonJS files $which have at most $kilobytes KB together", ({ names, kilobytes }) => {
  const bytes = bytesOf(names);
  expect(bytes).toBeGreaterThan(10 * 1024);
  expect(bytes).toBeLessThanOrEqual(kilobytes * 1024);
});

test("the CommonJS files that load at the start have at most 650 KB together", () => {
  const bytes = bytesOf([...loadedAtStart()]);
  expect(bytes).toBeGreaterThan(100 * 1024);
  expect(bytes).toBeLessThanOrEqual(650 * 1024);
});

test.each([".js", ".cjs"])("each source file is in one *%s file only", (extension) => {
  const maps = readdirSync(dist).filter((name) => name.endsWith(`${extension}.map`));
  const sources = maps.flatMap((name) => readMap(name).sources.filter(isOurs));
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.toSorted()).toEqual([...new Set(sources)].toSorted());
});

test("nothing but dist and the papers is packed", () => {
  const top = readdirSync(join(app, "node_modules/langchain-mlflow"));
  const papers = ["CHANGELOG.md", "LICENSE", "README.md"];
  expect(top.filter((name) => !papers.includes(name)).sort()).toEqual(["dist", "package.json"]);
  expect(top).toContain("LICENSE");
});

test("the source maps of the ES modules carry the text of their sources", () => {
  const maps = readdirSync(dist).filter((name) => name.endsWith(".js.map"));
  expect(maps.length).toBeGreaterThan(0);
  for (const name of maps) {
    const { sources, sourcesContent = [] } = readMap(name);
    expect(sourcesContent.length, name).toBe(sources.length);
    expect(sourcesContent.every(Boolean), name).toBe(true);
  }
});

function readMap(name: string): { sources: string[]; sourcesContent?: string[] } {
  return JSON.parse(readFileSync(join(dist, name), "utf8"));
}

function isOurs(source: string): boolean {
  return source.startsWith("../src/");
}

function sizeBytes(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = entries.map((entry) => statSync(join(folder, entry)));
  return files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
}
