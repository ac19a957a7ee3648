import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** What is checked out in a repository, and where the repository comes from. */
export interface GitSource {
  readonly commit: string | undefined;
  /** Undefined if no branch is checked out. */
  readonly branch: string | undefined;
  /** The URL of the first remote, without user name and password. */
  readonly repoUrl: string | undefined;
}

/**
 * Returns the commit, the branch and the remote of the repository that contains the directory. Returns undefined outside of a
 * repository. Reads git's files instead of running git, because git may not be installed, and running it is slower.
 */
export function readGitSource(directory: string): GitSource | undefined {
  const gitFolder = findGitFolder(resolve(directory));
  if (!gitFolder) return undefined;
  const head = read(join(gitFolder, "HEAD"))?.trim() ?? "";
  const ref = /^ref: *(refs\/[^\s]+)$/.exec(head)?.[1];
  // A worktree has its own HEAD and shares the other files.
  const shared = read(join(gitFolder, "commondir"))?.trim();
  const folder = shared ? resolve(gitFolder, shared) : gitFolder;
  const commit = ref === undefined ? commitOf(head) : commitOfRef(folder, ref);
  const branch = ref?.startsWith(BRANCHES) ? ref.slice(BRANCHES.length) : undefined;
  return { commit, branch, repoUrl: urlOfRemote(read(join(folder, "config")) ?? "") };
}

const BRANCHES = "refs/heads/";

function commitOfRef(folder: string, ref: string): string | undefined {
  return commitOf(read(join(folder, ref))?.trim()) ?? packedCommit(folder, ref);
}

/** The URL of the first remote in a configuration file of git. */
function urlOfRemote(config: string): string | undefined {
  let isRemote = false;
  for (const line of config.split("\n")) {
    const section = /^\s*\[\s*([\w.-]+)/.exec(line)?.[1];
    if (section) isRemote = section.toLowerCase() === "remote";
    const url = isRemote ? /^\s*url\s*=\s*"?(.+?)"?\s*$/i.exec(line)?.[1] : undefined;
    if (url) return withoutUser(url);
  }
  return undefined;
}

/** A remote may contain a token: `https://user:token@host/path`. */
function withoutUser(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, "$1");
}

function findGitFolder(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const git = join(folder, ".git");
    if (read(join(git, "HEAD")) !== undefined) return git;
    // In a worktree or a submodule, `.git` is a file that contains the path.
    const place = /^gitdir: *(.+?)\s*$/.exec(read(git) ?? "")?.[1];
    if (place) return resolve(folder, place);
    if (dirname(folder) === folder) return undefined;
  }
}

function packedCommit(folder: string, ref: string): string | undefined {
  const lines = read(join(folder, "packed-refs"))?.split("\n") ?? [];
  return commitOf(lines.find((line) => line.endsWith(` ${ref}`))?.split(" ")[0]);
}

function commitOf(text: string | undefined): string | undefined {
  return text && /^[0-9a-f]{40,64}$/.test(text) ? text : undefined;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
