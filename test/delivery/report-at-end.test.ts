import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reportLost } from "../../src/delivery/report-lost.js";
import { reportSpooled } from "../../src/delivery/report-spooled.js";
import { newJob } from "./spool/spooled-trace.js";

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

test("one lost trace is not reported as several", () => {
  reportLost(new Map([["process_exit", { count: 1, cause: undefined }]]), new Map());
  expect(lines).toEqual([
    expect.stringContaining("lost in this process: 1 trace (process_exit): "),
  ]);
});

test("a process that continues, and is about to end again, reports what it has written then", () => {
  const root = mkdtempSync(join(tmpdir(), "spool-"));
  reportSpooled([newJob()], root);
  reportSpooled([newJob(), newJob()], root);
  rmSync(root, { recursive: true });
  expect(lines).toEqual([
    expect.stringMatching(/: 1 trace for .* because the process was about to end/),
    expect.stringMatching(/: 2 traces for .* because the process was about to end/),
  ]);
});
