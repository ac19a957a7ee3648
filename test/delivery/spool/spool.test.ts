import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { JobAccounts } from "../../../src/delivery/job-accounts.js";
import { Losses } from "../../../src/delivery/losses.js";
import { Spool } from "../../../src/delivery/spool/spool.js";
import { type AutologOptions, resolveOptions } from "../../../src/settings/options.js";
import { newJob } from "./spooled-trace.js";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** The spool of a process, and what it has lost. */
function newSpool(options: Partial<AutologOptions>) {
  const losses = new Losses();
  const resolved = resolveOptions({ spoolDirectory: root, ...options }, {}, () => {});
  return { spool: new Spool(resolved, losses, new JobAccounts()), losses: losses.counts };
}

/** The sizes of the files in folders of this name. */
const sizes = (kind: string) =>
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.includes(`/${kind}/`))
    .map((path) => statSync(join(root, path)).size);
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

test("a trace that is larger than the spool removes no others", () => {
  const { spool, losses } = newSpool({ maxSpoolBytes: 100_000 });
  const [small, large] = [newJob(), newJob(200_000)];
  expect(spool.leave([small, large])).toEqual(new Set([small]));
  spool.keep([newJob(200_000)]);
  expect([sizes("new").length, sizes("cur").length]).toEqual([1, 0]);
  expect(losses).toEqual({});
});

test("traces that are in memory too do not exceed maxSpoolBytes, and the oldest others leave for them", () => {
  const { spool, losses } = newSpool({ maxSpoolBytes: 100_000 });
  for (let count = 0; count < 10; count += 1) spool.leave([newJob(5_000)]);
  expect(sizes("new")).toHaveLength(10);
  for (let count = 0; count < 100; count += 1) spool.keep([newJob(5_000)]);
  expect(losses).toEqual({ spool_full: 10 });
  expect(sizes("new")).toEqual([]);
  expect(sum(sizes("cur"))).toBeGreaterThan(90_000);
  expect(sum(sizes("cur"))).toBeLessThan(110_000);
});

test("processes that write at the same time do not exceed maxSpoolBytes by much", () => {
  const processes = Array.from({ length: 8 }, () => newSpool({ maxSpoolBytes: 200_000 }));
  for (let count = 0; count < 60; count += 1) {
    for (const { spool } of processes) spool.leave([newJob(5_000)]);
  }
  expect(sum(sizes("new"))).toBeLessThan(300_000);
  const lost = sum(processes.map(({ losses }) => losses.spool_full ?? 0));
  expect(sizes("new").length + lost).toBe(480);
});
