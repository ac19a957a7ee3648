import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

interface Options {
  /** With characters that a URI has to encode, unless told. */
  readonly prefix?: string;
  /** When it goes: at the end of this test, unless told. */
  readonly whenOver?: (remove: () => void) => void;
}

/** A new directory of its own. */
export function temporaryDirectory(options: Options = {}): string {
  const { prefix = "mlflow file-store #%41-", whenOver = onTestFinished } = options;
  const directory = mkdtempSync(join(realpathSync(tmpdir()), prefix));
  whenOver(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
