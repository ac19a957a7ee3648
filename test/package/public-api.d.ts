/**
 * Plain data: what every value of the app has become once we hold it. Nothing of the app's is
 * referenced from here, so nothing that happens later can change it.
 */
type Plain = null | boolean | number | bigint | string | Date | Uint8Array | readonly Plain[] | PlainObject;
interface PlainObject {
    readonly [key: string]: Plain | undefined;
}

/** MLflow's scalar types, under the names its files have. */
declare const DATA_TYPES: readonly ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"];
type DataType = (typeof DATA_TYPES)[number];
/** What a column, a property or an item holds, in the very form in which MLflow writes it. */
type ColumnType = {
    readonly type: DataType;
}
/** Anything: what was null or empty in the example. */
 | {
    readonly type: "any";
} | {
    readonly type: "array";
    readonly items: ColumnType;
} | {
    readonly type: "object";
    readonly properties: Readonly<Record<string, Property>>;
} | {
    readonly type: "map";
    readonly values: ColumnType;
};
type Property = ColumnType & {
    readonly required: boolean;
};

/** One parameter of a model's `predict`, with the value it has when none is given. */
interface ParamSpec {
    readonly name: string;
    /** A scalar type, or an object's. */
    readonly type: ColumnType;
    readonly default: Plain;
    /** `[-1]` for a list of them. */
    readonly shape: readonly [-1] | null;
}
/** The parameters a model takes beside its input. Mirrors `mlflow.types.ParamSchema`. */
declare class ParamSchema {
    readonly params: readonly ParamSpec[];
    constructor(params: readonly ParamSpec[]);
    /** As Python's `ParamSchema.to_dict()`. */
    toDict(): Record<string, unknown>[];
    toJson(): string;
    static fromJson(text: string): ParamSchema;
    /** As Python prints it: `['temperature': double (default: 0.1)]`. */
    toString(): string;
}

/** One column of a model's input or output. */
interface ColSpec {
    readonly type: ColumnType;
    /** Undefined for the only column there is, which then has no name. */
    readonly name?: string;
    readonly required: boolean;
}
/** A tensor, as models of other flavors take them: read and written, never looked into. */
interface TensorSpec {
    readonly name?: string;
    readonly tensor: Readonly<Record<string, unknown>>;
}
/** What a model takes or gives: named columns, or one without a name. Mirrors `mlflow.types.Schema`. */
declare class Schema {
    readonly inputs: readonly (ColSpec | TensorSpec)[];
    /** @throws MlflowException INVALID_PARAMETER_VALUE for no columns, doubled names, or names on some only. */
    constructor(inputs: readonly (ColSpec | TensorSpec)[]);
    get isTensorSpec(): boolean;
    get hasInputNames(): boolean;
    /** The columns; none where the schema is one of tensors. */
    get columns(): readonly ColSpec[];
    /** As Python's `Schema.to_dict()`. */
    toDict(): Record<string, unknown>[];
    /** As Python's `Schema.to_json()`: the text that stands in MLmodel. */
    toJson(): string;
    static fromJson(text: string): Schema;
    /** As Python prints it: `['a': string (required)]`. */
    toString(): string;
}

/** How a signature stands in MLmodel: each part as JSON text. */
interface SignatureDict {
    readonly inputs: string | null;
    readonly outputs: string | null;
    readonly params: string | null;
}
/**
 * What a model takes and gives. Mirrors `mlflow.models.ModelSignature`: what one writes the other reads.
 */
declare class ModelSignature {
    readonly inputs: Schema | undefined;
    readonly outputs: Schema | undefined;
    readonly params: ParamSchema | undefined;
    /** @throws MlflowException INVALID_PARAMETER_VALUE where nothing is given. */
    constructor(parts: {
        readonly inputs?: Schema | undefined;
        readonly outputs?: Schema | undefined;
        readonly params?: ParamSchema | undefined;
    });
    /** As Python's `ModelSignature.to_dict()`. */
    toDict(): SignatureDict;
    /** Reads what `toDict()`, here or in Python, has made. */
    static fromDict(dict: Partial<SignatureDict>): ModelSignature;
    toString(): string;
}

