import { createHash } from "node:crypto";
import { mkdtempSync, readlinkSync, realpathSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { debug } from "../base/log.js";
import { shared } from "../base/process-state.js";

const NAME = /^langchain-mlflow-(?:code|load|model)-([0-9a-f]{8})-(\d+)-\w{6}$/;

/**
 * Makes a folder in the system's temporary directory. Who makes it removes it; its name says who that is, so that what
 * a killed process left goes when the next one needs such a folder.
 */
export function createTemporaryFolder(purpose: "code" | "load" | "model"): string {
  const directory = realpathSync(tmpdir());
  shared("left folders", () => removeLeftFolders(directory).catch(noteFailure));
  const name = `langchain-mlflow-${purpose}-${processSpace()}-${process.pid}-`;
  return mkdtempSync(join(directory, name));
}

async function removeLeftFolders(directory: string): Promise<void> {
  const space = processSpace();
  for (const name of await readdir(directory)) {
    const [, madeIn, processId] = NAME.exec(name) ?? [];
    if (madeIn !== space || isAlive(Number(processId))) continue;
    const folder = join(directory, name);
    if (await isOwn(folder)) await rm(folder, { recursive: true, force: true }).catch(noteFailure);
  }
}

/** Where a process id means this one process: containers may share a temporary directory, and count for themselves. */
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
    // Linux alone has them.
    return "";
  }
}

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (cause) {
    // EPERM: it lives, and is another user's.
    return (cause as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Of a folder of somebody else's nobody knows what becomes of it while it is removed. */
async function isOwn(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined);
  if (!found?.isDirectory()) return false;
  return process.getuid === undefined || found.uid === process.getuid();
}

function noteFailure(cause: unknown): void {
  debug("a folder of a killed process stays: %o", cause);
}
