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
    /** Record nothing of what is called in a run that the app started itself. */
    exclusive: boolean;
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

/** What a run can be, in MLflow's words. */
declare const RunStatus: {
    readonly RUNNING: "RUNNING";
    readonly SCHEDULED: "SCHEDULED";
    readonly FINISHED: "FINISHED";
    readonly FAILED: "FAILED";
    readonly KILLED: "KILLED";
};
type RunStatus = (typeof RunStatus)[keyof typeof RunStatus];
interface RunInfo {
    readonly runId: string;
    readonly runName: string;
    readonly experimentId: string;
    readonly userId: string;
    readonly status: RunStatus;
    /** Milliseconds since 1970. */
    readonly startTimeMs: number;
    /** Undefined as long as it runs. */
    readonly endTimeMs: number | undefined;
    /** Where its artifacts are. */
    readonly artifactUri: string;
    readonly lifecycleStage: "active" | "deleted";
}
/** One point of a metric. */
interface Metric {
    readonly key: string;
    /** NaN and the infinities are allowed. */
    readonly value: number;
    readonly timestampMs: number;
    readonly step: number;
}
interface RunData {
    /** The last value of each. */
    readonly metrics: Readonly<Record<string, number>>;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}
/** Data that a run worked with. Mirrors `mlflow.entities.Dataset`. */
interface Dataset {
    readonly name: string;
    /** Tells versions of it apart; at most 36 characters. */
    readonly digest: string;
    /** The kind of `source`, for example `local`, `http`, `hugging_face` or `code`. */
    readonly sourceType: string;
    /** Where it came from, as JSON text. */
    readonly source: string;
    /** JSON text. */
    readonly schema?: string;
    /** JSON text: counts and the like. */
    readonly profile?: string;
}
interface DatasetInput {
    readonly dataset: Dataset;
    /** `mlflow.data.context` says what for: `training`, `eval` and so on. */
    readonly tags: Readonly<Record<string, string>>;
}
/** A run of MLflow, as it was when it was read. */
interface Run {
    readonly info: RunInfo;
    readonly data: RunData;
    readonly inputs: {
        readonly datasetInputs: readonly DatasetInput[];
    };
}
type RunViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

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