/** The file MLmodel, as data. */
interface MlModel {
    readonly artifact_path?: string;
    readonly flavors: Readonly<Record<string, unknown>>;
    readonly env_vars?: readonly string[];
    readonly metadata?: unknown;
    readonly model_id?: string;
    readonly model_uuid: string;
    readonly run_id?: string;
    readonly saved_input_example_info?: Readonly<Record<string, string>>;
    readonly signature?: SignatureDict;
    readonly utc_time_created: string;
}

type Params = Readonly<Record<string, unknown>>;

/** A LangChain object, as far as `predict()` calls it. */
interface Invokable {
    invoke(input: unknown, options?: object): Promise<unknown>;
    stream?(input: unknown, options?: object): Promise<AsyncIterable<unknown>>;
}
interface PyfuncModelInit<Metadata> {
    readonly model: Invokable;
    readonly signature: ModelSignature | undefined;
    readonly metadata: Metadata;
    /** Where it was loaded from, for `toString()`. */
    readonly artifactPath?: string;
    readonly runId?: string;
}
/**
 * A model as every MLflow flavor gives it: one `predict()`, whatever is behind it. Mirrors
 * `mlflow.pyfunc.PyFuncModel`.
 */
declare class PyFuncModel<Metadata = unknown> {
    #private;
    constructor(init: PyfuncModelInit<Metadata>);
    /** What MLmodel says. */
    get metadata(): Metadata;
    /** The LangChain object itself. */
    getRawModel(): Invokable;
    /**
     * Calls the model, once for each row: an object or scalar is one, a list has one an item. The result
     * is plain data (messages and documents are what they hold): a list with an entry a row where the model
     * has a signature or a list came, else the result itself. At most ten rows are under way at once.
     * With a signature the data is checked against it first; `params` are those it names, and go into the
     * options of `invoke()`.
     *
     * @throws MlflowException INVALID_PARAMETER_VALUE where the data does not fit the signature; where the
     * model fails, one that says which rows failed and of what.
     */
    predict(data: unknown, params?: Params): Promise<unknown>;
    /**
     * Streams the model's own chunks, as plain data, for a single input.
     *
     * @throws MlflowException as `predict()`, and for more than one input.
     */
    predictStream(data: unknown, params?: Params): AsyncGenerator<unknown>;
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
    /** Where the model is downloaded to. Default: a new temporary folder. */
    readonly dstPath?: string;
    /** Laid over the configuration the model was logged with. */
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    /** Keys by name, before those of the environment. */
    readonly secrets?: Readonly<Record<string, string>>;
    /** False refuses a model from a server whose code would run here. Default: true, told once. */
    readonly allowRemoteCode?: boolean;
}
/**
 * Loads a model that was logged or saved: the LangChain object itself. `modelUri` is `models:/m-…`,
 * `models:/<name>/<version>`, `models:/<name>@<alias>`, `runs:/<run>/<name>`, a place like
 * `mlflow-artifacts:/…`, or a local folder. Code runs as fresh modules on each load, and imports what the
 * app has installed; versions that differ from those it was logged with are told.
 * Mirrors `mlflow.langchain.load_model`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST where there is no model, INVALID_PARAMETER_VALUE for one
 * of another flavor or code that fails, INVALID_STATE where a key or package is missing.
 */
declare function loadModel(modelUri: string, options?: LoadModelOptions): Promise<LangChainModel>;
/**
 * The same as a model with one `predict()`, which checks data against the signature.
 * Mirrors `mlflow.pyfunc.load_model`.
 */
declare function loadPyfuncModel(modelUri: string, options?: LoadModelOptions): Promise<PyFuncModel<MlModel>>;
/** The `package.json` of a model: `npm install` beside it brings what the model needs. Mirrors `mlflow.pyfunc.get_model_dependencies`. */
declare function getModelDependencies(modelUri: string): Promise<string>;

interface ExampleOptions {
    /**
     * What the model takes, saved with it. Without a `signature` the model is called with it, once, to
     * learn what it gives.
     */
    readonly inputExample?: unknown;
    /** `false`: none, also where there is an example. Default: inferred from the example. */
    readonly signature?: ModelSignature | false;
}

