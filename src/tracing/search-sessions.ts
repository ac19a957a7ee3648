import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { flag, positiveInteger, texts } from "../settings/kinds.js";
import { pagesOf } from "../store/pages.js";
import { type Trace, TraceMetadataKey } from "../trace/trace.js";
import { type SearchTracesOptions, searchPage, TRACE_SEARCH } from "./search-traces.js";

/** A conversation: all traces with one session id, the oldest first. */
export interface Session {
  readonly id: string;
  readonly traces: readonly Trace[];
}

/** The options of {@link searchSessions}. All are optional. */
export interface SearchSessionsOptions {
  /** The ids of the experiments. Default: the active experiment. */
  readonly locations?: readonly string[];
  /** The number of sessions. Default: 100. */
  readonly maxResults?: number;
  /** Only traces that were recorded in this run. */
  readonly runId?: string;
  /** Only traces of this logged model. */
  readonly modelId?: string;
  /** Whether to load the spans. Default: true. */
  readonly includeSpans?: boolean;
}

const OPTIONS: OptionKinds<SearchSessionsOptions> = {
  locations: texts,
  maxResults: positiveInteger,
  runId: TRACE_SEARCH.runId,
  modelId: TRACE_SEARCH.modelId,
  includeSpans: flag,
};

const DEFAULT_SESSIONS = 100;
const PAGE_TRACES = 500;

/**
 * Searches sessions and returns them complete, the one with the newest trace first. Mirrors `mlflow.search_sessions`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option; and the errors of the store.
 * @example
 * for (const { id, traces } of await searchSessions()) console.log(id, traces.length);
 */
export async function searchSessions(options: SearchSessionsOptions = {}): Promise<Session[]> {
  const given = readOptions("searchSessions()", options, OPTIONS);
  const { locations: experimentIds, maxResults = DEFAULT_SESSIONS, includeSpans, ...of } = given;
  const search = { ...of, ...(experimentIds && { experimentIds }), maxResults: PAGE_TRACES };
  const sessions: Session[] = [];
  for (const id of await newestIds(search, maxResults)) {
    const filter = filterOf(id);
    const query = { ...search, filter, ...(includeSpans !== undefined && { includeSpans }) };
    const traces: Trace[] = [];
    const read = (token?: string) => searchPage({ ...query, orderBy: ["timestamp_ms ASC"] }, token);
    for await (const page of pagesOf("traces", read)) {
      traces.push(...page.filter((trace) => sessionOf(trace) === id));
    }
    if (traces.length > 0) sessions.push({ id, traces });
  }
  return sessions;
}

/** The ids of the sessions of the newest traces. */
async function newestIds(search: SearchTracesOptions, maxIds: number): Promise<readonly string[]> {
  const ids = new Set<string>();
  const read = (token?: string) => searchPage({ ...search, includeSpans: false }, token);
  for await (const traces of pagesOf("traces", read)) {
    for (const trace of traces) {
      const id = sessionOf(trace);
      if (id && ids.size < maxIds) ids.add(id);
    }
    if (ids.size >= maxIds) break;
  }
  return [...ids];
}

function sessionOf({ info }: Trace): string | undefined {
  return info.traceMetadata[TraceMetadataKey.SESSION];
}

/** A quote would end the text: with both kinds of quotes, `_` stands for any character. */
function filterOf(id: string): string {
  const key = `metadata.\`${TraceMetadataKey.SESSION}\``;
  if (!id.includes("'")) return `${key} = '${id}'`;
  return id.includes('"') ? `${key} LIKE '${id.replaceAll("'", "_")}'` : `${key} = "${id}"`;
}
