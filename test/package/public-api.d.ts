/**
 * A copy of an app's value as plain data. It has no reference to the app's objects, so the app cannot change it.
 */
type Plain = null | boolean | number | bigint | string | Date | Uint8Array | readonly Plain[] | PlainObject;
interface PlainObject {
    readonly [key: string]: Plain | undefined;
}

/** The span types of MLflow that LangChain objects use. Any other string is allowed. */
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
/** A finished span. */
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
    /** Does not include `mlflow.spanType`, `mlflow.spanInputs` and `mlflow.spanOutputs`, which have their own fields. */
    readonly attributes: PlainObject;
    readonly events: readonly SpanEvent[];
}

/** The place of a value in a trace. */
interface RedactContext {
    /**
     * A span has `inputs`, `outputs`, a `statusMessage`, and attributes (`attribute`: model parameters, tools,
     * LangChain's `metadata`, …). Its events have attributes too (`event`: `exception.message`,
     * `exception.stacktrace`, a streamed `token`, …). The trace has a `session` (LangGraph's `thread_id`), tags (`tag`)
     * and metadata (`metadata`).
     */
    readonly field: "inputs" | "outputs" | "attribute" | "event" | "statusMessage" | "session" | "tag" | "metadata";
    /** The name of the attribute, the event's attribute, the tag or the metadata. */
    readonly name?: string;
    /** The name of the span. For a value of the trace, the name of the root span. */
    readonly spanName: string;
    readonly spanType: SpanType;
}
/**
 * Receives a value of a trace as plain data and returns its replacement: the same value, which it may change in
 * place, or another one. A list or an object is passed as a whole. For a status message, a session, a tag or
 * metadata it must return a string. It does not receive names of spans, tags and attributes, span types and token
 * counts. A callback handler also passes the names of calls as the `attribute` `name`, and the name of its run as the
 * `metadata` `mlflow.runName`.
 */
type Redact = (value: Plain, context: RedactContext) => Plain;

/**
 * The options of `autolog()`. A missing option comes from its environment variable, else it has its default.
 * A later call replaces all options of an earlier call.
 */
