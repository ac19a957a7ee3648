import { existsSync } from "node:fs";
import ProgressBar from "progress";
import { countOf } from "../base/count-of.js";
import { messageOf } from "../base/errors.js";
import { type PushDatasetsResult, pushDatasets } from "../datasets/push-datasets.js";
import { readSettings } from "../settings/settings.js";
import { openStore } from "../store/open.js";
import { resolveTrackingUri } from "../store/tracking-uri.js";
import { type PushProgress, type PushResult, pushTraces } from "../tracing/push.js";
import { type Command, type Invocation, noLocalStore, usageError } from "./command.js";
import { jsonText } from "./printable.js";
import { openPushRecord } from "./push-record.js";
import type { Terminal } from "./terminal.js";

/** Without a terminal, a line is printed after so many traces. */
const TRACES_PER_LINE = 500;
const INTERRUPTED = 130;

export const push: Command = {
  name: "push",
  synopsis: "URI [--json] [--tracking-uri URI]",
  summary: "send the traces and datasets of the local store to an MLflow server",
  help: [
    "URI                  the server, for example http://127.0.0.1:5000",
    "--json               print the result as JSON",
    "--tracking-uri URI   the local store to read: a directory or a file: URI (default MLFLOW_TRACKING_URI, or ./.mlflow-local)",
    "A second push sends only the traces and datasets that the server does not have yet. So a push that was interrupted continues when it is started again.",
  ],
  examples: {
    "push http://127.0.0.1:5000": "send the traces of ./.mlflow-local",
    "push http://127.0.0.1:5000 --tracking-uri ./runs": "send those of another directory",
  },
  options: { json: { type: "boolean" } },
  maxPositionals: 1,
  async run(invocation) {
    const { options, positionals, env, terminal } = invocation;
    const [target] = positionals;
    if (!target) throw usageError("push needs the URI of an MLflow server.");
    const settings = readSettings(env);
    const directory = sourceOf(options["tracking-uri"] as string | undefined, settings.trackingUri);
    if (!existsSync(directory)) throw noLocalStore(directory);
    const [from, to] = [openStore(directory, settings), openStore(target, settings)];
    const record = openPushRecord(directory, to.uri, (cause) =>
      terminal.note(
        `The push cannot continue after an interruption: its record in ${directory} cannot be written (${messageOf(cause)}).`,
      ),
    );
    const signal = invocation.catchInterrupt();
    const progress = createProgress(terminal, to.uri);
    try {
      const options = { from, to, signal, sent: record };
      const result = await pushTraces({ ...options, onProgress: progress.show });
      progress.end();
      const datasets = await pushDatasets(options);
      const isComplete = !signal.aborted;
      report(result, datasets, to.uri, isComplete, invocation);
      if (!isComplete) return INTERRUPTED;
      return result.failed.length + datasets.failed.length === 0 ? 0 : 1;
    } finally {
      progress.end();
      await Promise.all([from.close(), to.close()]);
    }
  },
};

function report(
  { total, stored, skipped, failed }: PushResult,
  datasets: PushDatasetsResult,
  uri: string,
  isComplete: boolean,
  { options, terminal }: Invocation,
): void {
  if (options.json) {
    terminal.write(jsonText({ uri, isComplete, total, stored, skipped, failed, datasets }));
  } else if (isComplete) {
    const earlier = skipped > 0 ? ` An earlier push has sent ${skipped} of them.` : "";
    const isNothingNew = skipped === total && total > 0;
    terminal.write(
      isNothingNew
        ? `Nothing to push: an earlier push has sent ${countOf(total, "trace")} to ${uri}.`
        : `${uri} has ${stored} of ${countOf(total, "trace")}.${earlier}`,
    );
    if (datasets.total > 0) terminal.write(lineOf(datasets, uri));
  }
  for (const { datasetId, reason } of datasets.failed) terminal.note(`${datasetId}: ${reason}`);
  for (const { traceId, reason } of failed) terminal.note(`${traceId}: ${reason}`);
  if (isComplete) return;
  terminal.note(
    `Interrupted: ${uri} has ${stored} of ${countOf(total, "trace")}. To send the others, run the same command again.`,
  );
}

function lineOf({ total, stored, skipped }: PushDatasetsResult, uri: string): string {
  if (skipped === total) return `An earlier push has sent ${countOf(total, "dataset")} to ${uri}.`;
  return `${uri} has ${stored} of ${countOf(total, "dataset")}.`;
}

/** A progress bar on a terminal, and otherwise a line from time to time. */
function createProgress({ showsProgress, note }: Terminal, uri: string) {
  let bar: ProgressBar | undefined;
  let lines = 0;
  return {
    show({ done, total }: PushProgress) {
      if (bar === undefined && lines === 0 && done === total) return;
      if (showsProgress) {
        const options = { total, width: 30, stream: process.stderr };
        bar ??= new ProgressBar("pushing [:bar] :current/:total traces", options);
        bar.update(done / total);
      } else if (lines === 0 || Math.floor(done / TRACES_PER_LINE) >= lines) {
        const left = total - done;
        const traces = countOf(left, "trace");
        note(
          lines === 0 ? `Pushing ${traces} to ${uri}.` : `${done} of ${countOf(total, "trace")}.`,
        );
        lines = Math.floor(done / TRACES_PER_LINE) + 1;
      }
    },
    end() {
      bar?.terminate();
      bar = undefined;
    },
  };
}

/** Returns the directory of the local store. Ignores MLFLOW_TRACKING_URI if it is a server, because push cannot read from one. */
function sourceOf(asked: string | undefined, trackingUri: string | undefined): string {
  const source = resolveTrackingUri(asked ?? trackingUri);
  if (source.kind === "directory") return source.directory;
  if (asked === undefined) return sourceOf("", undefined);
  throw usageError(
    `push reads a local store, but --tracking-uri ${asked} is a server. Pass a directory.`,
  );
}
