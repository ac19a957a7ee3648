import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { guard } from "../../base/log.js";
import { sharedIfCreated } from "../../base/process-state.js";
import { describeCopies } from "../../langchain/patch/describe-copies.js";
import { SHARED_STORAGE } from "../../langchain/patch/shared-storage.js";
import type { Pipeline } from "../../recording/pipeline.js";
import { readVariable, setVariables } from "../../settings/settings.js";
import { type ProgramReport, REPORT_FOLDER } from "./program-report.js";

// `doctor -- node app.js` loads this file into the program, after the preload. It writes what the program has loaded and
// traced to a file, again and again, because a program that is killed has no end at which to write.

const INTERVAL_MS = 300;
/** LangChain sets one of these when it is loaded, also from a bundle. */
const LANGCHAIN_GLOBALS = ["lc_block_translators_registry", SHARED_STORAGE];

const folder = readVariable(REPORT_FOLDER);
if (folder !== undefined) report(join(folder, `${process.pid}-${threadId}.json`));

function report(file: string): void {
  let last = "";
  const write = guard("report", () => {
    const text = JSON.stringify(readReport());
    if (text !== last) writeFileSync(file, text);
    last = text;
  });
  setInterval(write, INTERVAL_MS).unref();
  process.on("exit", write);
  // Keeps the listener the last one, so that it sees what the others deliver or lose.
  process.on("newListener", (event, listener) => {
    if (event !== "exit" || listener === write) return;
    queueMicrotask(() => {
      process.off("exit", write);
      process.on("exit", write);
    });
  });
}

function readReport(): ProgramReport {
  const pipeline = sharedIfCreated<Pipeline>("pipeline");
  const traceCount = pipeline?.traceCount ?? 0;
  return {
    processId: process.pid,
    copies: describeCopies(),
    hasLangChain: LANGCHAIN_GLOBALS.some((name) => Reflect.get(globalThis, name) !== undefined),
    traces: traceCount,
    losses: pipeline?.losses ?? {},
    // Before the first trace, the app may still set variables.
    trackingUri: traceCount > 0 ? readTrackingUri(pipeline) : undefined,
    environment: Object.fromEntries(setVariables().map((name) => [name, readVariable(name) ?? ""])),
  };
}

/** Undefined if it is wrong, which the check of the store reports. */
const readTrackingUri = guard("tracking URI", (pipeline: Pipeline | undefined) =>
  pipeline?.tracking.uri(),
);
