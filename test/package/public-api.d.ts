/**
 * Plain data: what every value of the app has become once we hold it. Nothing of the app's is
 * referenced from here, so nothing that happens later can change it.
 */
type Plain = null | boolean | number | bigint | string | Date | Uint8Array | readonly Plain[] | PlainObject;
interface PlainObject {
    readonly [key: string]: Plain | undefined;
}

/** MLflow's span types, as far as LangChain has a use for them; any other string is allowed. */
declare const SpanType: {
    readonly CHAIN: "CHAIN";
    readonly CHAT_MODEL: "CHAT_MODEL";
    readonly LLM: "LLM";
    readonly TOOL: "TOOL";
    readonly RETRIEVER: "RETRIEVER";
    readonly AGENT: "AGENT";
    readonly EMBEDDING: "EMBEDDING";
    readonly PARSER: "PARSER";
    readonly UNKNOWN: "UNKNOWN";
};
type SpanType = (typeof SpanType)[keyof typeof SpanType] | (string & {});
declare const SpanStatusCode: {
    readonly UNSET: "UNSET";
    readonly OK: "OK";
    readonly ERROR: "ERROR";
};
type SpanStatusCode = (typeof SpanStatusCode)[keyof typeof SpanStatusCode];
interface SpanStatus {
    readonly code: SpanStatusCode;
    readonly message: string;
}
interface SpanEvent {
    readonly name: string;
    /** Nanoseconds since the epoch. */
    readonly timestampNs: bigint;
    readonly attributes: PlainObject;
}
/** A finished span, as it is sent, stored and read back. */
interface Span {
    /** `tr-` and 32 hexadecimal digits. */
    readonly traceId: string;
    /** 16 hexadecimal digits. */
    readonly spanId: string;
    /** Undefined for the root. */
    readonly parentId?: string;
    readonly name: string;
    readonly spanType: SpanType;
    /** Nanoseconds since the epoch. */
    readonly startTimeNs: bigint;
    readonly endTimeNs: bigint;
    readonly status: SpanStatus;
    readonly inputs?: Plain;
    readonly outputs?: Plain;
    /** Everything but `mlflow.spanType`, `mlflow.spanInputs`, `mlflow.spanOutputs`, which have fields of their own. */
    readonly attributes: PlainObject;
    readonly events: readonly SpanEvent[];
}

/** Where in a trace a value stands. */
interface RedactContext {
    /**
     * Of a span its `inputs`, its `outputs`, one `attribute` (model parameters, tools, LangChain's
     * `metadata`, …), one attribute of an `event` (`exception.message`, `exception.stacktrace`, a
     * streamed `token`, …) or its `statusMessage`; of the trace its `session` (LangGraph's `thread_id`),
     * one `tag` or one `metadata`.
     */
    readonly field: "inputs" | "outputs" | "attribute" | "event" | "statusMessage" | "session" | "tag" | "metadata";
    /** The name of the attribute, the event's attribute, the tag or the metadata. */
    readonly name?: string;
    /** The span's; for what belongs to the trace the root span's. */
    readonly spanName: string;
    readonly spanType: SpanType;
}
/**
 * Gets a value of a trace as plain data, texts and lists and objects of them as a whole, and returns
 * what is to stand in its place: the same, changed in place or not, or another. Status messages,
 * sessions, tags and metadata are texts, and have to stay texts. Names of spans, of tags and of
 * attributes, span types and token counts are not handed over.
 */
type Redact = (value: Plain, context: RedactContext) => Plain;

/**
 * What `autolog()` takes. An option that is not named falls back to its environment variable, then
 * to its default; a later call replaces all options of an earlier one.
 */
