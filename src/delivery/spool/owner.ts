import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** A process, or a thread of it, that sends claimed files. */
export interface Owner {
  /** Its name in file names. */
  readonly name: string;
  /** Whether the owner with this name has ended. `claimedAtMs`: when it claimed the file. */
  isGone(name: string, claimedAtMs: number, nowMs: number): boolean;
}

/** After this time, a claim of another machine or container counts as left. A second delivery stores nothing twice. */
const CLAIM_MS = 60 * 60 * 1000;

/** The owner of the claims of this thread. Containers that share a home have process ids that say nothing to each other. */
export function createOwner(): Owner {
  const host = hostname()
    .replace(/[^\w-]/g, "-")
    .slice(0, 40);
  // Threads of this process have names of their own, and claim nothing before it starts.
  const startedAtMs = Date.now() - process.uptime() * 1000;
  const name = `${host}~${process.pid}~${randomBytes(4).toString("hex")}`;
  return {
    name,
    isGone(other, claimedAtMs, nowMs) {
      if (other === name) return false;
      const [otherHost, pid] = other.split("~");
      if (otherHost === host && !isRunning(Number(pid))) return true;
      // In a container that is started again, the process has the same id and host.
      if (otherHost === host && Number(pid) === process.pid && claimedAtMs < startedAtMs)
        return true;
      return nowMs - claimedAtMs > CLAIM_MS;
    },
  };
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: the process belongs to another user.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}
