import { countOf } from "../base/count-of.js";
import { sendSpool } from "../delivery/spool/send-spool.js";
import {
  listSpool,
  newEffects,
  purgeSpool,
  type SpooledServer,
} from "../delivery/spool/stored-spool.js";
import { resolveOptions } from "../settings/options.js";
import { readSettings } from "../settings/settings.js";
import { spoolFolder } from "../settings/spool-folder.js";
import { openStore } from "../store/open.js";
import { type Command, type Invocation, usageError } from "./command.js";
import { oneLine, timeText } from "./figures.js";
import { jsonText } from "./printable.js";

const ACTIONS = ["ls", "replay", "purge"] as const;
type Action = (typeof ACTIONS)[number];
const INTERRUPTED = 130;

export const spool: Command = {
  name: "spool",
  synopsis: "ls | replay | purge [--directory DIR] [--json] [--tracking-uri URI]",
  summary: "list, send or remove the traces that a server has not received yet",
  help: [
    "ls                   what is on disk, by server",
    "replay               send what is for the server of --tracking-uri",
    "purge                remove everything that no running process is sending",
    "--directory DIR      the folder (default MLFLOW_LANGCHAIN_SPOOL_DIRECTORY, or langchain-mlflow/spool in the user's state folder)",
    "--json               print the result as JSON",
    "--tracking-uri URI   the server to send to (default MLFLOW_TRACKING_URI)",
    "The next process that sends traces to the server sends them too, so replay is only needed if there is no such process.",
  ],
  examples: {
    "spool ls": "what waits",
    "spool replay --tracking-uri http://127.0.0.1:5000": "send it",
  },
  options: { json: { type: "boolean" }, directory: { type: "string" } },
  maxPositionals: 1,
  async run(invocation) {
    const action = ACTIONS.find((name) => name === invocation.positionals[0]);
    if (!action) throw usageError(`spool needs one of ${ACTIONS.join(", ")}.`);
    const root = folderOf(invocation);
    if (action !== "replay" && invocation.options["tracking-uri"] !== undefined) {
      throw usageError(
        `spool ${action} takes no --tracking-uri: it is for all servers of the folder.`,
      );
    }
    return PERFORM[action](root, invocation);
  },
};

const PERFORM: Readonly<
  Record<Action, (root: string, invocation: Invocation) => number | Promise<number>>
> = {
  ls(root, { options, terminal }) {
    const servers = listSpool(root, newEffects());
    if (options.json) terminal.write(jsonText({ directory: root, servers }));
    else if (servers.length === 0) terminal.write(`Nothing waits in ${root}.`);
    else for (const server of servers) for (const line of linesOf(server)) terminal.write(line);
    return 0;
  },
  purge(root, { options, terminal }) {
    const removed = purgeSpool(root, newEffects());
    if (options.json) terminal.write(jsonText({ directory: root, removed }));
    else terminal.write(`${removed} removed from ${root}.`);
    return 0;
  },
  async replay(root, { options, env, terminal, catchInterrupt }) {
    const settings = readSettings(env);
    const given = options["tracking-uri"];
    const uri = typeof given === "string" ? given : settings.trackingUri;
    // A user who has forgotten to name the server seldom means the default store.
    if (uri === undefined) {
      throw usageError(
        "spool replay sends what waits for one server: set --tracking-uri or MLFLOW_TRACKING_URI to a URI that spool ls shows.",
      );
    }
    const store = openStore(uri, settings);
    const signal = catchInterrupt();
    try {
      const sent = await sendSpool(root, store, newEffects(), signal);
      const { stored, refused, damaged, left } = sent;
      if (options.json) terminal.write(jsonText({ uri: store.uri, ...sent }));
      else {
        terminal.write(
          `${stored} sent to ${store.uri}, ${refused} refused, ${damaged} damaged, ${left} left.`,
        );
      }
      if (signal.aborted) return INTERRUPTED;
      return refused + damaged + left === 0 ? 0 : 1;
    } finally {
      await store.drain?.();
      await store.close();
    }
  },
};

function folderOf({ options, env }: Invocation): string {
  const { directory } = options;
  const given = typeof directory === "string" ? { spoolDirectory: directory } : {};
  const root = spoolFolder(
    resolveOptions(given, env, () => {}),
    env,
  );
  if (root !== undefined) return root;
  throw usageError("The user has no home: set --directory or MLFLOW_LANGCHAIN_SPOOL_DIRECTORY.");
}

function linesOf(server: SpooledServer): string[] {
  const { uri, workspace, refused, bytes, oldestMs, answers } = server;
  const place = uri === "" ? "unknown server" : uri;
  const name = workspace === undefined ? place : `${place} (workspace ${workspace})`;
  const figures = `${waitingText(server)}, ${refused} refused or damaged, ${countOf(bytes, "byte")}`;
  return [
    `${oneLine(name)}: ${figures}, oldest ${timeText(oldestMs)}`,
    ...answers.map((answer) => `  refused: ${oneLine(answer, 200)}`),
  ];
}

/** What waits, by kind: `7 traces, 54 items of data of 1 run wait`. */
function waitingText({ waiting, traces, attachments, runData, runs }: SpooledServer): string {
  const kinds = [
    traces > 0 && countOf(traces, "trace"),
    attachments > 0 && countOf(attachments, "attachment"),
    runData > 0 && `${countOf(runData, "item")} of data of ${countOf(runs, "run")}`,
  ].filter((kind) => kind !== false);
  if (waiting === 0) return "nothing waits";
  // The items of a file that is damaged in part may have no kind.
  if (kinds.length === 0) kinds.push(countOf(waiting, "item"));
  return `${kinds.join(", ")} ${waiting === 1 ? "waits" : "wait"}`;
}
