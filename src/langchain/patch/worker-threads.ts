import { syncBuiltinESMExports } from "node:module";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import workerThreads from "node:worker_threads";
import { guard } from "../../base/log.js";
import { nodeOptions } from "../../settings/runtime-variables.js";
import type { Undo } from "./wrap.js";

interface WorkerOptions {
  readonly eval?: boolean;
  readonly execArgv?: readonly string[];
  readonly env?: { readonly NODE_OPTIONS?: unknown };
}

const MARK = Symbol.for("langchain-mlflow.worker");
/** The preload, which a worker thread loads too. */
const PRELOAD = /langchain-mlflow[\\/]register|[\\/]dist[\\/]register\.cjs/;

/**
 * Calls `onFile` with the file of each worker thread that is started from now on without the preload. Nothing that
 * `autolog()` does in this thread has an effect in another one.
 */
export function watchWorkers(onFile: (file: string) => void): Undo {
  const original = workerThreads.Worker;
  // Contexts of a test runner share the module, and end before the process.
  const isShared = vm.runInThisContext("globalThis") !== globalThis;
  if (isShared || MARK in original) return () => {};
  const report = guard("a worker thread", (args: readonly unknown[]) => {
    const file = fileOfWorker(args);
    if (file !== undefined) onFile(file);
  });
  const observed: typeof original = new Proxy(original, {
    construct(target, args, newTarget) {
      report(args);
      const worker: object = Reflect.construct(target, args, newTarget);
      // Otherwise `worker.constructor` would not be the class that the app has imported.
      if (newTarget === observed) setConstructor(worker, observed);
      return worker;
    },
    has: (target, key) => key === MARK || Reflect.has(target, key),
  });
  replaceWorker(observed);
  return () => {
    if (workerThreads.Worker === observed) replaceWorker(original);
  };
}

function replaceWorker(worker: typeof workerThreads.Worker): void {
  workerThreads.Worker = worker;
  syncBuiltinESMExports();
}

function setConstructor(worker: object, value: object): void {
  Object.defineProperty(worker, "constructor", { value, writable: true, configurable: true });
}

function fileOfWorker([file, options]: readonly unknown[]): string | undefined {
  const { eval: isText, execArgv, env }: WorkerOptions = options ?? {};
  if (isText) return undefined;
  const variable = env ? String(env.NODE_OPTIONS) : nodeOptions();
  if (PRELOAD.test([...(execArgv ?? process.execArgv), variable].join(" "))) return undefined;
  if (typeof file === "string") return file;
  return file instanceof URL && file.protocol === "file:" ? fileURLToPath(file) : undefined;
}
