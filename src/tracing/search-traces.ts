import { invalidParameter, MlflowException } from "../base/errors.js";
import type { Destination } from "../delivery/destination.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { flag, kindOf } from "../settings/kinds.js";
import { SEARCH_ALIASES, SEARCH_OPTIONS, type SearchOptions } from "../settings/search-options.js";
import { allOf } from "../store/filter.js";
import { type Search, searchBy } from "../store/search.js";
import { checkPlaces, experimentIdsOf } from "../store/search-places.js";
import type { Page, TrackingStore } from "../store/store.js";
import { TraceMetadataKey, type Trace as TraceRecord } from "../trace/trace.js";
import { readableTrace, type Trace } from "./read-trace.js";

/**
 * The options of {@link searchTraces}: which traces it returns, in which order, with or without spans. All are optional:
 * without options, it returns all traces of the active experiment, newest first.
 */
export interface SearchTracesOptions extends SearchOptions {
  /** MLflow's filter language, for example `attributes.status = 'ERROR'`. */
  readonly filter?: string;
  /** Default: `["timestamp_ms DESC"]`. */
  readonly orderBy?: readonly string[];
  /** The number of traces per page, at most 500. Default: 100. */
  readonly maxResults?: number;
  /** Only traces that were recorded in this run. It must be in one of the experiments that are searched. */
  readonly runId?: string;
  /** Only traces of this logged model. */
  readonly modelId?: string;
  /** Whether to load the spans. Default: true. */
  readonly includeSpans?: boolean;
}

/**
 * The result of {@link searchTraces}. `for await` reads all traces, page by page. `page()` returns one page: its `items`,
 * and the `nextPageToken` for the next call of `page()`.
 */
export type TraceSearch = Search<Trace>;

const CALLER = "searchTraces()";

/** The default order. */
const NEWEST_FIRST: readonly string[] = ["timestamp_ms DESC"];

/** Ids are written into a filter, where a quote would end them. */
const id = kindOf<string>(
  "an id of letters, digits, '_' and '-'",
  (value) => typeof value === "string" && /^[\w-]+$/.test(value),
);

export const TRACE_SEARCH: OptionKinds<SearchTracesOptions> = {
  ...SEARCH_OPTIONS,
  runId: id,
  modelId: id,
  includeSpans: flag,
};

/**
 * Searches traces, newest first by default. Mirrors `mlflow.search_traces`, and accepts its names of options too.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store, and with INVALID_PARAMETER_VALUE if the run `runId` is in another experiment.
 * @example
 * for await (const trace of searchTraces({ filter: "attributes.status = 'ERROR'" })) console.log(trace.info.traceId);
 */
export function searchTraces(options: SearchTracesOptions = {}): TraceSearch {
  const given = readOptions(CALLER, options, TRACE_SEARCH, SEARCH_ALIASES);
  checkPlaces(given);
  const read = (pageToken?: string, untilMs?: number) =>
    searchPage(withinTime(given, untilMs), pageToken);
  const isNewestFirst = (given.orderBy ?? NEWEST_FIRST).join() === NEWEST_FIRST.join();
  return searchBy("traces", read, {
    idOf: ({ info }) => info.traceId,
    ...(isNewestFirst && { timeMsOf: ({ info }) => info.requestTime }),
  });
}

function withinTime(options: SearchTracesOptions, untilMs: number | undefined) {
  if (untilMs === undefined) return options;
  const filter = allOf(options.filter, `attributes.timestamp_ms <= ${untilMs}`);
  return { ...options, ...(filter !== undefined && { filter }) };
}

/** Returns one page of a search whose options are checked. `destinationOf` returns the store, and the active experiment. */
export function searchPage(
  options: SearchTracesOptions,
  pageToken: string | undefined,
  destinationOf = () => getPipeline().tracking.current(),
): Promise<Page<Trace>> {
  return hold(readPage(options, pageToken, destinationOf), ANSWER_TIMEOUT_MS);
}

async function readPage(
  options: SearchTracesOptions,
  pageToken: string | undefined,
  destinationOf: () => Destination,
): Promise<Page<Trace>> {
  const { orderBy, maxResults, includeSpans = true } = options;
  await getPipeline().flush(READ_AFTER_WRITE_MS);
  const destination = destinationOf();
  const { store } = destination;
  const experimentIds = await experimentIdsOf(store, options, () => destination.experimentId());
  if (experimentIds.length === 0) return { items: [] };
  if (options.runId !== undefined) await checkRun(store, options.runId, experimentIds);
  const filter = filterOf(options);
  const { items, nextPageToken } = await store.searchTraceInfos({
    experimentIds,
    ...(filter !== undefined && { filter }),
    ...(orderBy && { orderBy }),
    ...(maxResults !== undefined && { maxResults }),
    ...(pageToken !== undefined && { pageToken }),
  });
  const bare = items.map((info): TraceRecord => ({ info, data: { spans: [] } }));
  const traces = includeSpans
    ? await Promise.all(
        bare.map(async (trace) => (await store.getTrace(trace.info.traceId)) ?? trace),
      )
    : bare;
  return {
    items: traces.map(readableTrace),
    ...(nextPageToken !== undefined && { nextPageToken }),
  };
}

/** Joins the filter with the conditions that Python makes of a run and a model. */
function filterOf({ filter, runId, modelId }: SearchTracesOptions): string | undefined {
  const key = `request_metadata.\`${TraceMetadataKey.MODEL_ID}\``;
  return allOf(
    filter,
    modelId === undefined ? undefined : `${key} = '${modelId}'`,
    runId === undefined ? undefined : `attribute.run_id = '${runId}'`,
  );
}

async function checkRun(
  store: TrackingStore,
  runId: string,
  experimentIds: readonly string[],
): Promise<void> {
  const run = await store.getRun(runId);
  if (!run) throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  const { experimentId } = run.info;
  if (experimentIds.includes(experimentId)) return;
  throw invalidParameter(
    `Run ${runId} belongs to experiment ${experimentId}, which is not searched. Add ${experimentId} to \`experimentIds\`.`,
  );
}