interface AutologOptions {
    /** Remove the patches and stop tracing. */
    disable: boolean;
    /** Record traces; off, the patches stay but nothing is recorded. */
    logTraces: boolean;
    /** Print nothing at all, not even the one line a distinct problem gets on stderr. */
    silent: boolean;
    /** Stay off when the version of `@langchain/core` found is not one this package was tested with. */
    disableForUnsupportedVersions: boolean;
    /** Tags put on every trace; in the environment a JSON object of strings. */
    extraTags: Record<string, string>;
    /** Share of root calls that are traced, from 0 to 1. */
    samplingRatio: number;
    /** Take out what is known to be secret: fields named like secrets, credentials in headers and URLs, keys in error texts. */
    redactSecrets: boolean;
    /**
     * A function that gets every value of a trace before anything of it is stored or sent, and returns
     * what takes its place. It runs later than the app's call, and has to be synchronous. Where it throws,
     * or returns a promise or anything else that is no plain data, "[redaction failed]" stands in the
     * value's place. See {@link Redact}.
     */
    redact: Redact | undefined;
    /** Bytes of finished traces held in memory; when full, the newest trace is dropped and counted. */
    maxQueueBytes: number;
    /** Most traces sent in one request. */
    maxBatchTraces: number;
    /** Most bytes sent in one request. */
    maxBatchBytes: number;
    /** Longest time in milliseconds that a finished trace waits before it is sent. */
    flushIntervalMs: number;
    /** Longest time in milliseconds that a process which ends waits for its traces to be delivered. */
    exitTimeoutMs: number;
    /** Longest time in milliseconds that a trace is sent again and again before it is dropped and counted. */
    retryTimeoutMs: number;
    /** Calls that are open at the same time; a root call beyond it is not traced, and counted. */
    maxOpenCalls: number;
    /** Longest time in milliseconds (in the environment in seconds) that a trace may be open: then it ends with an error and is sent; 0 is no bound. */
    traceTimeoutMs: number;
    /** Characters of one text kept in a span; the rest is cut, with a mark that says how much. */
    maxStringCharacters: number;
    /** Characters kept of one input or output; what comes after is replaced by a mark. */
    maxValueCharacters: number;
    /** Objects, arrays and leaves kept of one input or output; what comes after is replaced by a mark. */
    maxValueNodes: number;
    /** Characters kept of one trace; later values are replaced by a mark. */
    maxTraceCharacters: number;
}

/**
 * Traces every call of every LangChain.js and LangGraph.js object of this process from now on, those
 * made before included. May be called again: the options then replace the earlier ones, those not
 * named falling back to their environment variable and default. `{ disable: true }` takes all back.
 * Mirrors `mlflow.langchain.autolog()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, a wrong
 * environment variable, or a tracking URI that is not supported.
 */
declare function autolog(options?: Partial<AutologOptions>): void;

declare const BRAND: unique symbol;
/** MLflow's own error codes, as far as this package raises or reads them. */
type ErrorCode = "INVALID_PARAMETER_VALUE" | "RESOURCE_DOES_NOT_EXIST" | "RESOURCE_ALREADY_EXISTS" | "UNAUTHENTICATED" | "PERMISSION_DENIED" | "INVALID_STATE" | "NOT_IMPLEMENTED" | "TEMPORARILY_UNAVAILABLE" | "INTERNAL_ERROR" | (string & {});
/**
 * Base of every error this package throws. `errorCode` is MLflow's own word for it.
 * `instanceof` holds across the ESM and CJS copies of the package.
 */
declare class MlflowException extends Error {
    readonly name: string;
    readonly [BRAND] = true;
    readonly errorCode: ErrorCode;
    constructor(message: string, errorCode?: ErrorCode, options?: ErrorOptions);
    static [Symbol.hasInstance](value: unknown): boolean;
}
/** The tracking server answered with an error: `status` is the HTTP status. */
declare class RestException extends MlflowException {
    readonly name = "RestException";
    readonly status: number;
    constructor(message: string, errorCode: ErrorCode, status: number, options?: ErrorOptions);
}

declare const TraceState: {
    readonly OK: "OK";
    readonly ERROR: "ERROR";
    readonly IN_PROGRESS: "IN_PROGRESS";
    readonly STATE_UNSPECIFIED: "STATE_UNSPECIFIED";
};
type TraceState = (typeof TraceState)[keyof typeof TraceState];
/** What MLflow keeps of a trace besides its spans; the fields of the official TypeScript SDK's TraceInfo. */
interface TraceInfo {
    /** `tr-` and 32 hexadecimal digits: chosen by us, so a trace may be sent twice and is stored once. */
    readonly traceId: string;
    readonly clientRequestId?: string;
    readonly experimentId: string;
    /** At most 1000 characters. */
    readonly requestPreview?: string;
    readonly responsePreview?: string;
    /** Milliseconds since the epoch. */
    readonly requestTime: number;
    /** Milliseconds. */
    readonly executionDuration: number;
    readonly state: TraceState;
    /** Fixed once logged; values of at most 250 characters. */
    readonly traceMetadata: Readonly<Record<string, string>>;
    /** May be changed later; values of at most 4096 characters. */
    readonly tags: Readonly<Record<string, string>>;
    /** Feedback and expectations, as the server or store holds them. */
    readonly assessments: readonly unknown[];
}
interface TraceData {
    readonly spans: readonly Span[];
}
interface Trace {
    readonly info: TraceInfo;
    readonly data: TraceData;
}

