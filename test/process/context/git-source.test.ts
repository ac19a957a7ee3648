import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readGitSource } from "../../../src/context/git-source.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";

const git = (cwd: string, ...args: string[]) =>
  execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }).trim();

const readGitCommit = (directory: string) => readGitSource(directory)?.commit;

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

test.skipIf(!hasGit)("the branch and the first remote, without credentials", () => {
  const directory = temporaryDirectory({ prefix: "git-" });
  expect(readGitSource(directory)).toBeUndefined();
  git(directory, "init", "-b", "main");
  expect(readGitSource(directory)).toEqual({ branch: "main" });
  writeFileSync(join(directory, "a.txt"), "a");
  git(directory, "add", ".");
  git(directory, "commit", "-m", "one");
  const commit = git(directory, "rev-parse", "HEAD");
  git(directory, "checkout", "-b", "feature/login");
  git(directory, "remote", "add", "origin", "https://ada:secret@host.example:8443/team/app.git");
  git(directory, "remote", "add", "other", "https://host.example/other.git");
  const repoUrl = "https://host.example:8443/team/app.git";
  expect(readGitSource(directory)).toEqual({ commit, branch: "feature/login", repoUrl });
  git(directory, "worktree", "add", "-b", "fix", "tree");
  expect(readGitSource(join(directory, "tree"))).toEqual({ commit, branch: "fix", repoUrl });
  git(directory, "remote", "set-url", "origin", "git@host.example:team/app.git");
  git(directory, "checkout", "--detach");
  expect(readGitSource(directory)).toEqual({ commit, repoUrl: "git@host.example:team/app.git" });
});
