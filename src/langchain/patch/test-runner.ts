import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { watchEvaluatedFiles } from "./evaluated-files.js";

/** Passed in, because the preload loads this file beside its own, without sharing others with it. */
export interface RunnerEffects {
  /** The folder of the files of this package. */
  readonly ownFolder: string;
  readonly isCore: (file: string) => boolean;
  /** Logs a warning if tracing is on. Never throws. */
  readonly warn: (message: string) => void;
}

/**
 * Warns once if a test runner evaluates LangChain in a context of its own, which the preload does not reach, and has not
 * evaluated this package before, as it does with a set-up file.
 */
export function warnIfRunnerEvaluates({ ownFolder, isCore, warn }: RunnerEffects): void {
  const own = [ownFolder, pathToFileURL(ownFolder).href];
  let isDone = false;
  watchEvaluatedFiles((file) => {
    if (isDone) return;
    const isOurs = own.includes(dirname(file));
    if (!isOurs && !isCore(file)) return;
    isDone = true;
    if (!isOurs) warn(describeRunner());
  });
}

/** Whether vitest has started this thread or process. Its variables are also set in programs that a test starts. */
export function isVitestWorker(): boolean {
  return /[\\/]vitest[\\/]dist[\\/]workers[\\/]/.test(process.argv[1] ?? "");
}

function describeRunner(): string {
  return isVitestWorker()
    ? "the preload traces nothing in vitest's pools vmThreads and vmForks: add langchain-mlflow/vitest to setupFiles."
    : "the preload traces nothing in Jest: add langchain-mlflow/jest to setupFilesAfterEnv.";
}
