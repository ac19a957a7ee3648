import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder where the packed package and @langchain/core are installed, as a user would. */
    installedApp: string;
    /** Folders under node_modules that come with @langchain/core alone. */
    langchainPackages: string[];
    /** Folders under node_modules that come with this package on top. */
    ownPackages: string[];
  }
}

/** Packs dist and installs it into an app of its own that already has @langchain/core. */
export function setup(project: TestProject): () => void {
  const app = mkdtempSync(join(tmpdir(), "langchain-mlflow-app-"));
  mkdirSync(join(app, "tarball"));
  execFileSync(process.execPath, ["test/setup/pack.mjs", join(app, "tarball/package.tgz")]);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true }));

  npmInstall(app, `@langchain/core@${installedVersion("@langchain/core")}`);
  const langchainPackages = packageFolders(app);
  npmInstall(app, "./tarball/package.tgz");

  project.provide("installedApp", app);
  project.provide("langchainPackages", langchainPackages);
  project.provide(
    "ownPackages",
    packageFolders(app).filter((folder) => !langchainPackages.includes(folder)),
  );
  return () => rmSync(app, { recursive: true, force: true });
}

function npmInstall(cwd: string, what: string): void {
  const flags = ["--omit=dev", "--no-audit", "--no-fund", "--prefer-offline"];
  execFileSync("npm", ["install", ...flags, what], { cwd, stdio: ["ignore", "ignore", "pipe"] });
}

function installedVersion(name: string): string {
  return JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8")).version;
}

function packageFolders(app: string): string[] {
  const lock = JSON.parse(readFileSync(join(app, "node_modules/.package-lock.json"), "utf8"));
  return Object.keys(lock.packages);
}
