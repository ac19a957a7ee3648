#!/usr/bin/env node
import { createRequire } from "node:module";
import { doctor } from "./cli/doctor/doctor.js";
import { catchInterrupt } from "./cli/interrupt.js";
import { main } from "./cli/main.js";
import { push } from "./cli/push.js";
import { serve } from "./cli/serve.js";
import { spool } from "./cli/spool.js";
import { processTerminal } from "./cli/terminal.js";
import { traces } from "./cli/traces.js";
import { ui } from "./cli/ui.js";

// `langchain-mlflow traces | head` closes the pipe before all output is written.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { version } = createRequire(import.meta.url)("langchain-mlflow/package.json");

// The sockets of a store do not keep the process alive, so this timer does until the command ends.
const alive = setInterval(() => {}, 60_000);
process.exitCode = await main({
  argv: process.argv.slice(2),
  commands: [traces, push, spool, ui, serve, doctor],
  version,
  env: process.env,
  terminal: processTerminal(process.env),
  catchInterrupt,
});
clearInterval(alive);
// The connections and timers of a served model do not keep the process alive.
if (process.argv[2] === serve.name) process.exit();
