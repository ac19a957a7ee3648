import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { JobAccounts } from "../../../src/delivery/job-accounts.js";
import { Losses } from "../../../src/delivery/losses.js";
import type { SpooledJob } from "../../../src/delivery/spool/job-item.js";
import { Replay } from "../../../src/delivery/spool/replay.js";
import { Spool } from "../../../src/delivery/spool/spool.js";
import { type AutologOptions, resolveOptions } from "../../../src/settings/options.js";
import { newJob, store } from "./spooled-trace.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spool-"));
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(root, { recursive: true, force: true });
});

/** The spool of a process. */
function newSpool(options: Partial<AutologOptions> = {}): Spool {
  const resolved = resolveOptions({ spoolDirectory: root, ...options }, {}, () => {});
  return new Spool(resolved, new Losses(), new JobAccounts());
}

test("an app that is idle tries again 30 s after it has left a trace, also if it has tried in between", async () => {
  const spool = newSpool();
  const read: SpooledJob[] = [];
  const replay: Replay = new Replay(spool, async (job) => {
    read.push(job);
    // The server fails when the first file is read.
    if (read.length === 1) replay.noteFailed(store);
  });
  const jobs = [newJob(), newJob()];
  for (const job of jobs) spool.leave([job]);
  replay.noteLeft(jobs, "retry_timeout");
  vi.advanceTimersByTime(10_000);
  replay.noteStored(store);
  await replay.idle();
  expect(read).toHaveLength(1);
  vi.advanceTimersByTime(21_000);
  await replay.idle();
  expect(read).toHaveLength(2);
});