interface AutologOptions {
    /** Remove the patches and stop tracing. */
    disable: boolean;
    /** Record traces. If false, LangChain stays patched but nothing is recorded. */
    logTraces: boolean;
    /** Log each object that the app calls as an MLflow model, after its first successful call. */
    logModels: boolean;
    /** Log the input of that call as the model's input example; for a batch, its first item. */
    logInputExamples: boolean;
    /** Log the model's signature, inferred from the input and output of that call. The model is not called again. */
    logModelSignatures: boolean;
    /** Register each model that is logged automatically as a version of this registered model. */
    registeredModelName: string | undefined;
    /** Record nothing for calls inside a run that the app started itself. */
    exclusive: boolean;
    /** Write nothing to stderr, not even warnings. */
    silent: boolean;
    /** Do not trace if this package was not tested with the installed version of `@langchain/core`. */
    disableForUnsupportedVersions: boolean;
    /** Tags for every trace and for the runs that models are logged to; in the environment, a JSON object of strings. */
    extraTags: Record<string, string>;
    /** Share of root calls that are traced, from 0 to 1. */
    samplingRatio: number;
    /** Remove known secrets: fields named like secrets, credentials in headers and URLs, and keys in error messages. */
    redactSecrets: boolean;
    /**
     * A function that receives every value of a trace before it is stored or sent, and returns its replacement.
     * It runs later than the app's call and must be synchronous. If it throws, or returns a promise or another value
     * that is not plain data, the value becomes "[redaction failed]". See {@link Redact}.
     */
    redact: Redact | undefined;
    /** Maximum bytes of finished traces in memory; above it, new traces are dropped and counted. */
    maxQueueBytes: number;
    /** Maximum number of traces in one request. */
    maxBatchTraces: number;
    /** Maximum number of bytes in one request. */
    maxBatchBytes: number;
    /** Maximum time in milliseconds that a finished trace waits before it is sent. */
    flushIntervalMs: number;
    /** Maximum time in milliseconds that an exiting process waits for its traces to be delivered. */
    exitTimeoutMs: number;
    /** Maximum time in milliseconds that sending a trace is retried; then the trace is dropped and counted. */
    retryTimeoutMs: number;
    /** Maximum number of open calls; a root call above it is counted but not traced. */
    maxOpenCalls: number;
    /** Maximum time in milliseconds (in the environment: seconds) that a trace may stay open; then it ends with an error and is sent. 0 means no limit. */
    traceTimeoutMs: number;
    /** Maximum characters of one text in a span; the rest is cut, and a mark shows how much. */
    maxStringCharacters: number;
    /** Maximum characters of one input or output; a mark replaces the rest. */
    maxValueCharacters: number;
    /** Maximum number of objects, arrays and leaves in one input or output; a mark replaces the rest. */
    maxValueNodes: number;
    /** Maximum characters of one trace; marks replace later values. */
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

type Fields = Readonly<Record<string, unknown>>;

/** What MLmodel says of the example, under `saved_input_example_info`. */
interface SavedInputExampleInfo {
    readonly artifact_path: string;
    readonly serving_input_path?: string;
    readonly type: string;
    /** `"true"` where the example has parameters beside its input. */
    readonly params?: string;
    readonly pandas_orient?: string;
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

/** Anything of LangChain's that answers: a Runnable, an agent, a compiled graph, a retriever, a tool. */
interface LangChainModel {
    invoke(input: any, options?: any): Promise<any>;
}
/**
 * Names the model of this file, for {@link logModel} and {@link loadModel} that run it. Mirrors
 * `mlflow.models.set_model`. In a program that is run by itself it does nothing.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what has no `invoke`.
 */
declare function setModel(model: LangChainModel): void;

interface LoadModelOptions {
    /** A folder the model is downloaded to and stays in. Default: one that goes when it is loaded. */
    readonly dstPath?: string;
    /** Keys for a model that was logged as data, by the variable they would else be read from: `{ OPENAI_API_KEY: "…" }`. */
    readonly secrets?: Readonly<Record<string, string>>;
    /** Laid over the configuration that the model was logged with. */
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    /** Whether code from a store on another machine may run here. Default: it may, and that is told once. */
    readonly allowRemoteCode?: boolean;
}
/**
 * Loads a model and gives the LangChain object: of `models:/m-…`, `models:/<name>/<version>`, `models:/<name>@<alias>`, `runs:/<run id>/<name>`,
 * `mlflow-artifacts:/…`, `file:…` or a local path. Its code is fresh at each load, and what it imports by name is the app's. Mirrors
 * `mlflow.langchain.load_model`.
 *
 * Loading a model runs its code: load what you trust.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, or one of another kind; INVALID_PARAMETER_VALUE where
 * its code does not run, or a key is missing; PERMISSION_DENIED for remote code that is not allowed.
 */
declare function loadModel(modelUri: string, options?: LoadModelOptions): Promise<LangChainModel>;

/** What became of a model that was logged or saved; MLflow's `ModelInfo`. */
interface ModelInfo {
    /** Loads it: `models:/m-…`, or `runs:/<run id>/<name>` where the store has no logged models, or a local path. */
    readonly modelUri: string;
    /** The id of the logged model; undefined on servers before 3.0 and in a local store. */
    readonly modelId: string | undefined;
    readonly name: string | undefined;
    /** The run it was logged in, if any. */
    readonly runId: string | undefined;
    readonly modelUuid: string;
    readonly artifactPath: string;
    readonly flavors: Readonly<Record<string, unknown>>;
    readonly signature: ModelSignature | undefined;
    readonly savedInputExampleInfo: SavedInputExampleInfo | undefined;
    readonly metadata: Readonly<Record<string, unknown>> | undefined;
    /** The names of the environment variables it reads. */
    readonly envVars: readonly string[] | undefined;
    readonly mlflowVersion: string;
    /** `2026-11-23 19:15:25.748784`, in UTC. */
    readonly utcTimeCreated: string;
    readonly registeredModelVersion: string | undefined;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}

/** What `predict` needs to know of a model; its MLmodel file tells more. */
interface PyFuncMetadata {
    readonly signature?: ModelSignature | undefined;
    readonly runId?: string | undefined;
    readonly artifactPath?: string | undefined;
}
/** What `mlflow.pyfunc.loadModel` gives: any model behind one way to call it (MLflow's `PyFuncModel`). */
interface PyFuncModel<Metadata extends PyFuncMetadata = PyFuncMetadata> {
    /**
     * Calls the model. Its signature is enforced first: columns it does not know are told and dropped, missing ones and
     * wrong types refused. With a signature the answer is a list with one entry a row, for a single input too; without one
     * a list gives a list and anything else the bare answer. Messages and documents come back as LangChain dumps them.
     *
     * `params` have to be in the signature, and go into the options of `invoke`.
     *
     * Throws INVALID_PARAMETER_VALUE, with Python's text, for an input the signature refuses, and INTERNAL_ERROR
     * `<n> tasks failed. Errors: {<row>: …}` with the `cause` when the model threw.
     */
    predict(input: unknown, params?: Readonly<Record<string, unknown>>): Promise<unknown>;
    /** Streams the answer to one input, or to a list of one, in pieces as the model gives them. */
    predictStream(input: unknown, params?: Readonly<Record<string, unknown>>): AsyncGenerator<unknown, void, undefined>;
    /** What its MLmodel file says. */
    readonly metadata: Metadata;
    /** The configuration it was logged with, and loaded with. */
    readonly modelConfig: Fields;
    /** The example it was logged with; undefined when it has none. */
    readonly inputExample: unknown;
    /** The LangChain object itself. */
    getRawModel(): unknown;
    toString(): string;
}

/**
 * Loads a model behind MLflow's one way to call any: `predict(input, params)`, with its signature enforced, and `predictStream(input)`. For
 * the URIs, the options and what is thrown see `mlflow.langchain.loadModel`. Mirrors `mlflow.pyfunc.load_model`.
 */
declare function loadPyFuncModel(modelUri: string, options?: LoadModelOptions): Promise<PyFuncModel<ModelInfo>>;

interface ArtifactInfo {
    /** Relative to the root, with forward slashes. */
    readonly path: string;
    readonly isDirectory: boolean;
    /** In bytes; undefined for a directory. */
    readonly fileSize: number | undefined;
}

declare const TraceState: {
    readonly OK: "OK";
    readonly ERROR: "ERROR";
    readonly IN_PROGRESS: "IN_PROGRESS";
    readonly STATE_UNSPECIFIED: "STATE_UNSPECIFIED";
};
type TraceState = (typeof TraceState)[keyof typeof TraceState];
/** The fields of a trace without its spans, as in the TraceInfo of MLflow's TypeScript SDK. */
interface TraceInfo {
    /** `tr-` and 32 hexadecimal digits. The client creates it, so a trace that is sent twice is stored once. */
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
    /** Cannot change after the trace is logged. Values have at most 250 characters. */
    readonly traceMetadata: Readonly<Record<string, string>>;
    /** Can change later. Values have at most 4096 characters. */
    readonly tags: Readonly<Record<string, string>>;
    /** Feedback and expectations, in the form of the server or store. */
    readonly assessments: readonly unknown[];
}
interface TraceData {
    readonly spans: readonly Span[];
}
interface Trace {
    readonly info: TraceInfo;
    readonly data: TraceData;
}

/** A version of a registered model. */
interface ModelVersion {
    readonly name: string;
    readonly version: string;
    /** The model URI it was made from: `models:/m-…`, `runs:/…`. */
    readonly source: string;
    readonly runId: string | undefined;
    readonly modelId: string | undefined;
    readonly status: string;
    readonly aliases: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
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

/** What a model is made of. */
interface ModelParts {
    /** A file that calls `mlflow.models.setModel(model)`, or an object of LangChain's. */
    readonly lcModel: string | LangChainModel;
    /** Files and folders that the model file imports by path. They keep their place beside it. */
    readonly codePaths?: readonly string[];
    /** What `new mlflow.models.ModelConfig()` gives the model file. It is stored: no secrets. */
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    /** Packages that the code does not import by name, or not where it can be seen: `"pg"`, `"pg@8.11.0"`. */
    readonly extraDependencies?: readonly string[];
}

interface WriteModelOptions extends ModelParts {
    /** An input for `invoke`. It is stored, and where there is no `signature` the model is called with it, once, to infer one. */
    readonly inputExample?: unknown;
    /** The parameters `predict` gets with the example. They are stored with it, and are the defaults in a signature inferred from it: no secrets. */
    readonly inputExampleParams?: Readonly<Record<string, unknown>>;
    /** What goes in and comes out; see {@link inferSignature}. `false`: none, and the model is not called. */
    readonly signature?: ModelSignature | false;
    /** Anything of yours, kept with the model. It is stored: no secrets. */
    readonly metadata?: Readonly<Record<string, unknown>>;
}

interface LogModelOptions extends WriteModelOptions {
    /** Of the model, without `/ : . % " '`. Default: `model`. */
    readonly name?: string;
    /** What MLflow 2 called the name. */
    readonly artifactPath?: string;
    /** Default: the active run, if there is one. Where the store keeps models in runs, one is opened. */
    readonly runId?: string;
    /** Makes it a version of this registered model, which is made where it is missing. */
    readonly registeredModelName?: string;
    /** Of the logged model (servers from 3.0). */
    readonly params?: Readonly<Record<string, unknown>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly modelType?: string;
    /** Of the run, at which the model was made. Default: 0. */
    readonly step?: number;
}
/**
 * Logs a model to MLflow: a file that calls `mlflow.models.setModel(model)` (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`), stored as it is with its
 * `codePaths`, or a Runnable, if LangChain's own serialization gives the same thing back. `createAgent` agents, LangGraph graphs, retrievers, tools and
 * chains with functions are logged from code. With it go its packages in exact versions, the names of the environment variables it reads, the
 * example and the signature; never a key, a header or a base URL. Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE before anything is sent, for options that are wrong, code that does not run, and a
 * Runnable that cannot be data: it says which part, and what to write instead.
 */
declare function logModel(options: LogModelOptions): Promise<ModelInfo>;

/**
 * The packages a model needs, by name, in the exact versions it was logged with; for its package.json, which `npm ci` installs,
 * see {@link downloadArtifacts}. Mirrors `mlflow.langchain.get_model_dependencies`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, or one of another kind.
 */
declare function getModelDependencies(modelUri: string, options?: Pick<LoadModelOptions, "dstPath">): Promise<Readonly<Record<string, string>>>;

interface SaveModelOptions extends WriteModelOptions {
    /** A folder that is made; it may not hold anything yet. */
    readonly path: string;
}
/**
 * Writes a model to a local folder, in MLflow's layout, without any run or server. Mirrors `mlflow.langchain.save_model`; see
 * {@link logModel} for what a model may be.
 *
 * @throws MlflowException RESOURCE_ALREADY_EXISTS where the folder holds something; INVALID_PARAMETER_VALUE for what cannot be saved, which
 * leaves nothing behind.
 */
declare function saveModel({ path, ...options }: SaveModelOptions): Promise<ModelInfo>;

/** Which artifacts: those of a URI, or of a run. */
interface ArtifactsOptions {
    /**
     * `runs:/<run id>/<path>`; `models:/<name>/<version>`, `models:/<name>@<alias>`, `models:/<name>/latest` or
     * `models:/<model id>`, each with a path behind it or not; a place like `mlflow-artifacts:/…`; `file:…` or a local path.
     */
    readonly artifactUri?: string;
    readonly runId?: string;
    /** With `runId`: a path from the root of the run's artifacts. Default: all of them. */
    readonly artifactPath?: string;
}
interface DownloadArtifactsOptions extends ArtifactsOptions {
    /** Made where it is missing. Default: a new directory for temporary files, but what lies on this machine already stays there. */
    readonly dstPath?: string;
}
/**
 * Downloads an artifact, or a directory of them, and gives its local path. Files are streamed, several at a time, and tried
 * again; each is there only when it is whole, and none is written outside `dstPath`. On a terminal, a bar on stderr shows how far
 * it is. Mirrors `mlflow.artifacts.download_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for wrong options, RESOURCE_DOES_NOT_EXIST where there is nothing.
 */
declare function downloadArtifacts(options: DownloadArtifactsOptions): Promise<string>;
/**
 * What is directly in a directory of artifacts; nothing for a file. Paths begin at the root of the run's artifacts, or with the last
 * name of the URI, as in Python. Mirrors `mlflow.artifacts.list_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for wrong options, RESOURCE_DOES_NOT_EXIST for an unknown run or model.
 */
declare function listArtifacts(options: ArtifactsOptions): Promise<readonly ArtifactInfo[]>;

declare const BRAND: unique symbol;
/** The error codes of MLflow that this package throws or reads. */
type ErrorCode = "INVALID_PARAMETER_VALUE" | "RESOURCE_DOES_NOT_EXIST" | "RESOURCE_ALREADY_EXISTS" | "UNAUTHENTICATED" | "PERMISSION_DENIED" | "INVALID_STATE" | "NOT_IMPLEMENTED" | "TEMPORARILY_UNAVAILABLE" | "INTERNAL_ERROR" | (string & {});
/**
 * The base class of every error that this package throws. `errorCode` is one of MLflow's error codes.
 * `instanceof` works across the ESM and CJS copies of the package.
 */
declare class MlflowException extends Error {
    readonly name: string;
    readonly [BRAND] = true;
    readonly errorCode: ErrorCode;
    constructor(message: string, errorCode?: ErrorCode, options?: ErrorOptions);
    static [Symbol.hasInstance](value: unknown): boolean;
}
/** The error response of a tracking server. `status` is the HTTP status. */
declare class RestException extends MlflowException {
    readonly name = "RestException";
    readonly status: number;
    constructor(message: string, errorCode: ErrorCode, status: number, options?: ErrorOptions);
}

/** The items that one flush settled. */
interface FlushCounts {
    /** Stored. */
    readonly sent: number;
    /** Kept on disk for a later attempt. */
    readonly spooled: number;
    /** Lost. A warning logs the reason. */
    readonly dropped: number;
}

/**
 * The configuration of a model that is logged from code, read in its file. A model that is loaded gets
 * the `modelConfig` it was logged or is loaded with; without one, and while it is developed, `developmentConfig`.
 * Mirrors `mlflow.models.ModelConfig`.
 *
 * @example
 * const config = new mlflow.models.ModelConfig({ developmentConfig: { temperature: 0 } });
 * const llm = new ChatOpenAI({ temperature: config.get("temperature") });
 */
declare class ModelConfig {
    #private;
    /** @throws MlflowException INVALID_PARAMETER_VALUE where there is no configuration at all. */
    constructor(options?: {
        readonly developmentConfig?: Readonly<Record<string, unknown>>;
    });
    /** @throws MlflowException INVALID_PARAMETER_VALUE for a key that is not there. */
    get(key: string): any;
    /** A copy of all of it. */
    toObject(): Record<string, unknown>;
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
type namespace_LangChainModel = LangChainModel;
type namespace_ModelConfig = ModelConfig;
declare const namespace_ModelConfig: typeof ModelConfig;
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
declare const namespace_setModel: typeof setModel;
declare namespace namespace {
  export { type namespace_ColSpec as ColSpec, type namespace_DataType as DataType, type namespace_LangChainModel as LangChainModel, namespace_ModelConfig as ModelConfig, namespace_ModelSignature as ModelSignature, type namespace_ObjectType as ObjectType, namespace_ParamSchema as ParamSchema, type namespace_ParamSpec as ParamSpec, type namespace_Property as Property, namespace_Schema as Schema, type namespace_SchemaType as SchemaType, type namespace_SignatureDict as SignatureDict, type namespace_TensorSpec as TensorSpec, namespace_inferSignature as inferSignature, namespace_setModel as setModel };
}

/**
 * Makes a version of a registered model of what a URI names (`models:/m-…`, `runs:/<run id>/<name>`); the registered model is
 * made where it is missing. Mirrors `mlflow.register_model`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST for a model that is not there.
 */
declare function registerModel(modelUri: string, name: string, options?: {
    readonly tags?: Readonly<Record<string, string>>;
}): Promise<ModelVersion>;
/** Names a version of a registered model: `models:/<name>@<alias>`. Mirrors `MlflowClient.set_registered_model_alias`. */
declare function setRegisteredModelAlias(name: string, alias: string, version: string | number): Promise<void>;
/** Takes a name back. Mirrors `MlflowClient.delete_registered_model_alias`. */
declare function deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;
/**
 * Traces made from now on are of this logged model, in place of MLFLOW_ACTIVE_MODEL_ID and of what is logged or loaded; without an
 * id that is so again. Mirrors `mlflow.set_active_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is no id.
 */
declare function setActiveModel(options?: {
    readonly modelId?: string;
}): void;

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
/** Deletes a tag of a run; a missing one counts as a failure. Mirrors `mlflow.delete_tag`. */
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
 * Copies all that is in a local directory to the artifacts of a run, several files at a time. Links to files are
 * followed, links to directories are not. Mirrors `mlflow.log_artifacts`.
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
    /**
     * Ends the run as FINISHED if it is not ended, also when its block has thrown. Never rejects, so that an error of the
     * block is not replaced; `endRun()` in the block rejects if data was lost.
     */
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

/** Iterates over all that is found; `.page()` gives one page. */
interface Search<T> extends AsyncIterable<T> {
    page(pageToken?: string): Promise<Page<T>>;
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
 * throws; its value, or its error, is passed on. When the callback succeeded but data of the run was lost, the promise
 * rejects with that failure. Without one the run is active in the whole process,
 * until {@link endRun}, the end of an `await using` block, or the end of the process.
 *
 * @throws MlflowException INVALID_STATE when another run is active and this one is not `nested`, or
 * the run to go on with is deleted; what the store says when it cannot be made, or is not there.
 */
declare function startRun<T>(options: StartRunOptions, callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun<T>(callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun(options?: StartRunOptions): Promise<ActiveRun>;
/**
 * Ends the active run, when all that was logged to it before is stored or lost; does nothing when there
 * is none. Mirrors `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status; the first failure of the run when something
 * that was logged to it, or its end, could not be stored.
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

/** The options of `new MlflowLangchainTracer()`. */
interface MlflowLangchainTracerOptions {
    /** Tags of every trace that the tracer creates or adds spans to. Values are cut after 4096 characters. */
    readonly tags?: Readonly<Record<string, string>>;
    /** Metadata of these traces. It cannot change later. Values are cut after 250 characters. */
    readonly metadata?: Readonly<Record<string, string>>;
    /** The session of these traces. Default: `thread_id` in the metadata of the call. */
    readonly sessionId?: string;
    /** The experiment of the traces that the tracer creates. It is created if it is missing. Default: the active experiment. */
    readonly experimentName?: string;
    /**
     * The span, of any trace, that caused the calls. Their traces name it in the metadata `langchain.parent_trace_id` and
     * `langchain.parent_span_id`. It may be a `Span` from a trace that was read.
     */
    readonly parentSpan?: {
        readonly traceId: string;
        readonly spanId: string;
    };
}

/** Marks our handlers, so that a manager never gets two of them, whichever copy of us made them. */
declare const HANDLER_BRAND: unique symbol;

/**
 * A LangChain callback handler that makes a trace of each call it is given to, and of no other:
 * `chain.invoke(x, { callbacks: [tracer] })`, or `chain.withConfig({ callbacks: [tracer] })`. It needs
 * no `autolog()` and patches nothing; where `autolog()` is on, its tags and metadata are added and
 * nothing is recorded twice. One instance may serve any number of calls at once. Given to a
 * constructor it hears of that component alone. Mirrors `mlflow.langchain.langchain_tracer.MlflowLangchainTracer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, or a tracking URI
 * that is not supported. Its methods never throw.
 */
declare class MlflowLangchainTracer {
    #private;
    readonly name = "MlflowLangchainTracer";
    readonly [HANDLER_BRAND] = true;
    /** LangChain tells it of things as they happen, and not later from a queue. */
    readonly awaitHandlers = true;
    readonly raiseError = false;
    readonly ignoreLLM = false;
    readonly ignoreChain = false;
    readonly ignoreAgent = false;
    readonly ignoreRetriever = false;
    readonly ignoreCustomEvent = true;
    readonly lc_serializable = false;
    constructor(options?: MlflowLangchainTracerOptions);
    /** The same: what it keeps, it keeps by the ids of runs. */
    copy(): this;
    handleChainStart(...event: unknown[]): void;
    handleChainEnd(...event: unknown[]): void;
    handleChainError(...event: unknown[]): void;
    handleChatModelStart(...event: unknown[]): void;
    handleLLMStart(...event: unknown[]): void;
    handleLLMNewToken(...event: unknown[]): void;
    handleChatModelStreamEvent(...event: unknown[]): void;
    handleLLMEnd(...event: unknown[]): void;
    handleLLMError(...event: unknown[]): void;
    handleToolStart(...event: unknown[]): void;
    handleToolEnd(...event: unknown[]): void;
    handleToolError(...event: unknown[]): void;
    handleRetrieverStart(...event: unknown[]): void;
    handleRetrieverEnd(...event: unknown[]): void;
    handleRetrieverError(...event: unknown[]): void;
    handleText(...event: unknown[]): void;
    handleAgentAction(...event: unknown[]): void;
    handleAgentEnd(...event: unknown[]): void;
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

/** `mlflow.pyfunc`, as in Python. */
declare const pyfunc: {
    loadModel: typeof loadPyFuncModel;
    getModelDependencies: typeof getModelDependencies;
};
/** `mlflow.langchain`, as in Python. */
declare const langchain: {
    autolog: typeof autolog;
    logModel: typeof logModel;
    saveModel: typeof saveModel;
    loadModel: typeof loadModel;
};
/** `mlflow.artifacts.downloadArtifacts()` and `.listArtifacts()`, as in Python. */
declare const artifacts: {
    downloadArtifacts: typeof downloadArtifacts;
    listArtifacts: typeof listArtifacts;
};

export { type ActiveRun, type ArtifactInfo, type ArtifactsOptions, type AutologOptions, type Dataset, type DatasetDescription, type DatasetInput, type DownloadArtifactsOptions, type ErrorCode, type Experiment, type FlushCounts, type FlushTrackerOptions, type LoadModelOptions, type LoadTableOptions, type LogImageOptions, type LogInputOptions, type LogMetricOptions, type LogModelOptions, type LogOptions, type LoggedValue, type Metric, MlflowCallbackHandler, type MlflowCallbackHandlerOptions, MlflowException, MlflowLangchainTracer, type MlflowLangchainTracerOptions, type ModelInfo, type ModelVersion, type Page, type Plain, type PlainObject, type PyFuncModel, type Redact, type RedactContext, RestException, type Run, type RunData, type RunInfo, type RunSearch, RunStatus, type RunViewType, type SaveModelOptions, type SearchRunsOptions, type SearchTracesOptions, type Span, type SpanEvent, type SpanStatus, SpanStatusCode, SpanType, type StartRunOptions, type TableData, type TableRow, type Trace, type TraceData, type TraceInfo, type TraceSearch, TraceState, activeRun, artifacts, autolog, deleteRegisteredModelAlias, deleteRun, deleteTag, downloadArtifacts, endRun, flushTraces, getLastActiveTraceId, getMetricHistory, getRun, getTrace, getTrackingUri, langchain, lastActiveRun, listArtifacts, loadTable, logArtifact, logArtifacts, logDict, logImage, logInput, logMetric, logMetrics, logParam, logParams, logTable, logText, namespace as models, pyfunc, registerModel, searchRuns, searchTraces, setActiveModel, setExperiment, setRegisteredModelAlias, setTag, setTags, setTrackingUri, startRun };
