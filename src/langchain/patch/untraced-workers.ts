import { warnOnce } from "../../base/log.js";
import { packagesOfFile } from "./imports-of-file.js";

const MAX_WORKERS = 20;
const LANGCHAIN = /^(?:@langchain\/|langchain(?:\/|$)|deepagents$)/;
const OURS = /^langchain-mlflow(?:\/|$)/;

/** The files of worker threads that are not checked yet. */
const started = new Set<string>();
const checked = new Set<string>();

/** Remembers the file of a worker thread, until {@link warnOfWorkers} checks it. Ignores those of packages. */
export function addWorker(file: string): void {
  if (checked.has(file) || started.size >= MAX_WORKERS || /[\\/]node_modules[\\/]/.test(file)) {
    return;
  }
  started.add(file);
}

/** Logs a warning, once, if a worker thread imports LangChain and not this package. */
export function warnOfWorkers(): void {
  for (const file of started) {
    started.delete(file);
    checked.add(file);
    const packages = [...packagesOfFile(file)];
    if (packages.some((name) => OURS.test(name))) continue;
    if (!packages.some((name) => LANGCHAIN.test(name))) continue;
    warnOnce(
      "worker thread",
      `nothing is traced in the worker thread ${file}: call autolog() in it too, or start the program with node --import langchain-mlflow/register.`,
    );
  }
}
