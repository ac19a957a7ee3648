import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory of this test alone, gone when the test is over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(realpathSync(tmpdir()), "mlflow file-store #%41-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
