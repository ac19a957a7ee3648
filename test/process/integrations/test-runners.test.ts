import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runApp } from "../reach/run-app.js";

// `npm run test:apps` runs Jest itself, and other versions of vitest.
const cwd = join(import.meta.dirname, "../../fixtures/test-runners");
const VITEST = join(import.meta.dirname, "../../../node_modules/vitest/vitest.mjs");

describe("vitest with the set-up file", () => {
  test.each(["forks", "threads", "vmThreads"])("stores the traces in the pool %s", async (pool) => {
    const args = ["run", `--pool=${pool}`, "--config=vitest.config.mjs", "--root=."];
    const env = { VITEST: "", VITEST_POOL_ID: "", VITEST_WORKER_ID: "", NODE_V8_COVERAGE: "" };
    const run = await runApp(VITEST, { cwd, args, env });
    expect(run).toMatchObject({ code: 0, stderr: "", traces: ["in a test"] });
  });
});

test("the CommonJS build works where import() throws, as in Jest", async () => {
  const run = await runApp("without-import.cjs", { cwd });
  expect(run).toEqual({
    code: 0,
    stdout: "{ sent: 1, spooled: 0, dropped: 0 }\nOK\nRestException",
    stderr: "",
    traces: ["FakeListChatModel"],
  });
});
