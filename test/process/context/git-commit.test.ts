import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGitCommit } from "../../../src/context/git-commit.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

const hasGit = spawnSync("git", ["--version"]).status === 0;

test.skipIf(!hasGit)("the commit that is checked out, wherever git keeps it", () => {
  const directory = temporaryDirectory({ prefix: "git-" });
  expect(readGitCommit(directory)).toBeUndefined();
  git(directory, "init", "-b", "main");
  expect(readGitCommit(directory)).toBeUndefined();
  writeFileSync(join(directory, "a.txt"), "a");
  git(directory, "add", ".");
  git(directory, "commit", "-m", "one");
  const commit = git(directory, "rev-parse", "HEAD");
  expect(readGitCommit(directory)).toBe(commit);
  mkdirSync(join(directory, "deep/er"), { recursive: true });
  expect(readGitCommit(join(directory, "deep/er"))).toBe(commit);
  git(directory, "pack-refs", "--all");
  expect(readGitCommit(directory)).toBe(commit);
  git(directory, "worktree", "add", "-b", "other", "tree");
  expect(readGitCommit(join(directory, "tree"))).toBe(commit);
  git(directory, "checkout", "--detach");
  expect(readGitCommit(directory)).toBe(commit);
});
