#!/usr/bin/env node
import { createRequire } from "node:module";
import { main } from "./cli/main.js";
import { push } from "./cli/push.js";
import { processTerminal } from "./cli/terminal.js";
import { traces } from "./cli/traces.js";
import { ui } from "./cli/ui.js";

// `langchain-mlflow traces | head` closes the pipe early: nobody reads on, so there is nothing left to do.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const { version } = createRequire(import.meta.url)("langchain-mlflow/package.json");

// A store's sockets keep no process alive: a command does, until it is done.
const alive = setInterval(() => {}, 60_000);
process.exitCode = await main({
  argv: process.argv.slice(2),
  commands: [traces, push, ui],
  version,
  env: process.env,
  terminal: processTerminal(process.env),
});
clearInterval(alive);
