import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { groups } from "./groups.mjs";

const root = join(import.meta.dirname, "../..");

export const folderOf = (group) => join(root, ".cache/apps", group);

/** Packs what is in dist. The name of the file changes with its content, so that every package manager sees a change. */
export function packPackage() {
  const packed = join(root, ".cache/apps/langchain-mlflow.tgz");
  execFileSync(process.execPath, ["test/setup/pack.mjs", packed], { cwd: root });
  const bytes = readFileSync(packed);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const file = join(root, `.cache/apps/langchain-mlflow-${hash}.tgz`);
  writeFileSync(file, bytes);
  rmSync(packed);
  return file;
}

/** Installs a group with this package, unless that has been done. */
export function installGroup(name, tarball) {
  const { packages, manifest, workspaces = {}, settings, install } = groups[name];
  const folder = folderOf(name);
  const wanted = JSON.stringify({
    name: `${name}-app`,
    private: true,
    ...manifest,
    dependencies: { ...packages, "langchain-mlflow": `file:${tarball}` },
  });
  const stamp = join(folder, "installed.json");
  // Without it, tools take the `paths` of this package's own tsconfig.json.
  writeFileSync(join(root, ".cache/apps/tsconfig.json"), "{}");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), wanted);
  for (const [workspace, content] of Object.entries(workspaces)) {
    const directory = join(folder, "packages", workspace);
    mkdirSync(directory, { recursive: true });
    const text = JSON.stringify({ name: workspace, private: true, ...content });
    writeFileSync(join(directory, "package.json"), text);
  }
  if (settings) {
    writeFileSync(join(folder, ".yarnrc.yml"), settings);
    // Without it, yarn takes an outer folder for the project.
    writeFileSync(join(folder, "yarn.lock"), "");
  }
  const npm = "npm install --prefer-offline --no-audit --no-fund --no-package-lock";
  const [command, ...args] = (install ?? npm).split(" ");
  const bin = join(folderOf("shared"), "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, CI: "" };
  execFileSync(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  writeFileSync(stamp, wanted);
}
