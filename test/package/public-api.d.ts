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

/** MLflow's scalar types. */
type DataType = "boolean" | "integer" | "long" | "float" | "double" | "string" | "binary" | "datetime";
/**
 * The type of a column, a property or an item, in the form MLflow writes it: `{ type: "string" }`,
 * `{ type: "array", items }` (MLflow's `Array`), `{ type: "object", properties }` (`Object`),
 * `{ type: "map", values }` (`Map`) or `{ type: "any" }` (`AnyType`: not checked at all).
 */
type SchemaType = {
    readonly type: DataType;
} | {
    readonly type: "array";
    readonly items: SchemaType;
} | {
    readonly type: "object";
    readonly properties: Readonly<Record<string, Property>>;
} | {
    readonly type: "map";
    readonly values: SchemaType;
} | {
    readonly type: "any";
} | {
    readonly type: "sparkml_vector";
};
/** A property of an object; required unless it says otherwise. */
type Property = SchemaType & {
    readonly required?: boolean;
};
type ObjectType = Extract<SchemaType, {
    type: "object";
}>;

/**
 * A parameter of `predict`: its name, its type (a scalar other than binary, or an object), its default, and
 * `shape: [-1]` where it is a list of such scalars.
 */
type ParamSpec = ({
    readonly type: DataType;
} | ObjectType) & {
    readonly name: string;
    readonly default: unknown;
    readonly shape?: readonly number[] | null;
};
/** MLflow's `ParamSchema`. Throws INVALID_PARAMETER_VALUE, with Python's text, for a default that does not fit its type. */
declare class ParamSchema {
    readonly params: readonly ParamSpec[];
    constructor(params: readonly ParamSpec[]);
    /** From the JSON text in an MLmodel file. */
    static fromJson(text: string): ParamSchema;
    /** The JSON text that goes into an MLmodel file. */
    toJson(): string;
    /** As Python prints it: `['temperature': double (default: 0.1)]`. */
    toString(): string;
}

/** A column: its type, its name unless the schema has no names, and whether it has to be there (it has, unless told). */
type ColSpec = SchemaType & {
    readonly name?: string;
    readonly required?: boolean;
};
/** A tensor of a model that is none of ours: read and written as it is, never checked. */
interface TensorSpec {
    readonly type: "tensor";
    readonly name?: string;
    readonly "tensor-spec": {
        readonly dtype: string;
        readonly shape: readonly number[];
    };
}
/**
 * MLflow's `Schema`: the columns of a model's input or output. Either all of them have names, or none
 * has. Throws INVALID_PARAMETER_VALUE with Python's text where MLflow could not read it.
 */
declare class Schema {
    readonly inputs: readonly ColSpec[] | readonly TensorSpec[];
    constructor(inputs: readonly (ColSpec | TensorSpec)[]);
    /** From the JSON text in an MLmodel file. */
    static fromJson(text: string): Schema;
    /** The columns; undefined for tensors. */
    get columns(): readonly ColSpec[] | undefined;
    hasInputNames(): boolean;
    /** The JSON text that goes into an MLmodel file, character by character Python's. */
    toJson(): string;
    /** As Python prints it: `['input': string (required)]`. */
    toString(): string;
}

/** A signature as it stands in an MLmodel file: JSON texts, or null for what it does not say. */
interface SignatureDict {
    readonly inputs: string | null;
    readonly outputs: string | null;
    readonly params: string | null;
}
type SchemaLike = Schema | readonly (ColSpec | TensorSpec)[];
/**
 * MLflow's `ModelSignature`: what a model takes, what it gives, and the parameters of `predict`.
 *
 * ```ts
 * new ModelSignature({ inputs: [{ type: "string", name: "question" }], outputs: [{ type: "string" }] });
 * ```
 *
 * Mostly made by {@link inferSignature}. Throws INVALID_PARAMETER_VALUE when nothing is given, or a
 * schema is none MLflow could read.
 */
declare class ModelSignature {
    readonly inputs: Schema | undefined;
    readonly outputs: Schema | undefined;
    readonly params: ParamSchema | undefined;
    constructor(schemas: {
        readonly inputs?: SchemaLike | undefined;
        readonly outputs?: SchemaLike | undefined;
        readonly params?: ParamSchema | readonly ParamSpec[] | undefined;
    });
    /** From what an MLmodel file holds, written here or by Python. */
    static fromDict(dict: Partial<SignatureDict>): ModelSignature;
    /** What goes into an MLmodel file; Python's `ModelSignature.from_dict` reads it. */
    toDict(): SignatureDict;
    /** As Python prints it. */
    toString(): string;
}

/**
 * Infers the signature of a model (MLflow's `mlflow.models.infer_signature`).
 *
 * Input and output are example values or zod schemas (zod 4 or 3). An object is one row whose fields are columns, a
 * list of objects is rows, anything else is one column without a name. Whole numbers are `long`, others `double`;
 * a Date is `datetime`, a Uint8Array `binary`; null and undefined make a field optional; messages and documents
 * have the fields LangChain dumps. `params` are the parameters of `predict`, with these values as defaults.
 *
 * ```ts
 * inferSignature({ question: "How far?" }, "238,900 miles", { temperature: 0 });
 * ```
 *
 * A value MLflow has no type for, such as a list of unlike items, is told once on stderr, and its schema is `any`.
 * Throws INVALID_PARAMETER_VALUE when nothing is given, or a parameter is no scalar, list of scalars or object.
 */
declare function inferSignature(modelInput?: unknown, modelOutput?: unknown, params?: Readonly<Record<string, unknown>>): ModelSignature;

/** What `mlflow.models` holds, as in Python. */

type namespace_ColSpec = ColSpec;
type namespace_DataType = DataType;
type namespace_ModelSignature = ModelSignature;
declare const namespace_ModelSignature: typeof ModelSignature;
type namespace_ObjectType = ObjectType;
type namespace_ParamSchema = ParamSchema;
declare const namespace_ParamSchema: typeof ParamSchema;
type namespace_ParamSpec = ParamSpec;
type namespace_Property = Property;
type namespace_Schema = Schema;
declare const namespace_Schema: typeof Schema;
type namespace_SchemaType = SchemaType;
type namespace_SignatureDict = SignatureDict;
type namespace_TensorSpec = TensorSpec;
declare const namespace_inferSignature: typeof inferSignature;
declare namespace namespace {
  export { type namespace_ColSpec as ColSpec, type namespace_DataType as DataType, namespace_ModelSignature as ModelSignature, type namespace_ObjectType as ObjectType, namespace_ParamSchema as ParamSchema, type namespace_ParamSpec as ParamSpec, type namespace_Property as Property, namespace_Schema as Schema, type namespace_SchemaType as SchemaType, type namespace_SignatureDict as SignatureDict, type namespace_TensorSpec as TensorSpec, namespace_inferSignature as inferSignature };
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

export { type AutologOptions, type ErrorCode, type Experiment, type FlushCounts, MlflowException, type Page, type Plain, type PlainObject, RestException, type SearchTracesOptions, type Span, type SpanEvent, type SpanStatus, SpanStatusCode, SpanType, type Trace, type TraceData, type TraceInfo, type TraceSearch, TraceState, autolog, flushTraces, getLastActiveTraceId, getTrace, getTrackingUri, langchain, namespace as models, searchTraces, setExperiment, setTrackingUri };