/** Iterates over all that is found; `.page()` gives one page. */
interface Search<T> extends AsyncIterable<T> {
    page(pageToken?: string): Promise<Page<T>>;
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
type TraceSearch = Search<Trace>;
/** Finds traces, newest first. Mirrors `mlflow.search_traces`. */
declare function searchTraces(options?: SearchTracesOptions): TraceSearch;

/** What a param or a tag can be: texts as they are, objects as JSON, the rest as JavaScript writes it. */
type LoggedValue = string | number | bigint | boolean | null | object;
interface LogOptions {
    /** The run to log to. Default: the active one; where there is none, one is opened that ends with the process. */
    readonly runId?: string;
}
interface LogMetricOptions extends LogOptions {
    /** A whole number. Default: 0. */
    readonly step?: number;
    /** Milliseconds since 1970. Default: now. */
    readonly timestampMs?: number;
}
/**
 * Logs a param of a run; once logged it cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value MLflow does not take.
 */
declare function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void>;
/** Logs several params at once. Mirrors `mlflow.log_params`. */
declare function logParams(params: Readonly<Record<string, LoggedValue>>, options?: LogOptions): Promise<void>;
/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time MLflow does not take.
 */
declare function logMetric(key: string, value: number, options?: LogMetricOptions): Promise<void>;
/** Logs a point of each of several metrics. Mirrors `mlflow.log_metrics`. */
declare function logMetrics(metrics: Readonly<Record<string, number>>, options?: LogMetricOptions): Promise<void>;
/** Sets a tag of a run, in the place of an earlier one. Mirrors `mlflow.set_tag`. */
declare function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void>;
/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
declare function setTags(tags: Readonly<Record<string, LoggedValue>>, options?: LogOptions): Promise<void>;
/** Deletes a tag of a run; rejects where there is none. Mirrors `mlflow.delete_tag`. */
declare function deleteTag(key: string, options?: LogOptions): Promise<void>;

/**
 * Writes a text as an artifact of a run, in the place of an earlier one. Mirrors `mlflow.log_text`.
 *
 * @param artifactFile where, below the run's artifacts: `"notes/summary.md"`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a path that leads out of them.
 */
declare function logText(text: string, artifactFile: string, options?: LogOptions): Promise<void>;
/**
 * Writes plain data as an artifact of a run: as YAML where the file is called `.yaml` or `.yml`,
 * else as JSON. Mirrors `mlflow.log_dict`.
 */
declare function logDict(dictionary: object, artifactFile: string, options?: LogOptions): Promise<void>;
/**
 * Copies a local file to the artifacts of a run. It is read when it is sent: leave it where it is
 * until the promise resolves. Mirrors `mlflow.log_artifact`; a directory is copied as a whole, under its name.
 *
 * @param artifactPath the directory below the run's artifacts. Default: right there.
 */
declare function logArtifact(localPath: string, artifactPath?: string, options?: LogOptions): Promise<void>;
/**
 * Copies all that is in a local directory to the artifacts of a run, several files at a time.
 * Mirrors `mlflow.log_artifacts`.
 */
declare function logArtifacts(localDir: string, artifactPath?: string, options?: LogOptions): Promise<void>;

interface LogImageOptions extends LogOptions {
    /** Names a series of images, one for each step: MLflow shows them side by side. */
    readonly key: string;
    /** A whole number. Default: 0. */
    readonly step?: number;
    /** Milliseconds since 1970. Default: now. */
    readonly timestampMs?: number;
}
/**
 * Writes an image as an artifact of a run: as one of a series, `{ key: "dogs", step: 3 }`, or under a
 * name, `"plots/loss.png"`. Mirrors `mlflow.log_image`.
 *
 * @param image the bytes of a PNG or JPEG.
 * @throws MlflowException INVALID_PARAMETER_VALUE for other bytes, a bad key, step or path.
 */
declare function logImage(image: Uint8Array, where: string | LogImageOptions, options?: LogOptions): Promise<void>;

/** Data that a run works with, as far as it is known. */
interface DatasetDescription {
    /** Default: `dataset`. */
    readonly name?: string;
    /** Tells versions of it apart, at most 36 characters. Default: made from the rest. */
    readonly digest?: string;
    /** A URI or path, or what else describes where it came from. Default: the program that runs. */
    readonly source?: string | object;
    /** Default: `http`, `local` or `code`, from the source. */
    readonly sourceType?: string;
    /** An object, or JSON text. */
    readonly schema?: string | object;
    /** Counts and the like: an object, or JSON text. */
    readonly profile?: string | object;
}
interface LogInputOptions extends LogOptions {
    /** What it is used for: `training`, `eval` and so on. */
    readonly context?: string;
    readonly tags?: Readonly<Record<string, string>>;
}
/**
 * Notes a dataset as an input of a run. Mirrors `mlflow.log_input`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is longer than MLflow takes.
 */
declare function logInput(dataset: DatasetDescription, { context, tags, runId }?: LogInputOptions): Promise<void>;

/** What a table can be logged from: rows, or columns; single values fill their column. */
type TableData = readonly Readonly<Record<string, unknown>>[] | Readonly<Record<string, unknown>>;
/** A row of a table, by the names of its columns. */
type TableRow = Record<string, unknown>;

/**
 * Writes a table as an artifact of a run, or appends its rows to the one that is there. MLflow shows
 * it, and Python's `load_table` reads it. Mirrors `mlflow.log_table`.
 *
 * @param data rows, `[{ question: "…", score: 1 }]`, or columns, `{ question: ["…"], score: [1] }`.
 * @param artifactFile where, below the run's artifacts; it ends in `.json`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is no table, and for a bad path.
 */
declare function logTable(data: TableData, artifactFile: string, options?: LogOptions): Promise<void>;
interface LoadTableOptions {
    /** Tables of these runs only. */
    readonly runIds?: readonly string[];
    /** Columns to add from each row's run: `runId`, `status`, `params.model`, `tags.team` and so on. */
    readonly extraColumns?: readonly string[];
}
/**
 * The rows of a table, of all runs of the active experiment that have it. Mirrors `mlflow.load_table`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when no run has it.
 */
declare function loadTable(artifactFile: string, { runIds, extraColumns }?: LoadTableOptions): Promise<TableRow[]>;

/** A run that is active; leaving the block of an `await using` ends it. */
interface ActiveRun extends Run {
    /** Ends the run as FINISHED, if nobody has ended it: whether its block threw does not show here. */
    [Symbol.asyncDispose](): Promise<void>;
}

interface StartRunOptions {
    /** Default: a random one, such as `merry-owl-512`. */
    readonly runName?: string;
    /** Goes on with this run, which is RUNNING again. */
    readonly runId?: string;
    /** Default: the experiment in force. */
    readonly experimentId?: string;
    /** Needed while another run is active: that becomes its parent. Default: false. */
    readonly nested?: boolean;
    /** Makes it a child of this run. */
    readonly parentRunId?: string;
    readonly tags?: Readonly<Record<string, string>>;
    /** Shown with the run, in Markdown. */
    readonly description?: string;
}

interface SearchRunsOptions {
    /** Default: the active experiment. */
    readonly experimentIds?: readonly string[];
    /** MLflow's filter language, for example `metrics.accuracy > 0.9 AND params.model = 'small'`. */
    readonly filter?: string;
    /** For example `["metrics.accuracy DESC"]`. Default: the newest first. */
    readonly orderBy?: readonly string[];
    /** Runs a page. Default: 1000. */
    readonly maxResults?: number;
    /** Default: `ACTIVE_ONLY`. */
    readonly runViewType?: RunViewType;
}
type RunSearch = Search<Run>;
/**
 * One run with its params, tags and last metrics. Mirrors `mlflow.get_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is none.
 */
declare function getRun(runId: string): Promise<Run>;
/** Finds runs. Mirrors `mlflow.search_runs`. */
declare function searchRuns(options?: SearchRunsOptions): RunSearch;
/** All points of a metric of a run, in the order they were logged. Mirrors `MlflowClient.get_metric_history`. */
declare function getMetricHistory(runId: string, key: string): Promise<readonly Metric[]>;
/**
 * Marks a run as deleted: it can be found with `runViewType` and restored by MLflow. Mirrors `mlflow.delete_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is none.
 */
declare function deleteRun(runId: string): Promise<void>;

/**
 * Starts a run and makes it the active one: `log…()` goes to it and traces made in it name it.
 * Mirrors `mlflow.start_run`.
 *
 * With a callback the run is active in the callback and in all it starts, and nowhere else: several
 * at once do not mix, so servers use this form. It ends FINISHED, or FAILED when the callback
 * throws; its value, or its error, is passed on. Without one the run is active in the whole process,
 * until {@link endRun}, the end of an `await using` block, or the end of the process.
 *
 * @throws MlflowException INVALID_STATE when another run is active and this one is not `nested`, or
 * the run to go on with is deleted; what the store says when it cannot be made, or is not there.
 */
declare function startRun<T>(options: StartRunOptions, callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun<T>(callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun(options?: StartRunOptions): Promise<ActiveRun>;
/**
 * Ends the active run, when all that was logged to it before is delivered; does nothing when there
 * is none. Mirrors `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status; what the store says when
 * it does not take the end.
 */
declare function endRun(status?: RunStatus): Promise<void>;
/**
 * The run that is active here, as it was when it was started; `getRun()` reads it as it is now.
 * Undefined also while it is still being made. Mirrors `mlflow.active_run`.
 */
declare function activeRun(): ActiveRun | undefined;
/**
 * The run that is active here, else the one of this process that was started last, as it is now.
 * Mirrors `mlflow.last_active_run`.
 */
declare function lastActiveRun(): Promise<Run | undefined>;

/** `mlflow.langchain.autolog()`, as in Python. */
declare const langchain: {
    autolog: typeof autolog;
};

export { type ActiveRun, type AutologOptions, type Dataset, type DatasetDescription, type DatasetInput, type ErrorCode, type Experiment, type FlushCounts, type LoadTableOptions, type LogImageOptions, type LogInputOptions, type LogMetricOptions, type LogOptions, type LoggedValue, type Metric, MlflowException, type Page, type Plain, type PlainObject, type Redact, type RedactContext, RestException, type Run, type RunData, type RunInfo, type RunSearch, RunStatus, type RunViewType, type SearchRunsOptions, type SearchTracesOptions, type Span, type SpanEvent, type SpanStatus, SpanStatusCode, SpanType, type StartRunOptions, type TableData, type TableRow, type Trace, type TraceData, type TraceInfo, type TraceSearch, TraceState, activeRun, autolog, deleteRun, deleteTag, endRun, flushTraces, getLastActiveTraceId, getMetricHistory, getRun, getTrace, getTrackingUri, langchain, lastActiveRun, loadTable, logArtifact, logArtifacts, logDict, logImage, logInput, logMetric, logMetrics, logParam, logParams, logTable, logText, searchRuns, searchTraces, setExperiment, setTag, setTags, setTrackingUri, startRun };
