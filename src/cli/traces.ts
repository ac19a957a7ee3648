import { MlflowException } from "../base/errors.js";
import { readSettings } from "../settings/settings.js";
import { openStore } from "../store/open.js";
import { collectPages } from "../store/pages.js";
import type { TrackingStore } from "../store/store.js";
import type { TraceInfo } from "../trace/trace.js";
import { type Command, type Invocation, usageError } from "./command.js";
import { findTrace } from "./find-trace.js";
import { jsonText } from "./printable.js";
import { renderTraceList } from "./trace-list.js";
import { renderTrace } from "./trace-tree.js";

const PAGE = 500;

export const traces: Command = {
  name: "traces",
  synopsis: "[ID] [--experiment NAME] [--limit N] [--json] [--tracking-uri URI]",
  summary: "list the newest traces, or show one as a tree",
  help: [
    "ID                   the trace to show; the beginning of its id is enough",
    "--experiment NAME    name or id; default MLFLOW_EXPERIMENT_NAME or _ID, or all experiments",
    "--limit N            list at most N traces (default 20)",
    "--json               print JSON instead of text: trace infos, or the whole trace",
  ],
  examples: {
    traces: "the newest 20 traces",
    "traces tr-1f0e": "one trace as a tree",
    "traces --experiment my-agent --limit 100": "the newest traces of an experiment",
    "traces --json": "for other programs, such as jq",
    "traces --tracking-uri http://127.0.0.1:5000": "the traces of a server",
  },
  options: {
    experiment: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean" },
  },
  maxPositionals: 1,
  async run(invocation) {
    const limit = readLimit(invocation.options.limit);
    const settings = readSettings(invocation.env);
    const uri = invocation.options["tracking-uri"] || settings.trackingUri;
    const store = openStore(uri as string | undefined, settings);
    try {
      const [traceId] = invocation.positionals;
      return traceId === undefined
        ? await list(store, limit, invocation)
        : await show(store, traceId, invocation);
    } finally {
      await store.close();
    }
  },
};

async function show(store: TrackingStore, traceId: string, invocation: Invocation) {
  const { options, env, terminal } = invocation;
  const trace = await findTrace(store, traceId, () =>
    experiments(store, options.experiment as string | undefined, env),
  );
  terminal.write(options.json ? jsonText(trace) : renderTrace(trace, terminal));
  return 0;
}

async function list(store: TrackingStore, limit: number, { options, env, terminal }: Invocation) {
  const experimentIds = await experiments(store, options.experiment as string | undefined, env);
  const infos = await search(store, experimentIds, limit);
  if (options.json) terminal.write(jsonText(infos));
  else if (infos.length > 0) terminal.write(renderTraceList(infos, terminal));
  else terminal.note(`No traces in ${store.uri}.`);
  return 0;
}

async function experiments(
  store: TrackingStore,
  asked: string | undefined,
  env: Invocation["env"],
): Promise<string[]> {
  const { experimentName, experimentId } = readSettings(env);
  const wanted = asked ?? experimentName ?? experimentId;
  if (wanted !== undefined) {
    const found =
      (await store.getExperimentByName(wanted)) ??
      (/^\d+$/.test(wanted) ? await store.getExperiment(wanted) : undefined);
    if (found) return [found.experimentId];
    throw new MlflowException(
      `There is no experiment ${wanted} in ${store.uri}.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const all = await collectPages("experiments", (pageToken) =>
    store.searchExperiments(pageToken ? { pageToken } : {}),
  );
  return all
    .filter(({ lifecycleStage }) => lifecycleStage === "active")
    .map(({ experimentId }) => experimentId);
}

async function search(store: TrackingStore, experimentIds: string[], limit: number) {
  if (experimentIds.length === 0) return [];
  let wanted = limit;
  const read = async (pageToken?: string) => {
    const page = await store.searchTraceInfos({
      experimentIds,
      orderBy: ["timestamp_ms DESC"],
      maxResults: Math.min(PAGE, wanted),
      ...(pageToken && { pageToken }),
    });
    wanted -= page.items.length;
    return page;
  };
  return collectPages<TraceInfo>("traces", read, limit);
}

function readLimit(text: string | boolean | undefined): number {
  if (text === undefined) return 20;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw usageError(`--limit takes a positive whole number, got ${text}.`);
}
