import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { lockFileFor } from "../../../src/models/folder/lock-file.js";
import { storeOwnPackage } from "../../../src/models/folder/own-package.js";

const root = resolve(import.meta.dirname, "../../..");
const folder = realpathSync(mkdtempSync(join(tmpdir(), "own-package-")));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NAME = "langchain-mlflow";
const VERSION = "0.1.0";
let count = 0;

/** An app that has installed this package, and what npm writes about it. */
function installed(options: { resolved?: string; inFolder?: string }): string {
  count += 1;
  const app = join(folder, `app-${count}`);
  const directory = join(app, options.inFolder ?? "node_modules", NAME);
  mkdirSync(join(directory, "dist"), { recursive: true });
  cpSync(join(root, "LICENSE"), join(directory, "LICENSE"));
  const files = {
    "package.json": JSON.stringify({ name: NAME, version: VERSION, main: "dist/index.cjs" }),
    "dist/index.cjs": `exports.answer = ${count};`,
    "dist/index.cjs.map": "{}",
    "dist/index.d.ts": "",
    ".env": "SECRET=planted",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  if (options.resolved !== undefined) {
    const packages = { [`node_modules/${NAME}`]: { version: VERSION, resolved: options.resolved } };
    writeFileSync(join(app, "node_modules/.package-lock.json"), JSON.stringify({ packages }));
  }
  return directory;
}

/** Returns what is stored in a model, and the folder of the model. */
async function store(directory: string) {
  const model = mkdtempSync(join(folder, "model-"));
  const own = { name: NAME, version: VERSION, directory, peers: [] };
  return { stored: await storeOwnPackage(own, model), model };
}

describe("a model does not contain this package if it was installed", () => {
  test.each([
    ["from a registry", { resolved: "https://registry.example/langchain-mlflow.tgz" }],
    ["by a package manager that writes no list as npm does", {}],
  ])("%s", async (_, options) => {
    expect((await store(installed(options))).stored).toBeUndefined();
  });
});

describe("a model contains this package if it was installed", () => {
  test.each([
    ["from a file", { resolved: "file:langchain-mlflow.tgz" }],
    ["from git", { resolved: "git+ssh://git@example.org/langchain-mlflow.git#main" }],
    [
      "from a file, by pnpm",
      { inFolder: "node_modules/.pnpm/langchain-mlflow@file+x.tgz/node_modules" },
    ],
    ["in a folder of a workspace", { inFolder: "packages" }],
  ])("%s", async (_, options) => {
    const directory = installed(options);
    const { stored, model } = await store(directory);
    expect(stored?.specifier).toBe(`file:packages/${NAME}-${VERSION}.tgz`);
    const tarball = join(model, "packages", `${NAME}-${VERSION}.tgz`);
    // Neither source maps and declarations, nor files that npm would not publish.
    expect(execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).split("\n")).toEqual([
      ...["package/LICENSE", "package/dist/index.cjs", "package/package.json", ""],
    ]);
    execFileSync("tar", ["-xzf", tarball, "-C", model]);
    const text = readFileSync(join(model, "package/dist/index.cjs"), "utf8");
    expect(text).toBe(readFileSync(join(directory, "dist/index.cjs"), "utf8"));
    const digest = createHash("sha512").update(readFileSync(tarball)).digest("base64");
    expect(stored?.integrity).toBe(`sha512-${digest}`);
  });

  test("by a link to its folder", async () => {
    const directory = join(folder, "linked", "node_modules", NAME);
    mkdirSync(dirname(directory), { recursive: true });
    symlinkSync(installed({ inFolder: "source" }), directory, "junction");
    expect((await store(directory)).stored).toBeDefined();
  });
});

test("the archive is the same for each model, and npm installs it by the lock file of the model", async () => {
  const directory = installed({ resolved: "file:langchain-mlflow.tgz" });
  const app = resolve(directory, "../..");
  const packages = {
    "": { dependencies: { [NAME]: "file:langchain-mlflow.tgz" } },
    [`node_modules/${NAME}`]: {
      ...{ version: VERSION, resolved: "file:langchain-mlflow.tgz", integrity: "sha512-AAAA" },
    },
  };
  writeFileSync(
    join(app, "package-lock.json"),
    JSON.stringify({ name: "app", lockfileVersion: 3, packages }),
  );
  const [{ stored, model }, other] = [await store(directory), await store(directory)];
  expect(stored).toBeDefined();
  expect(other.stored).toEqual(stored);
  const manifest = { name: "mlflow-model", dependencies: { [NAME]: VERSION } };
  const lock = lockFileFor([app], { ...manifest, ...(stored && { stored: { [NAME]: stored } }) });
  writeFileSync(join(model, "package-lock.json"), lock?.text ?? "");
  writeFileSync(
    join(model, "package.json"),
    JSON.stringify({ name: "mlflow-model", dependencies: { [NAME]: stored?.specifier } }),
  );
  execFileSync("npm", ["ci", "--offline", "--no-audit", "--no-fund"], {
    cwd: model,
    stdio: "pipe",
  });
  const text = readFileSync(join(model, "node_modules", NAME, "dist/index.cjs"), "utf8");
  expect(text).toContain("exports.answer");
});

test("a package without its files is left out, with a warning", async () => {
  const directory = installed({ resolved: "file:langchain-mlflow.tgz" });
  rmSync(join(directory, "dist"), { recursive: true });
  expect((await store(directory)).stored).toBeUndefined();
});