interface Experiment {
    readonly experimentId: string;
    readonly name: string;
    readonly artifactLocation: string;
    readonly lifecycleStage: "active" | "deleted";
    readonly tags: Readonly<Record<string, string>>;
}
interface Page<T> {
    readonly items: readonly T[];
    readonly nextPageToken?: string;
}

/** What one flush settled. */
interface FlushCounts {
    /** The store has them. */
    readonly sent: number;
    /** Kept on disk for a later try. */
    readonly spooled: number;
    /** Lost; the reasons are told where they are counted. */
    readonly dropped: number;
}

/**
 * Sets where traces go from now on: `http(s)://…` is an MLflow server, `file:…` or a path a local
 * store. Mirrors `mlflow.set_tracking_uri`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a URI that is not supported.
 */
declare function setTrackingUri(uri: string): void;
/** The tracking URI in force, without credentials. Mirrors `mlflow.get_tracking_uri`. */
declare function getTrackingUri(): string;
/**
 * Sets the experiment that traces go to from now on, and makes it when there is none of that name.
 * Need not be awaited: what comes later waits for it. Mirrors `mlflow.set_experiment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE at once for wrong arguments; the promise rejects
 * when the experiment is deleted, unknown by that id, or the store does not answer.
 */
declare function setExperiment(experiment: string | {
    readonly experimentName?: string;
    readonly experimentId?: string;
}): Promise<Experiment>;
/**
 * Waits until the traces finished so far are delivered, at most `timeoutMs` (30 000 by default).
 * Never rejects: the counts say what this call settled. Mirrors `mlflow.flush_trace_async_logging`.
 */
declare function flushTraces(options?: {
    readonly timeoutMs?: number;
}): Promise<FlushCounts>;
/** The id of the trace that was completed last in this process. Mirrors `mlflow.get_last_active_trace_id`. */
declare function getLastActiveTraceId(): string | undefined;
/** One trace with its spans, or undefined. Mirrors `mlflow.get_trace`. */
declare function getTrace(traceId: string): Promise<Trace | undefined>;
interface SearchTracesOptions {
    /** Default: the active experiment. */
    readonly experimentIds?: readonly string[];
    /** MLflow's filter language, for example `attributes.status = 'ERROR'`. */
    readonly filter?: string;
    /** Default: `["timestamp_ms DESC"]`. */
    readonly orderBy?: readonly string[];
    /** Traces a page, at most 500. Default: 100. */
    readonly maxResults?: number;
    /** Load the spans too. Default: true. */
    readonly includeSpans?: boolean;
}
/** Iterates over all that is found; `.page()` gives one page. */
interface TraceSearch extends AsyncIterable<Trace> {
    page(pageToken?: string): Promise<Page<Trace>>;
}
/** Finds traces, newest first. Mirrors `mlflow.search_traces`. */
declare function searchTraces(options?: SearchTracesOptions): TraceSearch;

/** `mlflow.langchain.autolog()`, as in Python. */
declare const langchain: {
    autolog: typeof autolog;
};

export { type AutologOptions, type ErrorCode, type Experiment, type FlushCounts, MlflowException, type Page, type Plain, type PlainObject, type Redact, type RedactContext, RestException, type SearchTracesOptions, type Span, type SpanEvent, type SpanStatus, SpanStatusCode, SpanType, type Trace, type TraceData, type TraceInfo, type TraceSearch, TraceState, autolog, flushTraces, getLastActiveTraceId, getTrace, getTrackingUri, langchain, searchTraces, setExperiment, setTrackingUri };
