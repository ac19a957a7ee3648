import { createHash } from "node:crypto";
import { mkdtempSync, readlinkSync, realpathSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "../base/log.js";
import { shared } from "../base/process-state.js";

const NAME = /^langchain-mlflow-(?:code|load|model)-([0-9a-f]{8})-(\d+)-\w{6}$/;

/**
 * Creates a folder in the system's temporary directory. The caller removes it. Its name contains the process id, so that the next
 * process can remove the folders of a process that was killed.
 */
export function createTemporaryFolder(purpose: "code" | "load" | "model"): string {
  const directory = realpathSync(tmpdir());
  shared("left folders", () => removeLeftFolders(directory).catch(logFailure));
  const name = `langchain-mlflow-${purpose}-${processSpace()}-${process.pid}-`;
  return mkdtempSync(join(directory, name));
}

async function removeLeftFolders(directory: string): Promise<void> {
  const space = processSpace();
  for (const name of await readdir(directory)) {
    const [, folderSpace, processId] = NAME.exec(name) ?? [];
    if (folderSpace !== space || isAlive(Number(processId))) continue;
    const folder = join(directory, name);
    if (await isOwn(folder)) await rm(folder, { recursive: true, force: true }).catch(logFailure);
  }
}

/** Identifies the process id namespace: containers can share a temporary directory, but each has its own process ids. */
function processSpace(): string {
  return createHash("sha256")
    .update(`${hostname()} ${processNamespace()}`)
    .digest("hex")
    .slice(0, 8);
}

function processNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    // Only Linux has namespaces.
    return "";
  }
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (cause) {
    // EPERM: the process runs, and belongs to another user.
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** The folder of another user is left alone: its owner could replace it by a link while it is being removed. */
async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  return process.getuid === undefined || found.uid === process.getuid();
}

function logFailure(cause: unknown): void {
  debug("cannot remove the folder of a killed process: %o", cause);
}
