import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * Returns the commit that is checked out in the repository that contains the directory. Returns undefined outside of a
 * repository. Reads git's files instead of running git, because git may not be installed, and running it is slower.
 */
export function readGitCommit(directory: string): string | undefined {
  const gitFolder = findGitFolder(resolve(directory));
  if (!gitFolder) return undefined;
  const head = read(join(gitFolder, "HEAD"))?.trim() ?? "";
  const ref = /^ref: *(refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined) return commitOf(head);
  // A worktree has its own HEAD and shares the other files.
  const shared = read(join(gitFolder, "commondir"))?.trim();
  const folder = shared ? resolve(gitFolder, shared) : gitFolder;
  return commitOf(read(join(folder, ref))?.trim()) ?? packedCommit(folder, ref);
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
