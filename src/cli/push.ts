import { existsSync } from "node:fs";
import ProgressBar from "progress";
import { readSettings } from "../settings/settings.js";
import { openStore } from "../store/open.js";
import { resolveTrackingUri } from "../store/tracking-uri.js";
import { pushTraces } from "../tracing/push.js";
import { type Command, noLocalStore, usageError } from "./command.js";

export const push: Command = {
  name: "push",
  synopsis: "URI [--tracking-uri DIRECTORY]",
  summary: "send the traces of the local store to an MLflow server",
  help: [
    "URI                  the server, for example http://127.0.0.1:5000",
    "--tracking-uri URI   the local store to read (default MLFLOW_TRACKING_URI, or ./.mlflow-local)",
    "Trace ids do not change, so a second push creates no duplicates.",
  ],
  options: {},
  maxPositionals: 1,
  async run({ options, positionals, env, terminal }) {
    const [target] = positionals;
    if (!target) throw usageError("push needs the URI of an MLflow server.");
    const settings = readSettings(env);
    const directory = sourceOf(options["tracking-uri"] as string | undefined, settings.trackingUri);
    if (!existsSync(directory)) throw noLocalStore(directory);
    const [from, to] = [openStore(directory, settings), openStore(target, settings)];
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

/** Returns the directory of the local store. Ignores MLFLOW_TRACKING_URI if it is a server, because push cannot read from one. */
function sourceOf(asked: string | undefined, trackingUri: string | undefined): string {
  const source = resolveTrackingUri(asked ?? trackingUri);
  if (source.kind === "directory") return source.directory;
  if (asked === undefined) return sourceOf("", undefined);
  throw usageError(
    `push reads a local store, but --tracking-uri ${asked} is a server. Pass a directory.`,
  );
}
