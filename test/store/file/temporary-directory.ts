import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

interface Options {
  /** The prefix of its name. Default: one with characters that a URI has to encode. */
  readonly prefix?: string;
  /** Registers the removal. Default: at the end of this test. */
  readonly whenOver?: (remove: () => void) => void;
}

/** Creates a temporary directory. */
export function temporaryDirectory(options: Options = {}): string {
  const { prefix = "mlflow file-store #%41-", whenOver = onTestFinished } = options;
  const directory = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  whenOver(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