/** Names of packages, or names with the exact version wanted. */
type ExtraDependencies = readonly string[] | Readonly<Record<string, string>>;

/** What a model folder is made of. */
interface ModelContent {
    readonly lcModel: string | LangChainModel;
    readonly codePaths?: readonly string[];
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    readonly extraDependencies?: ExtraDependencies;
    readonly metadata?: unknown;
}

interface SaveModelOptions extends ModelContent, ExampleOptions {
    /** A folder that is empty, or not there yet. */
    readonly path: string;
}
/**
 * Saves a model into a local folder that `loadModel()` takes. See {@link logModel} for what a model may
 * be. Mirrors `mlflow.langchain.save_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a model that cannot be saved, RESOURCE_ALREADY_EXISTS
 * for a folder that has something in it.
 */
declare function saveModel(options: SaveModelOptions): Promise<void>;

interface ArtifactInfo {
    /** Relative to the root, with forward slashes. */
    readonly path: string;
    readonly isDirectory: boolean;
    /** In bytes; undefined for a directory. */
    readonly fileSize: number | undefined;
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

/** What is known of a model that was logged. Mirrors `mlflow.models.model.ModelInfo`. */
interface ModelInfo {
    /** What `loadModel()` takes: `models:/m-…`, or `runs:/<run>/<name>` where the run holds the model. */
    readonly modelUri: string;
    readonly modelUuid: string;
    /** Of a logged model (servers from 3.0). */
    readonly modelId: string | undefined;
    readonly runId: string | undefined;
    readonly name: string;
    /** Where its files are: a path of the run's artifacts, or the place of the logged model. */
    readonly artifactPath: string;
    readonly flavors: Readonly<Record<string, unknown>>;
    readonly signature: ModelSignature | undefined;
    readonly savedInputExampleInfo: Readonly<Record<string, string>> | undefined;
    /** Names of the variables it reads. */
    readonly envVars: readonly string[];
    readonly metadata: unknown;
    readonly utcTimeCreated: string;
    /** The version it was registered as, with `registeredModelName`. */
    readonly registeredModelVersion: string | undefined;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}

interface LogModelOptions extends ModelContent, ExampleOptions {
    /** Default: the name of the model's file, or of its class. Without `/ : . % " '`. */
    readonly name?: string;
    /** The older name of `name`. */
    readonly artifactPath?: string;
    /** The run it belongs to. Default: the active run; on servers before 3.0 and in a local store one is opened. */
    readonly runId?: string;
    /** Registers it as the next version of this model, which is made where it is missing. */
    readonly registeredModelName?: string;
    /** Shown with the logged model (servers from 3.0). */
    readonly params?: Readonly<Record<string, string | number | boolean>>;
    readonly tags?: Readonly<Record<string, string>>;
    /** The step of the run it belongs to. Default: 0. */
    readonly step?: number;
    /** For example `agent`. */
    readonly modelType?: string;
}
/**
 * Logs a model, so that `loadModel()` gives it back, in this process or another.
 *
 * `lcModel` is the path of a file (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`) that calls
 * `mlflow.models.setModel(model)`: models from code, stored as they are with their `codePaths`. Or it is a
 * Runnable, if it is one that LangChain's own serialization gives back unchanged; otherwise the error
 * says what is in the way. Stored with it are its example and signature, the exact versions of the
 * packages it uses, and the names of the environment variables it reads; keys and addresses are not.
 * Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a model that cannot be logged, code that fails, or a
 * bad name; RestException when the server says no.
 */
declare function logModel(options: LogModelOptions): Promise<ModelInfo>;

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
 * Makes a logged model the active one: traces made from now on name it (`mlflow.modelId`). Logging a
 * model, or loading one by its id, does so too. Mirrors `mlflow.set_active_model`; without code,
 * `MLFLOW_ACTIVE_MODEL_ID` does it.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for what is no id.
 */
declare function setActiveModel(options: {
    readonly modelId: string;
}): void;
/** The id of the active model, if there is one. Mirrors `mlflow.get_active_model_id`. */
declare function getActiveModelId(): string | undefined;
/** Traces no longer name a model. Mirrors `mlflow.clear_active_model`. */
declare function clearActiveModel(): void;

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
 * The signature of a model, from an example of what it takes, of what it gives, and of its parameters;
 * or from zod 4 schemas of them. An object's fields are columns, a list of objects is rows. Whole
 * numbers are `long`, others `double`; null and what is empty is `any` and optional. LangChain's
 * messages and documents are read as their data. Mirrors `mlflow.models.infer_signature`.
 *
 * Where no schema can be told (a list of different types, an empty object) it is `any`, and that is
 * told once.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE where nothing is given, a zod schema has no JSON
 * schema, or a parameter is neither a scalar, a list of them, nor an object.
 */
declare function inferSignature(modelInput?: unknown, modelOutput?: unknown, params?: Readonly<Record<string, unknown>>): ModelSignature;

/** `mlflow.models`, as in Python. */
declare const models: {
    setModel: typeof setModel;
    ModelConfig: typeof ModelConfig;
    ModelSignature: typeof ModelSignature;
    inferSignature: typeof inferSignature;
};
/** `mlflow.pyfunc`, as in Python. */
declare const pyfunc: {
    loadModel: typeof loadPyfuncModel;
    getModelDependencies: typeof getModelDependencies;
};

/**
 * Makes the model of this URI (`models:/m-…`, `runs:/<run>/<name>`) the next version of a registered
 * model, which is made where it is missing. Mirrors `mlflow.register_model`.
 */
declare function registerModel(modelUri: string, name: string, options?: {
    readonly tags?: Readonly<Record<string, string>>;
}): Promise<ModelVersion>;
/**
 * Gives a version of a registered model a name: `models:/<model>@<alias>`. An alias that is there moves.
 * Mirrors `MlflowClient.set_registered_model_alias`.
 */
declare function setRegisteredModelAlias(name: string, alias: string, version: string): Promise<void>;
/** Takes an alias away. One that is not there is no error. Mirrors `MlflowClient.delete_registered_model_alias`. */
declare function deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;

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

/** `mlflow.langchain`, as in Python: `autolog()`, `logModel()`, `saveModel()`, `loadModel()`. */
declare const langchain: {
    logModel: typeof logModel;
    saveModel: typeof saveModel;
    loadModel: typeof loadModel;
    autolog: typeof autolog;
};
/** `mlflow.artifacts.downloadArtifacts()` and `.listArtifacts()`, as in Python. */
declare const artifacts: {
    downloadArtifacts: typeof downloadArtifacts;
    listArtifacts: typeof listArtifacts;
};

export { type ActiveRun, type ArtifactInfo, type ArtifactsOptions, type AutologOptions, type Dataset, type DatasetDescription, type DatasetInput, type DownloadArtifactsOptions, type ErrorCode, type Experiment, type FlushCounts, type LangChainModel, type LoadModelOptions, type LoadTableOptions, type LogImageOptions, type LogInputOptions, type LogMetricOptions, type LogModelOptions, type LogOptions, type LoggedValue, type Metric, MlflowException, type ModelInfo, type ModelVersion, type Page, type Plain, type PlainObject, PyFuncModel, type Redact, type RedactContext, RestException, type Run, type RunData, type RunInfo, type RunSearch, RunStatus, type RunViewType, type SaveModelOptions, type SearchRunsOptions, type SearchTracesOptions, type Span, type SpanEvent, type SpanStatus, SpanStatusCode, SpanType, type StartRunOptions, type TableData, type TableRow, type Trace, type TraceData, type TraceInfo, type TraceSearch, TraceState, activeRun, artifacts, autolog, clearActiveModel, deleteRegisteredModelAlias, deleteRun, deleteTag, downloadArtifacts, endRun, flushTraces, getActiveModelId, getLastActiveTraceId, getMetricHistory, getRun, getTrace, getTrackingUri, langchain, lastActiveRun, listArtifacts, loadTable, logArtifact, logArtifacts, logDict, logImage, logInput, logMetric, logMetrics, logParam, logParams, logTable, logText, models, pyfunc, registerModel, searchRuns, searchTraces, setActiveModel, setExperiment, setRegisteredModelAlias, setTag, setTags, setTrackingUri, startRun };
