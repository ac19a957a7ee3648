import { Worker } from "node:worker_threads";
import { debug } from "../base/log.js";

/** How often the thread checks whether Python still runs. */
const CHECK_MS = 1_000;
/** The time that this process has to end by itself. It sends its last traces. */
const END_MS = 10_000;

/** Texts of a worker thread can import nothing of this package. A process whose parent has ended gets another parent. */
const PROGRAM = `
const { parentPort } = require("node:worker_threads");
const python = process.ppid;
const timer = setInterval(() => {
  if (process.ppid === python) return;
  clearInterval(timer);
  parentPort.postMessage("ended");
  setTimeout(() => process.kill(process.pid, "SIGKILL"), ${END_MS});
}, ${CHECK_MS});
`;

/**
 * Calls `end` when Python has ended without closing the connection: a fork of Python may keep it open. Kills this process if it
 * has not ended some time later. This needs a thread, since a model in an endless loop blocks the main thread.
 */
export function watchPython(end: () => void): void {
  // Without the preloads and the heap size of this process.
  const worker = new Worker(PROGRAM, { eval: true, env: {}, execArgv: [] });
  worker.once("message", end);
  worker.once("error", (cause) => debug("cannot watch the process of Python: %o", cause));
  worker.unref();
}
