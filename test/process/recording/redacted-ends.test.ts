import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CHILD_LIMIT_MS } from "../../support/child-limit.js";

const program = fileURLToPath(
  new URL("../../fixtures/recording/ends-redacted.mjs", import.meta.url),
);

/** Every byte of the local store of a process that ended in this way. */
function storedBy(how: string, kind: string): string {
  const folder = mkdtempSync(join(tmpdir(), "redacted-"));
  try {
    const env = { ...process.env, MLFLOW_TRACKING_URI: folder };
    spawnSync(process.execPath, [program, how, kind], { env, timeout: CHILD_LIMIT_MS });
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
      .join("\n");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test.each(["exit", "throw", "SIGTERM", "natural"])(
  "what a process writes at its end is redacted: %s",
  (how) => {
    const text = storedBy(how, "masks");
    expect(text).toContain("RunnableLambda");
    expect(text).toContain("FakeListChatModel");
    expect(text).toContain("masked!");
    expect(text).not.toContain("s3cret");
  },
);

test("or replaced by a mark", () => {
  const text = storedBy("exit", "throws");
  expect(text).toContain("RunnableLambda");
  expect(text).toContain("[redaction failed]");
  expect(text).not.toContain("s3cret");
});
