import { MlflowException } from "../base/errors.js";
import {
  checkArgument,
  type OptionKinds,
  readNamed,
  readOptions,
} from "../settings/check-options.js";
import { filledText } from "../settings/kinds.js";
import { SEARCH_ALIASES } from "../settings/search-options.js";
import type { Assessment } from "../trace/assessment.js";
import type { TraceInfo } from "../trace/trace.js";
import { type DeleteTracesOptions, deleteTracesIn } from "../tracing/delete-traces.js";
import { OF_TRACE, traceIdKind } from "../tracing/feedback/edit-trace.js";
import {
  type LogExpectationOptions,
  type LogFeedbackOptions,
  logExpectationIn,
  logFeedbackIn,
} from "../tracing/feedback/log-assessment.js";
import { readableTrace, type Trace } from "../tracing/read-trace.js";
import { type SearchTracesOptions, searchPage, TRACE_SEARCH } from "../tracing/search-traces.js";
import { deleteTraceTagIn, setTraceTagIn } from "../tracing/trace-tags.js";
import { destinationOf, nameOf, request, StoreClient, TAG, TAG_KEY } from "./requests.js";

/** The options of `MlflowClient.searchTraces()`. */
export interface ClientSearchTracesOptions extends SearchTracesOptions {
  readonly pageToken?: string;
}

/** One page of traces. */
export interface TracePage {
  readonly traces: readonly Trace[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

interface TraceTag {
  readonly traceId: string;
  readonly key: string;
  readonly value: string;
}

const SEARCH: OptionKinds<ClientSearchTracesOptions> = { ...TRACE_SEARCH, pageToken: filledText };

export class TraceClient extends StoreClient {
  /** Returns a trace with its spans. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
  async getTrace(traceId: string): Promise<Trace> {
    checkArgument(nameOf("getTrace"), "traceId", traceIdKind, traceId);
    const trace = await request(this, "getTrace", {}, {}, (store) => store.getTrace(traceId));
    return trace ? readableTrace(trace) : missing(traceId);
  }

  /** Returns a trace without its spans. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
  async getTraceInfo(traceId: string): Promise<TraceInfo> {
    checkArgument(nameOf("getTraceInfo"), "traceId", traceIdKind, traceId);
    const info = await request(this, "getTraceInfo", {}, {}, (store) =>
      store.getTraceInfo(traceId),
    );
    return info ?? missing(traceId);
  }

  /** Returns one page of the traces that match, newest first by default. Default: of the active experiment. */
  async searchTraces(options: ClientSearchTracesOptions = {}): Promise<TracePage> {
    const given = readOptions(nameOf("searchTraces"), options, SEARCH, SEARCH_ALIASES);
    const { pageToken, ...search } = given;
    const { items, nextPageToken } = await searchPage(search, pageToken, () => destinationOf(this));
    return { traces: items, nextPageToken };
  }

  /** See {@link logFeedback}. */
  async logFeedback(options: LogFeedbackOptions): Promise<Assessment> {
    return logFeedbackIn(nameOf("logFeedback"), options, () => destinationOf(this).store);
  }

  /** See {@link logExpectation}. */
  async logExpectation(options: LogExpectationOptions): Promise<Assessment> {
    return logExpectationIn(nameOf("logExpectation"), options, () => destinationOf(this).store);
  }

  /** Sets a tag of a trace, also of one that is still open in this process. */
  async setTraceTag(options: TraceTag): Promise<void> {
    const caller = nameOf("setTraceTag");
    const given = readNamed<TraceTag>(caller, options, { ...OF_TRACE, ...TAG });
    await setTraceTagIn(caller, given, () => destinationOf(this).store);
  }

  /** Deletes a tag of a trace. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
  async deleteTraceTag(options: Omit<TraceTag, "value">): Promise<void> {
    const caller = nameOf("deleteTraceTag");
    const kinds = { ...OF_TRACE, ...TAG_KEY };
    const given = readNamed<Omit<TraceTag, "value">>(caller, options, kinds);
    await deleteTraceTagIn(caller, given, () => destinationOf(this).store);
  }

  /** See {@link deleteTraces}. */
  async deleteTraces(options: DeleteTracesOptions): Promise<number> {
    return deleteTracesIn(nameOf("deleteTraces"), options, () => destinationOf(this).store);
  }
}

function missing(traceId: string): never {
  throw new MlflowException(`Trace with ID '${traceId}' not found.`, "RESOURCE_DOES_NOT_EXIST");
}
