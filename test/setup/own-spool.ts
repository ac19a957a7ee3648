// Files that run side by side must not send or evict what the programs of another file have left on disk.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const spool = mkdtempSync(join(tmpdir(), "langchain-mlflow-spool-"));
process.env.MLFLOW_LANGCHAIN_SPOOL_DIRECTORY = spool;

afterAll(() => rmSync(spool, { recursive: true, force: true, maxRetries: 5 }));
