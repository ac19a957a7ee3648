import ProgressBar from "progress";
import { readSettings } from "../config/settings.js";
import { pushTraces } from "../pipeline/push.js";
import { openStore } from "../store/open.js";
import { resolveTrackingUri } from "../store/tracking-uri.js";
import { type Command, usageError } from "./command.js";

export const push: Command = {
  name: "push",
  synopsis: "URI [--tracking-uri DIRECTORY]",
  summary: "send the traces of the local store to an MLflow server",
  help: [
    "URI                  the server, for example http://127.0.0.1:5000",
    "--tracking-uri URI   the local store to read (default MLFLOW_TRACKING_URI, else ./mlflow-local)",
    "Trace ids stay the same, so pushing twice stores nothing twice.",
  ],
  options: {},
  maxPositionals: 1,
  async run({ options, positionals, env, terminal }) {
    const [target] = positionals;
    if (!target) throw usageError("push needs the URI of an MLflow server.");
    const settings = readSettings(env);
    const source = sourceUri(options["tracking-uri"] as string | undefined, settings.trackingUri);
    const [from, to] = [openStore(source, settings), openStore(target, settings)];
    let bar: ProgressBar | undefined;
    try {
      const result = await pushTraces({
        from,
        to,
        onProgress: ({ done, total }) => {
          if (!terminal.showsProgress || total === 0) return;
          bar ??= new ProgressBar("pushing [:bar] :current/:total traces", {
            total,
            width: 30,
            stream: process.stderr,
          });
          bar.update(done / total);
        },
      });
      terminal.write(`${result.stored} of ${result.total} traces are in ${to.uri}.`);
      for (const { traceId, reason } of result.failed) terminal.note(`${traceId}: ${reason}`);
      return result.failed.length === 0 ? 0 : 1;
    } finally {
      bar?.terminate();
      await Promise.all([from.close(), to.close()]);
    }
  },
};

/** A server in MLFLOW_TRACKING_URI is where one pushes to, never what one pushes. */
function sourceUri(asked: string | undefined, trackingUri: string | undefined) {
  if (asked !== undefined) {
    if (resolveTrackingUri(asked).kind === "directory") return asked;
    throw usageError(`push reads a local store; --tracking-uri ${asked} is a server.`);
  }
  return resolveTrackingUri(trackingUri).kind === "directory" ? trackingUri : undefined;
}
