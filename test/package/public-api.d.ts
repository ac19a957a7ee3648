import { ChatPromptTemplate } from '@langchain/core/prompts';

/**
 * A copy of an app's value as plain data. It has no reference to the app's objects, so the app cannot change it.
 */
type Plain = null | boolean | number | bigint | string | Date | Uint8Array | readonly Plain[] | PlainObject;
interface PlainObject {
    readonly [key: string]: Plain | undefined;
}

/** The span types of MLflow. Any other string is allowed. */
declare const SpanType: {
    readonly CHAIN: "CHAIN";
    readonly CHAT_MODEL: "CHAT_MODEL";
    readonly LLM: "LLM";
    readonly TOOL: "TOOL";
    readonly RETRIEVER: "RETRIEVER";
    readonly AGENT: "AGENT";
    readonly EMBEDDING: "EMBEDDING";
    readonly PARSER: "PARSER";
    readonly RERANKER: "RERANKER";
    readonly MEMORY: "MEMORY";
    readonly WORKFLOW: "WORKFLOW";
    readonly TASK: "TASK";
    readonly GUARDRAIL: "GUARDRAIL";
    readonly EVALUATOR: "EVALUATOR";
    readonly UNKNOWN: "UNKNOWN";
};
type SpanType = (typeof SpanType)[keyof typeof SpanType] | (string & {});
declare const SpanStatusCode: {
    readonly UNSET: "UNSET";
    readonly OK: "OK";
    readonly ERROR: "ERROR";
};
type SpanStatusCode = (typeof SpanStatusCode)[keyof typeof SpanStatusCode];
/** How a span ended. */
interface SpanStatus {
    readonly code: SpanStatusCode;
    /** The same as `code`: the name in MLflow's TypeScript SDK. */
    readonly statusCode: SpanStatusCode;
    /** The message of the error, else an empty text. */
    readonly message: string;
    /** The same as `message`: the name in MLflow's TypeScript SDK. */
    readonly description: string;
}
/** The levels of Python's `logging`, for {@link SpanAttributeKey.LOG_LEVEL}. */
declare const SpanLogLevel: {
    readonly DEBUG: 10;
    readonly INFO: 20;
    readonly WARNING: 30;
    readonly ERROR: 40;
    readonly CRITICAL: 50;
};
type SpanLogLevel = (typeof SpanLogLevel)[keyof typeof SpanLogLevel];
interface SpanEvent {
    readonly name: string;
    /** Nanoseconds since the epoch. */
    readonly timestampNs: bigint;
    readonly attributes: PlainObject;
}
/** A reference to a span, mostly of another trace. */
interface SpanLink {
    /** `tr-` and 32 hexadecimal digits. */
    readonly traceId: string;
    /** 16 hexadecimal digits. */
    readonly spanId: string;
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
    /** Missing if the span has none. */
    readonly links?: readonly SpanLink[];
}
/** Names of span attributes that MLflow reads. */
declare const SpanAttributeKey: {
    readonly SPAN_TYPE: "mlflow.spanType";
    readonly INPUTS: "mlflow.spanInputs";
    readonly OUTPUTS: "mlflow.spanOutputs";
    readonly REQUEST_ID: "mlflow.traceRequestId";
    readonly TRACE_ID: "mlflow.traceRequestId";
    readonly EXPERIMENT_ID: "mlflow.experimentId";
    readonly TOKEN_USAGE: "mlflow.chat.tokenUsage";
    readonly CHAT_TOOLS: "mlflow.chat.tools";
    readonly MESSAGE_FORMAT: "mlflow.message.format";
    readonly MODEL: "mlflow.llm.model";
    readonly PROVIDER: "mlflow.llm.provider";
    readonly LOG_LEVEL: "mlflow.spanLogLevel";
    readonly SESSION_ID: "session.id";
    readonly USER_ID: "user.id";
};
/** Names of the counts in the attribute {@link SpanAttributeKey.TOKEN_USAGE}. */
declare const TokenUsageKey: {
    readonly INPUT_TOKENS: "input_tokens";
    readonly OUTPUT_TOKENS: "output_tokens";
    readonly TOTAL_TOKENS: "total_tokens";
    readonly CACHE_READ_INPUT_TOKENS: "cache_read_input_tokens";
    readonly CACHE_CREATION_INPUT_TOKENS: "cache_creation_input_tokens";
};

/** The place of a value in a trace. */
interface RedactContext {
    /**
     * A span has `inputs`, `outputs`, a `statusMessage`, and attributes (`attribute`: model parameters, tools,
     * LangChain's `metadata`, …). Its events have attributes too (`event`: `exception.message`,
     * `exception.stacktrace`, a streamed `token`, …). The trace has a `session` (LangGraph's `thread_id`), tags (`tag`)
     * and metadata (`metadata`).
     */
    readonly field: "inputs" | "outputs" | "attribute" | "event" | "link" | "statusMessage" | "session" | "tag" | "metadata";
    /** The name of the attribute, the event's or the link's attribute, the tag or the metadata. */
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

/** A root call of the app, or one item of a root `batch`, before it starts. */
interface RootCall {
    /** The name that the root span would have: the `runName` of the call, else the name or class of the called object. */
    readonly name: string;
    /** The object that the app passed, not a copy: do not change it. Undefined for a call that receives a stream, and for a span by hand. */
    readonly input: unknown;
    /** The metadata of the call's config and of `withConfig()`. */
    readonly metadata: Readonly<Record<string, unknown>>;
}
/**
 * Decides whether a root call is traced: return false to skip the call and everything that it calls. It runs
 * synchronously before the call, so it must be fast.
 *
 * @example
 * autolog({ shouldTrace: ({ name, metadata }) => name !== "health check" && metadata.internal !== true });
 */
type ShouldTrace = (call: RootCall) => boolean;

/**
 * The options of `autolog()`. A missing option comes from its environment variable, else it has its default.
 * A later call replaces all options of an earlier call.
 */
interface AutologOptions {
    /** Remove the patches and stop tracing. */
    disable: boolean;
    /** Record traces. If false, LangChain stays patched but nothing is recorded. */
    logTraces: boolean;
    /** Log, as an MLflow model, each object that the app calls. It is logged after its first successful call. */
    logModels: boolean;
    /** Log the input of the object's first successful call as the input example; for a batch, its first item. */
    logInputExamples: boolean;
    /** Log the signature, inferred from the input and output of the object's first successful call. The model is not called again. */
    logModelSignatures: boolean;
    /** Register each model that is logged automatically as a version of this registered model. */
    registeredModelName: string | undefined;
    /** Record nothing for calls inside a run that the app started with `startRun()`. */
    exclusive: boolean;
    /** Write nothing to stderr, not even warnings. */
    silent: boolean;
    /** Do not trace if this package was not tested with the installed version of `@langchain/core`. */
    disableForUnsupportedVersions: boolean;
    /** Tags for every trace and for the runs that models are logged to; in the environment, a JSON object of strings. */
    extraTags: Record<string, string>;
    /** Share of root calls that are traced, from 0 to 1. */
    samplingRatio: number;
    /**
     * A function that receives the name, the input and the metadata of each root call, and returns whether to trace it.
     * If it throws, the call is traced. See {@link ShouldTrace}.
     */
    shouldTrace: ShouldTrace | undefined;
    /**
     * Record each token of a streamed model as an event of its span, instead of the first token only.
     * A trace has 10 000 of these events, and 4 million characters in them, at most.
     */
    logTokenEvents: boolean;
    /** Remove known secrets: fields named like secrets, credentials in headers and URLs, and keys in error messages. */
    redactSecrets: boolean;
    /**
     * A function that receives every value of a trace before it is stored or sent, and returns its replacement.
     * It runs later than the app's call and must be synchronous. If it throws, or returns a promise or another value
     * that is not plain data, the value becomes "[redaction failed]". See {@link Redact}.
     */
    redact: Redact | undefined;
    /**
     * Store images, recordings and files, which messages contain as base64 or bytes, as attachments of the trace. If
     * false, they stay in the values, and a mark replaces one that exceeds a limit.
     */
    extractAttachments: boolean;
    /** Maximum bytes of one attachment; a mark replaces a larger one, which is counted. 0 means no limit. */
    maxAttachmentBytes: number;
    /**
     * Inside of spans, make them the active span of OpenTelemetry, if the app uses that: its spans of HTTP requests and
     * databases are then below the spans of this package, with their trace id.
     */
    otelContext: boolean;
    /**
     * Modules of a copy of `@langchain/core` that cannot be patched otherwise, because a bundler has put it into a file of
     * the app: `@langchain/core/runnables` and `@langchain/core/callbacks/manager`, as the app imports them.
     */
    modules: readonly object[];
    /** Maximum bytes of finished traces and their attachments in memory; above it, new traces are dropped and counted. */
    maxQueueBytes: number;
    /** Maximum number of traces in one request. */
    maxBatchTraces: number;
    /** Maximum number of bytes in one request. */
    maxBatchBytes: number;
    /** Maximum time in milliseconds that a finished trace waits before it is sent. */
    flushIntervalMs: number;
    /**
     * Maximum time in milliseconds that an exiting process waits for its traces to be delivered; if not set: 2000 if the rest
     * can be written to disk, else 10 000.
     */
    exitTimeoutMs: number | undefined;
    /**
     * Maximum time in milliseconds that sending a trace is retried; then the trace is dropped and counted. A response may take
     * a quarter of it.
     */
    retryTimeoutMs: number;
    /**
     * When finished traces for a server are written to disk, from where this process or the next one sends them:
     * `"on-failure"` (the first attempt to send them failed, the queue is full, or the process ends), `"always"` (when they are
     * finished) or `"memory"` (never).
     */
    durability: Durability;
    /** The folder for traces that are not sent yet; if not set: `langchain-mlflow/spool` in the user's state folder (`$XDG_STATE_HOME`, else `~/.local/state`). */
    spoolDirectory: string | undefined;
    /** Maximum bytes of traces on disk; above it, the oldest are removed and counted. */
    maxSpoolBytes: number;
    /** Maximum time in milliseconds that a trace stays on disk; then it is removed and counted. */
    maxSpoolAgeMs: number;
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
declare const DURABILITIES: readonly ["on-failure", "always", "memory"];
/** When traces for a server are written to disk. */
type Durability = (typeof DURABILITIES)[number];

/**
 * Traces every call of every LangChain.js and LangGraph.js object of this process from now on, including
 * objects created before. A further call replaces all options: an option that is not given falls back to its
 * environment variable, then to its default. `{ disable: true }` undoes everything. Mirrors
 * `mlflow.langchain.autolog()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, a wrong
 * environment variable, or a tracking URI that is not supported.
 */
declare function autolog(options?: Partial<AutologOptions>): void;

type Fields$1 = Readonly<Record<string, unknown>>;

/** The field `saved_input_example_info` of MLmodel. */
interface SavedInputExampleInfo {
    readonly artifact_path: string;
    readonly serving_input_path?: string;
    readonly type: string;
    /** `"true"` when the example has parameters. */
    readonly params?: string;
    readonly pandas_orient?: string;
}

/** MLflow's scalar types. */
type DataType = "boolean" | "integer" | "long" | "float" | "double" | "string" | "binary" | "datetime";
/**
 * The type of a column, a property or an item, in the form that MLflow writes: `{ type: "string" }`, `{ type: "array", items }`
 * (MLflow's `Array`), `{ type: "object", properties }` (`Object`), `{ type: "map", values }` (`Map`) or `{ type: "any" }`
 * (`AnyType`, which is not checked).
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
/** A property of an object. Default of `required`: true. */
type Property = SchemaType & {
    readonly required?: boolean;
};
type ObjectType = Extract<SchemaType, {
    type: "object";
}>;

/**
 * A parameter of `predict`: its name, its type (an object, or a scalar other than binary), its default, and `shape: [-1]` when it is
 * a list of scalars.
 */
type ParamSpec = ({
    readonly type: DataType;
} | ObjectType) & {
    readonly name: string;
    readonly default: unknown;
    readonly shape?: readonly number[] | null;
};
/** MLflow's `ParamSchema`. Throws INVALID_PARAMETER_VALUE, with Python's text, for a default that does not match its type. */
declare class ParamSchema {
    readonly params: readonly ParamSpec[];
    constructor(params: readonly ParamSpec[]);
    /** Reads the JSON text of an MLmodel file. */
    static fromJson(text: string): ParamSchema;
    /** Returns the JSON text for an MLmodel file. */
    toJson(): string;
    /** Returns the text that Python prints: `['temperature': double (default: 0.1)]`. */
    toString(): string;
}

/** A column: its type, its name (missing in a schema without names), and whether it is required (default: true). */
type ColSpec = SchemaType & {
    readonly name?: string;
    readonly required?: boolean;
};
/** A tensor, in the signature of a model that was logged by Python. It is read and written unchanged, and not checked. */
interface TensorSpec {
    readonly type: "tensor";
    readonly name?: string;
    readonly "tensor-spec": {
        readonly dtype: string;
        readonly shape: readonly number[];
    };
}
/**
 * The columns of a model's input or output (MLflow's `Schema`). Either all columns have names, or no column has a name. Throws
 * INVALID_PARAMETER_VALUE, with Python's text, for columns that MLflow cannot read.
 */
declare class Schema {
    readonly inputs: readonly ColSpec[] | readonly TensorSpec[];
    constructor(inputs: readonly (ColSpec | TensorSpec)[]);
    /** Reads the JSON text of an MLmodel file. */
    static fromJson(text: string): Schema;
    /** The columns. Undefined for a schema of tensors. */
    get columns(): readonly ColSpec[] | undefined;
    hasInputNames(): boolean;
    /** Returns the JSON text for an MLmodel file, identical to the text that Python writes. */
    toJson(): string;
    /** Returns the text that Python prints: `['input': string (required)]`. */
    toString(): string;
}

/** The form of a signature in an MLmodel file. Each part is JSON text, or null if it is missing. */
interface SignatureDict {
    readonly inputs: string | null;
    readonly outputs: string | null;
    readonly params: string | null;
}
/** The schemas of a signature: as objects, or as the lists that create them. */
interface SignatureSchemas {
    readonly inputs?: SchemaLike | undefined;
    readonly outputs?: SchemaLike | undefined;
    readonly params?: ParamSchema | readonly ParamSpec[] | undefined;
}
type SchemaLike = Schema | readonly (ColSpec | TensorSpec)[];
/**
 * The schemas of a model's inputs and outputs, and of the parameters of `predict` (MLflow's `ModelSignature`). Usually
 * {@link inferSignature} creates it.
 *
 * ```ts
 * new ModelSignature({ inputs: [{ type: "string", name: "question" }], outputs: [{ type: "string" }] });
 * ```
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when all schemas are missing, or MLflow cannot read a schema.
 */
declare class ModelSignature {
    readonly inputs: Schema | undefined;
    readonly outputs: Schema | undefined;
    readonly params: ParamSchema | undefined;
    constructor(schemas: SignatureSchemas);
    /** Reads the signature of an MLmodel file, which can also be written by Python. */
    static fromDict(dict: Partial<SignatureDict>): ModelSignature;
    /** Returns the signature for an MLmodel file. Python's `ModelSignature.from_dict` can read it. */
    toDict(): SignatureDict;
    /** Returns the text that Python prints for the signature. */
    toString(): string;
}

/** Describes a model that was logged or saved (MLflow's `ModelInfo`). */
interface ModelInfo {
    /** The URI to load the model by: `models:/m-…`, `runs:/<run id>/<name>` if the store has no logged models, or a local path. */
    readonly modelUri: string;
    /** The id of the logged model; undefined on servers before 3.0 and in a local store. */
    readonly modelId: string | undefined;
    readonly name: string | undefined;
    /** The id of the run that the model was logged in, if any. */
    readonly runId: string | undefined;
    readonly modelUuid: string;
    readonly artifactPath: string;
    readonly flavors: Readonly<Record<string, unknown>>;
    readonly signature: ModelSignature | undefined;
    readonly savedInputExampleInfo: SavedInputExampleInfo | undefined;
    readonly metadata: Readonly<Record<string, unknown>> | undefined;
    /** The names of the environment variables that the model reads. */
    readonly envVars: readonly string[] | undefined;
    readonly mlflowVersion: string;
    /** `2026-11-23 19:15:25.748784`, in UTC. */
    readonly utcTimeCreated: string;
    readonly registeredModelVersion: string | undefined;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}

/** What `predict` calls on a model: a Runnable, a graph, an agent, a retriever. */
interface RawModel {
    invoke(input: unknown, options?: object): unknown;
    stream?(input: unknown, options?: object): unknown;
}

/** The metadata that `predict` uses. */
interface PyFuncMetadata {
    readonly signature?: ModelSignature | undefined;
    readonly runId?: string | undefined;
    readonly artifactPath?: string | undefined;
}
/** A model behind MLflow's common interface (MLflow's `PyFuncModel`). `mlflow.pyfunc.loadModel` returns it. */
interface PyFuncModel<Metadata extends PyFuncMetadata = PyFuncMetadata> {
    /**
     * Calls the model. The signature is enforced first: unknown columns are dropped with a warning, missing columns and wrong types
     * throw. With a signature, it returns a list with one answer per row, also for a single input. Without a signature, it returns a
     * list for a list, and a single answer for any other input. Messages and documents are returned in LangChain's dump form.
     *
     * @param params Must be in the signature. They are passed in the options of `invoke`.
     * @param callOptions Further options of `invoke` from the caller of `predict`, for example `{ signal }`. They are not checked
     * against the signature, and override `params`.
     * @throws MlflowException INVALID_PARAMETER_VALUE, with Python's text, for an input that does not match the signature;
     * INTERNAL_ERROR `<n> tasks failed. Errors: {<row>: …}`, with a `cause`, when the model throws.
     */
    predict(input: unknown, params?: Readonly<Record<string, unknown>>, callOptions?: Readonly<Record<string, unknown>>): Promise<unknown>;
    /**
     * Yields the chunks of the answer to one input, or to a list of one input, as the model streams them. `callOptions` are
     * options of `stream`.
     */
    predictStream(input: unknown, params?: Readonly<Record<string, unknown>>, callOptions?: Readonly<Record<string, unknown>>): AsyncGenerator<unknown, void, undefined>;
    /** The contents of the MLmodel file. */
    readonly metadata: Metadata;
    /** The configuration that the model was logged with, and the values it was loaded with. */
    readonly modelConfig: Fields$1;
    /** The input example. Undefined when the model was logged without one. */
    readonly inputExample: unknown;
    /** Returns the LangChain object. */
    getRawModel(): unknown;
    toString(): string;
}

/** A LangChain object that has `invoke`: a Runnable, an agent, a compiled graph, a retriever, a tool. */
interface LangChainModel {
    invoke(input: any, options?: any): Promise<any>;
}
/**
 * Sets the model of a model file, for {@link logModel} and {@link loadModel}, which run the file. When the file runs as a program,
 * it has no effect. Mirrors `mlflow.models.set_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an object without `invoke`.
 */
declare function setModel(model: LangChainModel): void;
interface ModelConfigOptions {
    /** The configuration while the model file runs as a program. */
    readonly developmentConfig?: Readonly<Record<string, unknown>>;
}
/**
 * The configuration of a model that is logged from code, for its model file. While the model is logged or loaded, it is the
 * `modelConfig` of logModel() or loadModel(). Otherwise it is `developmentConfig`. Mirrors `mlflow.models.ModelConfig`.
 *
 * @example
 * const config = new mlflow.models.ModelConfig({ developmentConfig: { temperature: 0 } });
 * const llm = new ChatOpenAI({ temperature: config.get("temperature") });
 */
declare class ModelConfig {
    #private;
    /** @throws MlflowException INVALID_PARAMETER_VALUE when there is neither configuration. */
    constructor(options?: ModelConfigOptions);
    /** @throws MlflowException INVALID_PARAMETER_VALUE for a key that the configuration does not have. */
    get(key: string): any;
    /** Returns a copy of the configuration. */
    toObject(): Record<string, unknown>;
}

/** The options of `mlflow.langchain.loadModel()` and `mlflow.pyfunc.loadModel()`. */
interface LoadModelOptions {
    /** A folder that the model is downloaded to and stays in. Default: a temporary folder, removed after the load. */
    readonly dstPath?: string;
    /**
     * Keys for a model that was logged as data, by the environment variable that is read otherwise:
     * `{ OPENAI_API_KEY: "…" }`.
     */
    readonly secrets?: Readonly<Record<string, string>>;
    /** Overrides single values of the configuration that the model was logged with. */
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    /** Whether code from a remote server may run here. Default: it runs, and a warning is logged once. */
    readonly allowRemoteCode?: boolean;
}
/**
 * Loads a model and returns the LangChain object. The URI is `models:/m-…`, `models:/<name>/<version>`, `models:/<name>@<alias>`,
 * `runs:/<run id>/<name>`, `mlflow-artifacts:/…`, `file:…` or a local path. Each load runs the model's code in new modules, and
 * that code imports packages from the app. Mirrors `mlflow.langchain.load_model`.
 *
 * Loading a model runs its code: load only models that you trust.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model, or the model has another flavor; INVALID_PARAMETER_VALUE
 * when its code throws, or a key is missing; PERMISSION_DENIED for remote code that is not allowed.
 */
declare function loadModel(modelUri: string, options?: LoadModelOptions): Promise<LangChainModel>;
/**
 * Loads a model behind MLflow's common interface: `predict(input, params)`, which enforces the model's signature, and
 * `predictStream(input)`. It takes the same URIs and options, and throws the same errors, as `mlflow.langchain.loadModel`.
 * Mirrors `mlflow.pyfunc.load_model`.
 */
declare function loadPyFuncModel(modelUri: string, options?: LoadModelOptions): Promise<PyFuncModel<ModelInfo>>;

interface ArtifactInfo {
    /** Relative to the root, with forward slashes. */
    readonly path: string;
    readonly isDirectory: boolean;
    /** In bytes; undefined for a directory. */
    readonly fileSize: number | undefined;
}

/** One page of a listing. */
interface Page<T> {
    readonly items: readonly T[];
    /** Undefined for the last page. */
    readonly nextPageToken?: string;
}
/** A search in experiments, registered models or model versions. */
interface EntityQuery {
    /** MLflow's filter language. The local store supports a part of it; its errors name that part. */
    readonly filter?: string;
    readonly orderBy?: readonly string[];
    readonly maxResults?: number;
    readonly pageToken?: string;
}

/** The statuses of a run. */
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
    /** Undefined while the run is active. */
    readonly endTimeMs: number | undefined;
    /** The root of its artifacts. */
    readonly artifactUri: string;
    readonly lifecycleStage: "active" | "deleted";
}
/** One point of a metric. */
interface Metric {
    readonly key: string;
    /** May be NaN or infinite. */
    readonly value: number;
    readonly timestampMs: number;
    readonly step: number;
}
interface RunData {
    /** The last value of each metric. */
    readonly metrics: Readonly<Record<string, number>>;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}
/** Data that a run used. Mirrors `mlflow.entities.Dataset`. */
interface Dataset {
    readonly name: string;
    /** Identifies the version of the data. At most 36 characters. */
    readonly digest: string;
    /** The kind of `source`, for example `local`, `http`, `hugging_face` or `code`. */
    readonly sourceType: string;
    /** The location of the data, as JSON text. */
    readonly source: string;
    /** JSON text. */
    readonly schema?: string;
    /** JSON text, for example with the number of rows. */
    readonly profile?: string;
}
interface DatasetInput {
    readonly dataset: Dataset;
    /** `mlflow.data.context` is the purpose, for example `training` or `eval`. */
    readonly tags: Readonly<Record<string, string>>;
}
/** An MLflow run at the time it was read. */
interface Run {
    readonly info: RunInfo;
    readonly data: RunData;
    readonly inputs: {
        readonly datasetInputs: readonly DatasetInput[];
    };
}
type RunViewType = "ACTIVE_ONLY" | "DELETED_ONLY" | "ALL";

/** Who made an assessment: a person, a model that judges, or a program. */
declare const AssessmentSourceType: {
    readonly HUMAN: "HUMAN";
    readonly LLM_JUDGE: "LLM_JUDGE";
    readonly CODE: "CODE";
    readonly SOURCE_TYPE_UNSPECIFIED: "SOURCE_TYPE_UNSPECIFIED";
};
type AssessmentSourceType = (typeof AssessmentSourceType)[keyof typeof AssessmentSourceType];
/** Who made an assessment. */
interface AssessmentSource$1 {
    readonly sourceType: AssessmentSourceType;
    /** The person, the model or the program. */
    readonly sourceId: string;
}
/** Why a value could not be determined, for example because a judge reached its rate limit. */
interface AssessmentError {
    readonly errorCode: string;
    readonly errorMessage?: string;
    /** Its last 10 000 characters are stored. */
    readonly stackTrace?: string;
}
/** JSON data: a text, number, boolean or null, or an array or object of them. */
type AssessmentValue = string | number | boolean | null | readonly AssessmentValue[] | {
    readonly [key: string]: AssessmentValue;
};
/**
 * Feedback, an expectation or an issue on a trace. `type` says which; a value that was read is an instance of `Feedback`
 * or `Expectation` accordingly.
 */
interface Assessment {
    readonly type: "feedback" | "expectation" | "issue";
    readonly name: string;
    /** For an issue: its name. Then `name` is its id. */
    readonly value: AssessmentValue;
    /** Only of feedback. */
    readonly error?: AssessmentError;
    readonly source: AssessmentSource$1;
    /** The reason for the value. */
    readonly rationale?: string;
    readonly metadata?: Readonly<Record<string, string>>;
    /** 16 hexadecimal digits, if the assessment is about one span of the trace. */
    readonly spanId?: string;
    readonly traceId?: string;
    /** `a-` and 32 hexadecimal digits. Undefined until the assessment is logged. */
    readonly assessmentId?: string;
    /** Milliseconds since the epoch. Undefined until the assessment is logged, as the next field. */
    readonly createTimeMs?: number;
    readonly lastUpdateTimeMs?: number;
    /** The id of the feedback that this one replaces. */
    readonly overrides?: string;
    /** False if another feedback overrides this one. */
    readonly valid?: boolean;
}

/** An image, a recording or a file of a trace. A reference in the trace replaces its content. */
interface Attachment {
    /** A UUID. */
    readonly id: string;
    /** The MIME type, such as `image/png`. */
    readonly contentType: string;
    readonly contentBytes: Uint8Array;
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
    /** Feedback, expectations and issues. */
    readonly assessments: readonly Assessment[];
}
interface TraceData {
    readonly spans: readonly Span[];
}
interface Trace$1 {
    readonly info: TraceInfo;
    readonly data: TraceData;
}
/** Names of trace metadata that MLflow reads. */
declare const TraceMetadataKey: {
    readonly SCHEMA_VERSION: "mlflow.trace_schema.version";
    readonly INPUTS: "mlflow.traceInputs";
    readonly OUTPUTS: "mlflow.traceOutputs";
    readonly TOKEN_USAGE: "mlflow.trace.tokenUsage";
    readonly SESSION: "mlflow.trace.session";
    readonly USER: "mlflow.trace.user";
    readonly TRACE_SESSION: "mlflow.trace.session";
    readonly TRACE_USER: "mlflow.trace.user";
    readonly SIZE_STATS: "mlflow.trace.sizeStats";
    readonly SIZE_BYTES: "mlflow.trace.sizeBytes";
    readonly SOURCE_RUN: "mlflow.sourceRun";
    readonly MODEL_ID: "mlflow.modelId";
    readonly MLFLOW_USER: "mlflow.user";
    readonly SOURCE_NAME: "mlflow.source.name";
    readonly SOURCE_TYPE: "mlflow.source.type";
    readonly GIT_COMMIT: "mlflow.source.git.commit";
    readonly GIT_BRANCH: "mlflow.source.git.branch";
    readonly GIT_REPO_URL: "mlflow.source.git.repoURL";
};
/** Names of trace tags that MLflow reads. */
declare const TraceTagKey: {
    readonly NAME: "mlflow.traceName";
    readonly ARTIFACT_LOCATION: "mlflow.artifactLocation";
    readonly MLFLOW_ARTIFACT_LOCATION: "mlflow.artifactLocation";
    readonly SPANS_LOCATION: "mlflow.trace.spansLocation";
    /** The prompts of a trace, a run or a model. Spans have an attribute with this name. */
    readonly LINKED_PROMPTS: "mlflow.linkedPrompts";
};

/** Where a record of a dataset comes from. */
declare const DatasetRecordSourceType: {
    readonly UNSPECIFIED: "UNSPECIFIED";
    readonly TRACE: "TRACE";
    readonly HUMAN: "HUMAN";
    readonly DOCUMENT: "DOCUMENT";
    readonly CODE: "CODE";
};
type DatasetRecordSourceType = (typeof DatasetRecordSourceType)[keyof typeof DatasetRecordSourceType];
/** Where a record of a dataset comes from. Mirrors `mlflow.entities.DatasetRecordSource`. */
interface DatasetRecordSource {
    readonly sourceType: DatasetRecordSourceType;
    /** For example `{ trace_id: "tr-…" }`. */
    readonly sourceData: PlainObject;
}
/** The fields that a record receives. */
interface NewDatasetRecord {
    readonly inputs: PlainObject;
    readonly outputs?: Plain;
    readonly expectations?: PlainObject;
    readonly tags?: Readonly<Record<string, string>>;
    readonly source?: DatasetRecordSource;
}
/** One record of a dataset, in its stored form. */
interface DatasetRecord extends NewDatasetRecord {
    /** `dr-` and 32 hexadecimal digits. */
    readonly recordId: string;
    readonly tags: Readonly<Record<string, string>>;
    /** Milliseconds since 1970. */
    readonly createdTimeMs: number;
    readonly lastUpdateTimeMs: number;
    readonly createdBy?: string;
    readonly lastUpdatedBy?: string;
}
/** A dataset without its records. */
interface StoredDataset {
    /** `d-` and 32 hexadecimal digits. */
    readonly datasetId: string;
    readonly name: string;
    /** Identifies a version of the dataset. */
    readonly digest: string;
    /** JSON text with the fields of the records and their types. Undefined before the first record. */
    readonly schema: string | undefined;
    /** JSON text such as `{"num_records": 2}`. Undefined before the first record. */
    readonly profile: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly experimentIds: readonly string[];
    /** Milliseconds since 1970. */
    readonly createdTimeMs: number;
    readonly lastUpdateTimeMs: number;
    readonly createdBy: string | undefined;
    readonly lastUpdatedBy: string | undefined;
}

type LoggedModelStatus = "PENDING" | "READY" | "FAILED";
/** MLflow's LoggedModel (servers since 3.0): a model with an id and artifacts of its own. */
interface LoggedModel {
    readonly modelId: string;
    readonly experimentId: string;
    readonly name: string;
    readonly artifactUri: string;
    readonly status: LoggedModelStatus;
    readonly modelType: string | undefined;
    readonly sourceRunId: string | undefined;
    readonly creationTimestampMs: number;
    readonly params: Readonly<Record<string, string>>;
    readonly tags: Readonly<Record<string, string>>;
}
/** A version of a registered model. */
interface ModelVersion {
    readonly name: string;
    readonly version: string;
    /** The URI of the model from which the version was created: `models:/m-…` or `runs:/…`. */
    readonly source: string;
    readonly runId: string | undefined;
    readonly modelId: string | undefined;
    readonly status: string;
    /** `None`, `Staging`, `Production` or `Archived`. */
    readonly currentStage: string;
    readonly description: string | undefined;
    /** Milliseconds since 1970. */
    readonly creationTimestampMs: number;
    readonly aliases: readonly string[];
    readonly tags: Readonly<Record<string, string>>;
}
/** A registered model: a name with versions. */
interface RegisteredModel {
    readonly name: string;
    readonly description: string | undefined;
    /** Milliseconds since 1970. */
    readonly creationTimeMs: number;
    readonly lastUpdateTimeMs: number;
    readonly tags: Readonly<Record<string, string>>;
    /** The version of each alias. */
    readonly aliases: Readonly<Record<string, string>>;
}
/** The stages of a version. */
declare const MODEL_STAGES: readonly ["None", "Staging", "Production", "Archived"];
type ModelStage = (typeof MODEL_STAGES)[number];
/** Orders logged models by an attribute, or by a metric. */
interface LoggedModelOrder {
    /** For example `creation_timestamp`, or `metrics.accuracy`. */
    readonly fieldName: string;
    /** Default: true. */
    readonly ascending?: boolean;
}

/** One version of a registered scorer. Mirrors `mlflow.entities.ScorerVersion`. */
interface ScorerVersion {
    readonly experimentId: string;
    readonly name: string;
    /** From 1 up. */
    readonly version: number;
    readonly scorerId: string;
    /** Milliseconds since the epoch. */
    readonly creationTimeMs: number;
    /** The definition, as JSON text. Python's `SerializedScorer` describes it. */
    readonly serializedScorer: string;
}

interface Experiment {
    readonly experimentId: string;
    readonly name: string;
    readonly artifactLocation: string;
    readonly lifecycleStage: "active" | "deleted";
    readonly tags: Readonly<Record<string, string>>;
}

/** The values of an option or an argument. */
interface Kind<T> {
    /** A description of the values, for error messages. */
    readonly want: string;
    /** Returns the value, or a copy of it. Returns undefined, or throws, for other values. */
    readonly read: (value: unknown) => T | undefined;
}
/** The values of an option that every call must have. */
type RequiredKind<T> = Kind<T> & {
    readonly isRequired: true;
};

/** Declares an object of options, some of which are required: see `required()`. */
type NamedKinds<Options> = {
    readonly [Name in keyof Options]-?: Record<never, never> extends Pick<Options, Name> ? Kind<Exclude<Options[Name], undefined>> : RequiredKind<Options[Name]>;
};

/** The parts of a model. */
interface ModelParts {
    /** The path of a file that calls `mlflow.models.setModel(model)`, or a LangChain object. */
    readonly lcModel: string | LangChainModel;
    /** Files and folders that the model file imports by path. They keep their places relative to it. */
    readonly codePaths?: readonly string[];
    /** The values of `new mlflow.models.ModelConfig()` in the model file. They are stored: do not pass secrets. */
    readonly modelConfig?: Readonly<Record<string, unknown>>;
    /** Packages that the code needs but does not import with a literal name: `"pg"`, `"pg@8.11.0"`. */
    readonly extraDependencies?: readonly string[];
    /** Whether MLflow's Python client can load the model, through a Node.js process that it starts. Default: true. */
    readonly pythonFunction?: boolean;
    /**
     * Whether the model contains one file, `bundle.mjs`, with its code and all packages, so that loading it installs nothing. It
     * needs esbuild in the app. Packages with native code cannot be in it. Default: false.
     */
    readonly bundle?: boolean;
}

interface WriteModelOptions extends ModelParts {
    /** An input for `invoke`, which is stored. Without a `signature`, the model is called with it once to infer the signature. */
    readonly inputExample?: unknown;
    /** Parameters for `predict` beside the example. They are stored, and become the defaults of an inferred signature: do not pass secrets. */
    readonly inputExampleParams?: Readonly<Record<string, unknown>>;
    /** The model's inputs, outputs and parameters; see {@link inferSignature}. `false` logs no signature, and the model is not called. */
    readonly signature?: ModelSignature | false;
    /** Any metadata of yours, which is stored with the model: do not pass secrets. */
    readonly metadata?: Readonly<Record<string, unknown>>;
}

interface LogModelOptions extends WriteModelOptions {
    /** The model's name, without `/ : . % " '`. Default: `model`. */
    readonly name?: string;
    /** MLflow 2's word for `name`. */
    readonly artifactPath?: string;
    /** The run to log to. Default: the active run, if any. Servers before MLflow 3.0 and local stores keep models in runs: without a run, one is created. */
    readonly runId?: string;
    /** Registers the model as a version of this registered model, which is created if it does not exist. */
    readonly registeredModelName?: string;
    /** Parameters of the logged model. Like `tags` and `modelType`, only servers since MLflow 3.0 store them. */
    readonly params?: Readonly<Record<string, unknown>>;
    readonly tags?: Readonly<Record<string, string>>;
    readonly modelType?: string;
    /** The step of the run at which the model was made. Default: 0. */
    readonly step?: number;
}
/**
 * Logs a model to MLflow. The model is either
 *
 * - a file that calls `mlflow.models.setModel(model)` (`.js`, `.mjs`, `.cjs`, `.ts`, `.mts`, `.cts`), stored unchanged with its
 *   `codePaths`; `createAgent` agents, LangGraph graphs, retrievers, tools and chains with functions are logged this way;
 * - or a Runnable, stored as data if LangChain's own serialization restores the same object.
 *
 * The exact versions of its packages, the names of the environment variables it reads, the example and the signature are logged
 * with it. Keys, headers and base URLs are never logged. Mirrors `mlflow.langchain.log_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE, before anything is sent, for invalid options, for code that throws or logs
 * itself, and for a Runnable that cannot be stored as data. The message names the part and the fix.
 */
declare function logModel(options: LogModelOptions): Promise<ModelInfo>;
interface SaveModelOptions extends WriteModelOptions {
    /** The folder to write. It is created; if it exists, it must be empty. */
    readonly path: string;
}
/**
 * Writes a model to a local folder, in MLflow's layout, without a run or a server. {@link logModel} describes what can be a model.
 * Mirrors `mlflow.langchain.save_model`.
 *
 * @throws MlflowException RESOURCE_ALREADY_EXISTS when the folder is not empty; INVALID_PARAMETER_VALUE when the model cannot be
 * saved. The folder is removed then.
 */
declare function saveModel(options: SaveModelOptions): Promise<ModelInfo>;

/**
 * Returns the packages that a model needs, by name, in the exact versions it was logged with. To get its `package.json`, which
 * `npm ci` installs, use {@link downloadArtifacts}. Mirrors `mlflow.langchain.get_model_dependencies`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model, or the model has another flavor.
 */
declare function getModelDependencies(modelUri: string, options?: DownloadOptions): Promise<Readonly<Record<string, string>>>;
interface DownloadOptions {
    /** A folder that the model is downloaded to and stays in. Default: a temporary folder. */
    readonly dstPath?: string;
}

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

/** The artifacts of a URI, or of a run. */
interface ArtifactsOptions {
    /**
     * `runs:/<run id>/<path>`; `models:/<name>/<version>`, `models:/<name>@<alias>`, `models:/<name>/latest` or
     * `models:/<model id>`, each with an optional path; a storage URI such as `mlflow-artifacts:/…`; a `file:` URI; or a
     * local path.
     */
    readonly artifactUri?: string;
    readonly runId?: string;
    /** With `runId`: a path from the root of the run's artifacts. Default: all artifacts. */
    readonly artifactPath?: string;
}
interface DownloadArtifactsOptions extends ArtifactsOptions {
    /**
     * The directory to download to; created if it is missing. Default: artifacts on this machine are not copied, and
     * others are downloaded to a new temporary directory.
     */
    readonly dstPath?: string;
}
/**
 * Downloads an artifact, or a directory of artifacts, and returns its local path. Files are streamed, several at a time,
 * and failed requests are retried. A file appears only when it is complete, and no file is written outside `dstPath`. On
 * a terminal, stderr shows a progress bar. Mirrors `mlflow.artifacts.download_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options. RESOURCE_DOES_NOT_EXIST if there are no artifacts.
 */
declare function downloadArtifacts(options: DownloadArtifactsOptions): Promise<string>;
/**
 * Lists the files and directories that are directly in a directory of artifacts; empty for a file. As in Python, paths
 * start at the root of the run's artifacts, or with the last name of the URI. Mirrors `mlflow.artifacts.list_artifacts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options. RESOURCE_DOES_NOT_EXIST if the run or model does
 * not exist.
 */
declare function listArtifacts(options: ArtifactsOptions): Promise<readonly ArtifactInfo[]>;

interface NotSerialized {
    lc: number;
    type: "not_implemented";
    id: string[];
}
/**
 * A LangChain callback handler, made of listeners. Its methods are synchronous and never throw. It extends no class
 * of LangChain's, so that it works with every copy and version of `@langchain/core`. It has all members of LangChain's
 * `BaseCallbackHandler`, so that TypeScript accepts it as one.
 */
declare abstract class CallbackHandler {
    abstract readonly name: string;
    /** LangChain waits for each callback: times are exact, and events arrive in order, in the caller's async context. */
    readonly awaitHandlers = true;
    readonly raiseError = false;
    readonly ignoreLLM = false;
    readonly ignoreChain = false;
    readonly ignoreAgent = false;
    readonly ignoreRetriever = false;
    readonly ignoreCustomEvent = true;
    readonly lc_serializable = false;
    readonly lc_namespace: ["langchain_core", "callbacks", string];
    readonly lc_kwargs: {};
    readonly lc_secrets: undefined;
    readonly lc_attributes: undefined;
    readonly lc_aliases: undefined;
    readonly lc_serializable_keys: undefined;
    /** Returns this handler: its state is kept by run id. */
    copy(): this;
    get lc_id(): string[];
    /** Returns the form in which LangChain serializes an object that it does not restore. */
    toJSON(): NotSerialized;
    toJSONNotImplemented(): NotSerialized;
    handleChainStart(...args: unknown[]): void;
    handleChainEnd(...args: unknown[]): void;
    handleChainError(...args: unknown[]): void;
    handleLLMStart(...args: unknown[]): void;
    handleLLMNewToken(...args: unknown[]): void;
    handleChatModelStreamEvent(...args: unknown[]): void;
    handleLLMEnd(...args: unknown[]): void;
    handleLLMError(...args: unknown[]): void;
    handleToolStart(...args: unknown[]): void;
    handleToolEnd(...args: unknown[]): void;
    handleToolError(...args: unknown[]): void;
    handleRetrieverStart(...args: unknown[]): void;
    handleRetrieverEnd(...args: unknown[]): void;
    handleRetrieverError(...args: unknown[]): void;
    handleText(...args: unknown[]): void;
    handleAgentAction(...args: unknown[]): void;
    handleAgentEnd(...args: unknown[]): void;
}

/**
 * The options of `new MlflowCallbackHandler()`: the run that it logs to, and where its files go. All are optional. A new run
 * uses `name`, `experiment` and `tags`.
 */
interface MlflowCallbackHandlerOptions {
    /** The name of a new run. A trailing `-%` becomes `-` and seven random characters. Default: `langchainrun-%`. */
    readonly name?: string;
    /** The name of the experiment, which is created if it does not exist. Default: the active experiment (Python: `langchain`). */
    readonly experiment?: string;
    /** Tags of the run. */
    readonly tags?: Readonly<Record<string, string>>;
    /** The tracking URI of this handler. Default: the current tracking URI. */
    readonly trackingUri?: string;
    /** The id of an existing run to log to. */
    readonly runId?: string;
    /** The directory for the files, in the run's artifacts. Default: the root of the artifacts. */
    readonly artifactsDir?: string;
}
/** The options of {@link MlflowCallbackHandler.flushTracker}. */
interface FlushTrackerOptions {
    /**
     * Whether to reset the handler, and to end the run if the handler started it. The run ends as FAILED if the last root
     * call failed, and as FINISHED otherwise. Default: false.
     */
    readonly finish?: boolean;
}
/**
 * Logs LangChain calls to an MLflow run. Logs counters, token usage and the readability of answers as metrics, each step
 * as a JSON file, and all steps as tables. Pass the handler as a callback, `{ callbacks: [handler] }`, and call
 * {@link flushTracker} at the end. Mirrors `MlflowCallbackHandler` of langchain_community.
 *
 * The handler logs to the run with the id `runId`. Without `runId`, `experiment` and `trackingUri`, it logs to the run that
 * is active at the first event. In all other cases, or if no run is active, it starts a new run. The handler never throws
 * into a chain, and logs each problem once to stderr.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for unknown or invalid options.
 */
declare class MlflowCallbackHandler extends CallbackHandler {
    #private;
    readonly name = "MlflowCallbackHandler";
    constructor(options?: MlflowCallbackHandlerOptions);
    /**
     * Waits until all recorded data is delivered: metrics, JSON files, `chat_html.html`, and the tables
     * `table_action_records` and `table_session_analysis`, each as HTML and as an MLflow table. Each flush replaces
     * `chat_html.html` and the tables.
     *
     * @param langchainAsset the model to log as `langchain-model`, with the last input as its example. Pass the path of a
     * file that calls `mlflow.models.setModel(model)`, or a model that LangChain can serialize; see `logModel()`.
     * @throws MlflowException INVALID_PARAMETER_VALUE for an asset that cannot be logged, or for invalid options. If the
     * store refuses data, the promise rejects with the error of the store.
     */
    flushTracker(langchainAsset?: string | LangChainModel, options?: FlushTrackerOptions): Promise<void>;
    /** The id of the run. Undefined until the run is created. */
    get runId(): string | undefined;
}

/** The options of `MlflowClient`. */
interface MlflowClientOptions {
    /** The store: a server, or a local folder. Default: the current tracking URI, at each call. */
    readonly trackingUri?: string;
}
/** What all methods of the client share: the store, and how options are checked. */
declare class StoreClient {
    constructor(options?: MlflowClientOptions);
}
/** The options of searches. */
interface EntitySearch extends EntityQuery {
    /** Another name of `filter`, as in Python. */
    readonly filterString?: string;
}

interface LogOptions {
    /** The run to log to. Default: the active run. If no run is active, a new one starts, which ends with the process. */
    readonly runId?: string;
}

/** The value of a param or tag. Strings are stored unchanged, objects as JSON, and other values as `String(value)`. */
type LoggedValue = string | number | bigint | boolean | null | object;
interface LogMetricOptions extends LogOptions {
    /** An integer. Default: 0. */
    readonly step?: number;
    /** Milliseconds since 1970. Default: now. */
    readonly timestampMs?: number;
}
/**
 * Logs a param of a run. A logged param cannot be changed. Mirrors `mlflow.log_param`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key or value that MLflow does not accept.
 */
declare function logParam(key: string, value: LoggedValue, options?: LogOptions): Promise<void>;
/** Logs several params. Mirrors `mlflow.log_params`. */
declare function logParams(params: Readonly<Record<string, LoggedValue>>, options?: LogOptions): Promise<void>;
/**
 * Logs one point of a metric. Mirrors `mlflow.log_metric`.
 *
 * @param options the step, as in Python, or an object of options.
 * @example
 * await mlflow.logMetric("loss", 0.25, 3);
 * await mlflow.logMetric("loss", 0.25, { step: 3, runId });
 * @throws MlflowException INVALID_PARAMETER_VALUE for a key, value, step or time that MLflow does not accept.
 */
declare function logMetric(key: string, value: number, options?: number | LogMetricOptions): Promise<void>;
/** Logs one point for each of several metrics. `options` are those of {@link logMetric}. Mirrors `mlflow.log_metrics`. */
declare function logMetrics(metrics: Readonly<Record<string, number>>, options?: number | LogMetricOptions): Promise<void>;
/** Sets a tag of a run, replacing an earlier value. Mirrors `mlflow.set_tag`. */
declare function setTag(key: string, value: LoggedValue, options?: LogOptions): Promise<void>;
/** Sets several tags of a run. Mirrors `mlflow.set_tags`. */
declare function setTags(tags: Readonly<Record<string, LoggedValue>>, options?: LogOptions): Promise<void>;
/** Deletes a tag of a run. Deleting a missing tag is a failure. Mirrors `mlflow.delete_tag`. */
declare function deleteTag(key: string, options?: LogOptions): Promise<void>;

/** The options of {@link deleteTraces}: either `traceIds` or `maxTimestampMillis` is required. */
interface DeleteTracesOptions {
    readonly experimentId: string;
    readonly traceIds?: readonly string[];
    /** Deletes the traces that started at this time or before: milliseconds since 1970. */
    readonly maxTimestampMillis?: number;
    /** The number of traces to delete, the oldest first. Only with `maxTimestampMillis`. Default: all. */
    readonly maxTraces?: number;
}
/**
 * Deletes traces of an experiment with their spans and assessments, for good. Ignores ids that do not exist. Mirrors
 * `MlflowClient.delete_traces`.
 *
 * @returns the number of traces that were deleted.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, and for options that exclude
 * each other; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteTraces({ experimentId: "0", maxTimestampMillis: Date.now() - 30 * 24 * 3_600_000 });
 */
declare function deleteTraces(options: DeleteTracesOptions): Promise<number>;

/** The options of an {@link AssessmentSource}, and its plain form. */
interface AssessmentSourceOptions {
    /** One of `AssessmentSourceType`, in any case. */
    readonly sourceType: AssessmentSourceType | Lowercase<AssessmentSourceType>;
    /** The person, the model or the program. Default: `default`. */
    readonly sourceId?: string;
}
/**
 * Who made an assessment. A plain object `{ sourceType, sourceId }` is accepted wherever a source is. Mirrors
 * `mlflow.entities.AssessmentSource`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option or type.
 * @example
 * new AssessmentSource({ sourceType: AssessmentSourceType.HUMAN, sourceId: "ann@example.com" });
 */
declare class AssessmentSource implements AssessmentSource$1 {
    readonly sourceType: AssessmentSourceType;
    readonly sourceId: string;
    constructor(options: AssessmentSourceOptions);
}
/** The options of an {@link Expectation}. */
interface ExpectationOptions {
    readonly name: string;
    /** The right value: any JSON data but null. */
    readonly value: AssessmentValue | object;
    /** Default: type `HUMAN`, id `default`. */
    readonly source?: AssessmentSourceOptions;
    /** Numbers and booleans become texts. */
    readonly metadata?: Readonly<Record<string, string | number | boolean>>;
    /** The span that it is about: 16 hexadecimal digits. Default: the whole trace. */
    readonly spanId?: string;
}
/** The options of {@link Feedback}. */
interface FeedbackOptions extends Omit<ExpectationOptions, "name" | "value"> {
    /** Default: `feedback`. */
    readonly name?: string;
    /** Any JSON data. Required without `error`. */
    readonly value?: AssessmentValue | object;
    /** Why there is no value. The code of a text is `ASSESSMENT_ERROR`, and that of an Error is its class. */
    readonly error?: Error | AssessmentError | string;
    /** Default: type `CODE`, id `default`. */
    readonly source?: AssessmentSourceOptions;
    /** The reason for the value. */
    readonly rationale?: string;
}
/** The fields of an assessment. `Object.assign` writes them, so that absent ones are not own fields. */
declare class Fields {
    readonly name: string;
    readonly value: AssessmentValue;
    readonly source: AssessmentSource$1;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly spanId?: string;
    readonly traceId?: string;
    readonly assessmentId?: string;
    readonly createTimeMs?: number;
    readonly lastUpdateTimeMs?: number;
    readonly overrides?: string;
    readonly valid?: boolean;
}
/**
 * An opinion on a trace or a span: of a user, a judge or a program. Mirrors `mlflow.entities.Feedback`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `value` and `error`.
 * @example
 * new Feedback({ name: "correct", value: true, source: { sourceType: "HUMAN", sourceId: "ann" } });
 */
declare class Feedback extends Fields implements Assessment {
    readonly type: "feedback";
    readonly error?: AssessmentError;
    readonly rationale?: string;
    constructor(options: FeedbackOptions);
}
/**
 * What the right output of a trace or a span would be. Mirrors `mlflow.entities.Expectation`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new Expectation({ name: "capital", value: "Paris" });
 */
declare class Expectation extends Fields implements Assessment {
    readonly type: "expectation";
    constructor(options: ExpectationOptions);
}

interface OfTrace {
    readonly traceId: string;
}
interface OfAssessment extends OfTrace {
    readonly assessmentId: string;
}
/** The options of {@link logFeedback}. */
interface LogFeedbackOptions extends OfTrace, FeedbackOptions {
}
/** The options of {@link logExpectation}. */
interface LogExpectationOptions extends OfTrace, ExpectationOptions {
}
/** The options of {@link logAssessment}. */
interface LogAssessmentOptions extends OfTrace {
    readonly assessment: Assessment;
}
/** The options of {@link updateAssessment}. */
interface UpdateAssessmentOptions extends OfAssessment {
    readonly assessment: Assessment;
}
/** The options of {@link overrideFeedback}. */
interface OverrideFeedbackOptions extends OfAssessment, Omit<FeedbackOptions, "name" | "error" | "spanId"> {
}
/**
 * Logs feedback to a trace, for example of a user: a thumb, a rating, a comment. Waits until the trace is delivered, if it
 * is one of this process. Mirrors `mlflow.log_feedback`.
 *
 * @returns the feedback with its id and times.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await logFeedback({ traceId, name: "thumb", value: true, source: { sourceType: "HUMAN", sourceId: "ann" } });
 */
declare function logFeedback(options: LogFeedbackOptions): Promise<Assessment>;
/**
 * Logs the right value for a trace, for example the answer that a person expects. Waits and throws as {@link logFeedback}.
 * Mirrors `mlflow.log_expectation`.
 *
 * @example
 * await logExpectation({ traceId, name: "capital", value: "Paris" });
 */
declare function logExpectation(options: LogExpectationOptions): Promise<Assessment>;
/**
 * Logs a `Feedback` or an `Expectation` to a trace. Waits and throws as {@link logFeedback}. Mirrors `mlflow.log_assessment`.
 *
 * @example
 * await logAssessment({ traceId, assessment: new Expectation({ name: "capital", value: "Paris" }) });
 */
declare function logAssessment(options: LogAssessmentOptions): Promise<Assessment>;
/**
 * Changes an assessment: its name, its value or error, its rationale where `assessment` has one, and the keys of its
 * metadata. Its source and span do not change. Throws as {@link logFeedback}, and INVALID_PARAMETER_VALUE if one is feedback
 * and the other an expectation. Mirrors `mlflow.update_assessment`.
 *
 * @example
 * await updateAssessment({ traceId, assessmentId, assessment: new Feedback({ name: "thumb", value: false }) });
 */
declare function updateAssessment(options: UpdateAssessmentOptions): Promise<Assessment>;
/**
 * Logs feedback that replaces another one, for example of a judge that was wrong. The other one stays, with `valid: false`.
 * Name and span are those of the other one. Throws as {@link logFeedback}, and INVALID_PARAMETER_VALUE if the assessment
 * is no feedback. Mirrors `mlflow.override_feedback`.
 *
 * @example
 * await overrideFeedback({ traceId, assessmentId, value: true, rationale: "The judge is wrong." });
 */
declare function overrideFeedback(options: OverrideFeedbackOptions): Promise<Assessment>;

/** Which spans {@link Trace.searchSpans} returns: those with all of these. */
interface SearchSpansOptions {
    readonly spanType?: SpanType;
    /** The name, or an expression that matches a part of it. */
    readonly name?: string | RegExp;
    readonly spanId?: string;
}
/** A span of a trace that was read from a store. */
interface ReadSpan extends Span {
    /** The attribute `mlflow.spanLogLevel`, as `logLevel` of a {@link LiveSpan}. Null if the span does not have it. */
    readonly logLevel: SpanLogLevel | null;
}
/** A trace that was read from a store. */
interface Trace {
    readonly info: TraceInfo;
    readonly data: {
        readonly spans: readonly ReadSpan[];
    };
    /**
     * Returns the trace as JSON text, which Python's `mlflow.entities.Trace.from_json` reads. `JSON.stringify()` returns the
     * same data.
     */
    toJson(): string;
    /**
     * Returns the spans that match all options, in the order of the trace. Mirrors `Trace.search_spans` of Python.
     *
     * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
     */
    searchSpans(options?: SearchSpansOptions): ReadSpan[];
}

/** Which experiments a search reads, and what it returns of them. */
interface SearchOptions {
    /** Default: the active experiment. */
    readonly experimentIds?: readonly string[];
    /** Another name of `experimentIds`, as in Python's `search_traces`. */
    readonly locations?: readonly string[];
    /** The experiments by name, instead of `experimentIds`. A name that does not exist is ignored, with a warning. */
    readonly experimentNames?: readonly string[];
    /** Searches all active experiments, if neither ids nor names are given. Default: false. */
    readonly searchAllExperiments?: boolean;
    /** MLflow's filter language. */
    readonly filter?: string;
    /** Another name of `filter`, as in Python. */
    readonly filterString?: string;
    /** Keys with an optional `ASC` or `DESC`. */
    readonly orderBy?: readonly string[];
    /** The number of items per page. */
    readonly maxResults?: number;
}

/** Iterates over all results; `.page()` returns one page. */
interface Search<T> extends AsyncIterable<T> {
    page(pageToken?: string): Promise<Page<T>>;
}

/**
 * The options of {@link searchTraces}: which traces it returns, in which order, with or without spans. All are optional:
 * without options, it returns all traces of the active experiment, newest first.
 */
interface SearchTracesOptions extends SearchOptions {
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
type TraceSearch = Search<Trace>;
/**
 * Searches traces, newest first by default. Mirrors `mlflow.search_traces`, and accepts its names of options too.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store, and with INVALID_PARAMETER_VALUE if the run `runId` is in another experiment.
 * @example
 * for await (const trace of searchTraces({ filter: "attributes.status = 'ERROR'" })) console.log(trace.info.traceId);
 */
declare function searchTraces(options?: SearchTracesOptions): TraceSearch;

/** The options of `MlflowClient.searchTraces()`. */
interface ClientSearchTracesOptions extends SearchTracesOptions {
    readonly pageToken?: string;
}
/** One page of traces. */
interface TracePage {
    readonly traces: readonly Trace[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
interface TraceTag {
    readonly traceId: string;
    readonly key: string;
    readonly value: string;
}
declare class TraceClient extends StoreClient {
    /** Returns a trace with its spans. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
    getTrace(traceId: string): Promise<Trace>;
    /** Returns a trace without its spans. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
    getTraceInfo(traceId: string): Promise<TraceInfo>;
    /** Returns one page of the traces that match, newest first by default. Default: of the active experiment. */
    searchTraces(options?: ClientSearchTracesOptions): Promise<TracePage>;
    /** See {@link logFeedback}. */
    logFeedback(options: LogFeedbackOptions): Promise<Assessment>;
    /** See {@link logExpectation}. */
    logExpectation(options: LogExpectationOptions): Promise<Assessment>;
    /** Sets a tag of a trace, also of one that is still open in this process. */
    setTraceTag(options: TraceTag): Promise<void>;
    /** Deletes a tag of a trace. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
    deleteTraceTag(options: Omit<TraceTag, "value">): Promise<void>;
    /** See {@link deleteTraces}. */
    deleteTraces(options: DeleteTracesOptions): Promise<number>;
}

interface OfExperiment {
    readonly experimentId: string;
}
/** The options of `MlflowClient.createExperiment()`. */
interface CreateExperimentOptions {
    readonly name: string;
    /** The URI of the folder of its artifacts. Default: the store chooses it. */
    readonly artifactLocation?: string;
    readonly tags?: Readonly<Record<string, string>>;
}
/** The options of `MlflowClient.searchExperiments()`. */
interface SearchExperimentsOptions extends EntitySearch {
    /** Default: `ACTIVE_ONLY`. */
    readonly viewType?: RunViewType;
}
/** One page of experiments. */
interface ExperimentPage {
    readonly experiments: readonly Experiment[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
declare class ExperimentClient extends TraceClient {
    /**
     * Creates an experiment and returns its id. The arguments of MLflow's TypeScript SDK are accepted, too.
     *
     * @throws MlflowException RESOURCE_ALREADY_EXISTS if an experiment, active or deleted, has that name.
     */
    createExperiment(options: CreateExperimentOptions | string, artifactLocation?: string, tags?: Readonly<Record<string, string>>): Promise<string>;
    /** Returns an experiment, also a deleted one. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getExperiment(options: OfExperiment): Promise<Experiment>;
    /** Returns an experiment, also a deleted one. Undefined if no experiment has that name. */
    getExperimentByName(options: {
        readonly name: string;
    }): Promise<Experiment | undefined>;
    /** Returns one page of experiments, newest first by default. */
    searchExperiments(options?: SearchExperimentsOptions): Promise<ExperimentPage>;
    /** Marks an experiment and its runs as deleted. The id alone is accepted, as in MLflow's TypeScript SDK. */
    deleteExperiment(options: OfExperiment | string): Promise<void>;
    /** Restores a deleted experiment and its runs. */
    restoreExperiment(options: OfExperiment): Promise<void>;
    /** Gives an active experiment another name. */
    renameExperiment(options: OfExperiment & {
        readonly newName: string;
    }): Promise<void>;
    /** Sets a tag of an active experiment. */
    setExperimentTag(options: OfExperiment & {
        readonly key: string;
        readonly value: string;
    }): Promise<void>;
    /** Deletes a tag of an active experiment. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    deleteExperimentTag(options: OfExperiment & {
        readonly key: string;
    }): Promise<void>;
}

/** One point of a metric for `MlflowClient.logBatch()`. */
interface MetricPoint {
    readonly key: string;
    readonly value: number;
    /** Default: 0. */
    readonly step?: number;
    /** Milliseconds since 1970. Default: now. */
    readonly timestampMs?: number;
}
/** The options of `MlflowClient.logBatch()`. */
interface LogBatchOptions {
    readonly runId: string;
    readonly metrics?: readonly MetricPoint[];
    readonly params?: Readonly<Record<string, LoggedValue>>;
    readonly tags?: Readonly<Record<string, LoggedValue>>;
}

interface OfRun {
    readonly runId: string;
}
/** The options of `MlflowClient.createRun()`. */
interface CreateRunOptions {
    readonly experimentId: string;
    /** Default: the store generates one. */
    readonly runName?: string;
    /** Milliseconds since 1970. Default: now. */
    readonly startTimeMs?: number;
    readonly tags?: Readonly<Record<string, LoggedValue>>;
}
/** The options of `MlflowClient.searchRuns()`. */
interface ClientSearchRunsOptions extends EntitySearch {
    /** Default: the active experiment. */
    readonly experimentIds?: readonly string[];
    /** Default: `ACTIVE_ONLY`. */
    readonly runViewType?: RunViewType;
}
/** One page of runs. */
interface RunPage {
    readonly runs: readonly Run[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
interface UpdateRunOptions extends OfRun {
    readonly status?: RunStatus;
    readonly name?: string;
}
/** The options of `MlflowClient.setTerminated()`. */
interface SetTerminatedOptions extends OfRun {
    /** Default: `FINISHED`. */
    readonly status?: RunStatus;
    /** Milliseconds since 1970. Default: now. */
    readonly endTimeMs?: number;
}
declare class RunClient extends ExperimentClient {
    /** Creates a run. It does not become active: pass its id to the other methods. */
    createRun(options: CreateRunOptions): Promise<Run>;
    /** Returns a run, also a deleted one. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getRun(options: OfRun): Promise<Run>;
    /** Returns the run that this one is nested in. Undefined for a run that is not nested. */
    getParentRun(options: OfRun): Promise<Run | undefined>;
    /** Returns one page of the runs that match, newest first by default. */
    searchRuns(options?: ClientSearchRunsOptions): Promise<RunPage>;
    /** Marks a run as deleted. */
    deleteRun(options: OfRun): Promise<void>;
    /** Restores a deleted run. */
    restoreRun(options: OfRun): Promise<void>;
    /** Changes the status or the name of a run. */
    updateRun(options: UpdateRunOptions): Promise<void>;
    /** Ends a run. */
    setTerminated(options: SetTerminatedOptions): Promise<void>;
    /** Logs metrics, params and tags together. Longer lists than MLflow accepts are sent in parts. */
    logBatch(options: LogBatchOptions): Promise<void>;
    /** Logs one point of a metric. */
    logMetric(options: OfRun & MetricPoint): Promise<void>;
    /** Logs a param. A logged param cannot be changed. */
    logParam(options: OfRun & {
        readonly key: string;
        readonly value: LoggedValue;
    }): Promise<void>;
    /** Sets a tag. */
    setTag(options: OfRun & {
        readonly key: string;
        readonly value: LoggedValue;
    }): Promise<void>;
    /** Deletes a tag. @throws MlflowException RESOURCE_DOES_NOT_EXIST if it does not exist. */
    deleteTag(options: OfRun & {
        readonly key: string;
    }): Promise<void>;
    /** Returns all points of a metric, in the order in which they were logged. */
    getMetricHistory(options: OfRun & {
        readonly key: string;
    }): Promise<readonly Metric[]>;
}

interface OfModel {
    readonly name: string;
}
/** The options of `MlflowClient.createRegisteredModel()`. */
interface CreateRegisteredModelOptions extends OfModel {
    readonly tags?: Readonly<Record<string, string>>;
    readonly description?: string;
}
interface LatestVersionsOptions extends OfModel {
    readonly stages?: readonly string[];
}
/** One page of registered models. */
interface RegisteredModelPage {
    readonly registeredModels: readonly RegisteredModel[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
declare class RegisteredModelClient extends RunClient {
    /** Creates a registered model. @throws MlflowException RESOURCE_ALREADY_EXISTS if the name is taken. */
    createRegisteredModel(options: CreateRegisteredModelOptions): Promise<RegisteredModel>;
    /** Returns a registered model. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getRegisteredModel(options: OfModel): Promise<RegisteredModel>;
    /** Returns one page of registered models, by name unless `orderBy` sets another order. */
    searchRegisteredModels(options?: EntitySearch): Promise<RegisteredModelPage>;
    /** Gives a registered model another name. @throws MlflowException RESOURCE_ALREADY_EXISTS if it is taken. */
    renameRegisteredModel(options: OfModel & {
        readonly newName: string;
    }): Promise<RegisteredModel>;
    /** Sets the description of a registered model. */
    updateRegisteredModel(options: OfModel & {
        readonly description: string;
    }): Promise<RegisteredModel>;
    /** Deletes a registered model and its versions. */
    deleteRegisteredModel(options: OfModel): Promise<void>;
    /** Sets a tag of a registered model. */
    setRegisteredModelTag(options: OfModel & {
        readonly key: string;
        readonly value: string;
    }): Promise<void>;
    /** Deletes a tag of a registered model. Ignores one that does not exist. */
    deleteRegisteredModelTag(options: OfModel & {
        readonly key: string;
    }): Promise<void>;
    /** Sets an alias for a version: `models:/<name>@<alias>`. */
    setRegisteredModelAlias(options: OfModel & {
        readonly alias: string;
        readonly version: string | number;
    }): Promise<void>;
    /** Deletes an alias. Ignores one that does not exist. */
    deleteRegisteredModelAlias(options: OfModel & {
        readonly alias: string;
    }): Promise<void>;
    /** Returns the highest version of each of these stages. Default: of all stages. */
    getLatestVersions(options: LatestVersionsOptions): Promise<readonly ModelVersion[]>;
}

interface OfVersion {
    /** The name of the registered model. */
    readonly name: string;
    readonly version: string | number;
}
/** The options of `MlflowClient.createModelVersion()`. */
interface CreateModelVersionOptions {
    /** The name of the registered model. */
    readonly name: string;
    /** The URI of the model: `models:/m-…`, `runs:/…` or the URI of a folder. */
    readonly source: string;
    readonly runId?: string;
    readonly modelId?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly description?: string;
}
/** The options of `MlflowClient.transitionModelVersionStage()`. */
interface TransitionOptions extends OfVersion {
    /** `None`, `Staging`, `Production` or `Archived`, in any case. */
    readonly stage: ModelStage | Lowercase<ModelStage>;
    /** Whether other versions in this stage are archived. Only for `Staging` and `Production`. Default: false. */
    readonly archiveExistingVersions?: boolean;
}
/** One page of versions of registered models. */
interface ModelVersionPage {
    readonly modelVersions: readonly ModelVersion[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
declare class ModelVersionClient extends RegisteredModelClient {
    /** Creates a version of a registered model. @throws MlflowException RESOURCE_DOES_NOT_EXIST if the model does not exist. */
    createModelVersion(options: CreateModelVersionOptions): Promise<ModelVersion>;
    /** Returns a version. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getModelVersion(options: OfVersion): Promise<ModelVersion>;
    /** Returns the version of an alias. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getModelVersionByAlias(options: {
        readonly name: string;
        readonly alias: string;
    }): Promise<ModelVersion>;
    /** Returns one page of versions, for example with `filter: "name = 'agent'"`. */
    searchModelVersions(options?: EntitySearch): Promise<ModelVersionPage>;
    /** Sets the description of a version. */
    updateModelVersion(options: OfVersion & {
        readonly description: string;
    }): Promise<ModelVersion>;
    /** Deletes a version and its aliases. */
    deleteModelVersion(options: OfVersion): Promise<void>;
    /** Moves a version to a stage. MLflow recommends aliases instead of stages. */
    transitionModelVersionStage(options: TransitionOptions): Promise<ModelVersion>;
    /** Sets a tag of a version. */
    setModelVersionTag(options: OfVersion & {
        readonly key: string;
        readonly value: string;
    }): Promise<void>;
    /** Deletes a tag of a version. Ignores one that does not exist. */
    deleteModelVersionTag(options: OfVersion & {
        readonly key: string;
    }): Promise<void>;
    /** Returns the URI of the files of a version. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getModelVersionDownloadUri(options: OfVersion): Promise<string>;
}

interface OfLoggedModel {
    readonly modelId: string;
}
/** The options of `MlflowClient.createLoggedModel()`. */
interface CreateLoggedModelOptions {
    readonly experimentId: string;
    readonly name: string;
    readonly sourceRunId?: string;
    readonly modelType?: string;
    readonly tags?: Readonly<Record<string, string>>;
    readonly params?: Readonly<Record<string, string>>;
}
/** The options of `MlflowClient.searchLoggedModels()`. */
interface SearchLoggedModelsOptions extends Omit<EntitySearch, "orderBy"> {
    /** Default: the active experiment. */
    readonly experimentIds?: readonly string[];
    readonly orderBy?: readonly LoggedModelOrder[];
}
/** One page of logged models. */
interface LoggedModelPage {
    readonly loggedModels: readonly LoggedModel[];
    /** Undefined for the last page. */
    readonly nextPageToken: string | undefined;
}
/**
 * All of MLflow's entities in one store: traces, experiments, runs, registered models, their versions, and logged models.
 * Each method takes one object of options, and waits for what this process has logged; `getTrace(traceId)` and
 * `getTraceInfo(traceId)` take an id, as in MLflow's TypeScript SDK. Mirrors `mlflow.MlflowClient`.
 *
 * Every method rejects with an MlflowException: INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; with
 * MLflow's code for what does not exist (RESOURCE_DOES_NOT_EXIST), or is taken (RESOURCE_ALREADY_EXISTS); and NOT_IMPLEMENTED
 * for logged models in a local store.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option, or a tracking URI that is not supported.
 * @example
 * const client = new MlflowClient({ trackingUri: "http://localhost:5000" });
 * const { traces, nextPageToken } = await client.searchTraces({ locations: ["1"], maxResults: 10 });
 */
declare class MlflowClient extends ModelVersionClient {
    /** Creates a logged model, whose status is PENDING until {@link finalizeLoggedModel}. */
    createLoggedModel(options: CreateLoggedModelOptions): Promise<LoggedModel>;
    /** Returns a logged model. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
    getLoggedModel(options: OfLoggedModel): Promise<LoggedModel>;
    /** Returns one page of logged models. */
    searchLoggedModels(options?: SearchLoggedModelsOptions): Promise<LoggedModelPage>;
    /** Ends the upload of a logged model. */
    finalizeLoggedModel(options: OfLoggedModel & {
        readonly status: "READY" | "FAILED";
    }): Promise<LoggedModel>;
    /** Marks a logged model as deleted. */
    deleteLoggedModel(options: OfLoggedModel): Promise<void>;
    /** Sets tags of a logged model. */
    setLoggedModelTags(options: OfLoggedModel & {
        readonly tags: Readonly<Record<string, string>>;
    }): Promise<void>;
    /** Deletes a tag of a logged model. */
    deleteLoggedModelTag(options: OfLoggedModel & {
        readonly key: string;
    }): Promise<void>;
    /** Logs params of a logged model. A logged param cannot be changed. */
    logModelParams(options: OfLoggedModel & {
        readonly params: Readonly<Record<string, string>>;
    }): Promise<void>;
}

/** A run that is active; leaving the block of an `await using` ends it. */
interface ActiveRun extends Run {
    /**
     * Ends the run as FINISHED if it is not ended, also when its block has thrown. Never rejects, so that an error of the
     * block is not replaced; `endRun()` in the block rejects if data was lost.
     */
    [Symbol.asyncDispose](): Promise<void>;
}

/** Numbers of the traces, and of the calls that log data of a run, that were waiting when a flush started. */
interface FlushCounts {
    /** Stored. */
    readonly sent: number;
    /** On disk, and not stored yet. This process or another one sends them. */
    readonly spooled: number;
    /** Lost. A warning logs the reason. */
    readonly dropped: number;
    /** In memory only, and sent again later. */
    readonly pending: number;
    /** Why items are pending or spooled. */
    readonly cause?: string;
}

/** One row of an evaluation. A field that is null counts as missing. */
interface EvaluationRow {
    /** The input of the model, by name. The input of a trace that is no object is `{ input: … }`. */
    readonly inputs: Readonly<Record<string, unknown>>;
    /** The output of the model, if it was called before. */
    readonly outputs?: unknown;
    /** What is known about the right output, by name. */
    readonly expectations?: Readonly<Record<string, unknown>>;
    readonly tags?: Readonly<Record<string, string>>;
    /** The trace of the call of the model, if it was called before. */
    readonly trace?: Trace;
    /** Where the row comes from. */
    readonly source?: DatasetRecordSource;
}
/** A row as an app writes it. `inputs` may be missing if there is a trace. */
interface EvaluationRowInput {
    readonly inputs?: Readonly<Record<string, unknown>>;
    readonly outputs?: unknown;
    readonly expectations?: Readonly<Record<string, unknown>> | null;
    readonly tags?: Readonly<Record<string, string | number | boolean>> | null;
    readonly trace?: Trace$1 | null;
    readonly source?: {
        readonly sourceType: DatasetRecordSourceType;
        readonly sourceData?: Readonly<Record<string, unknown>>;
    } | null;
}

/** Rows, or traces that `searchTraces()` or `getTrace()` returned. */
type RowList = Iterable<EvaluationRowInput | Trace$1> | AsyncIterable<EvaluationRowInput | Trace$1>;
/** Rows, traces, or the path or URL of a file with rows: `.json`, `.jsonl`, `.ndjson` or `.csv`. */
type RowData = RowList | string | URL;

/**
 * A dataset in the store: inputs, and what is expected of the outputs. Its fields are those of the time at which it was read, or
 * changed through this object. Its records are read when they are needed. Mirrors `mlflow.genai.datasets.EvaluationDataset`.
 */
declare class EvaluationDataset$1 implements StoredDataset {
    #private;
    readonly datasetId: string;
    readonly name: string;
    readonly digest: string;
    readonly schema: string | undefined;
    readonly profile: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    readonly experimentIds: readonly string[];
    readonly createdTimeMs: number;
    readonly lastUpdateTimeMs: number;
    readonly createdBy: string | undefined;
    readonly lastUpdatedBy: string | undefined;
    /**
     * Adds records. A record with the same inputs as a stored one updates that: its outputs are replaced, and its expectations and
     * tags are merged. So the same call can be repeated. Mirrors `EvaluationDataset.merge_records`.
     *
     * @param data an array or an (async) iterable of rows `{ inputs, outputs, expectations, tags, source }`, or of traces that
     * `searchTraces()` or `getTrace()` returned, or the path of a `.json`, `.jsonl` or `.csv` file. The record of a trace has the
     * inputs and outputs of its root span, and the trace's expectations. An array or a file is checked before anything is stored.
     * @returns this object, with the fields after the merge.
     * @throws MlflowException INVALID_PARAMETER_VALUE for a wrong row, with its place. RESOURCE_DOES_NOT_EXIST if the dataset was deleted.
     * @example
     * await dataset.mergeRecords([{ inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } }]);
     * await dataset.mergeRecords(mlflow.searchTraces({ filter: "attributes.status = 'OK'" }));
     */
    mergeRecords(data: RowData): Promise<this>;
    /**
     * Deletes records by their ids. Ignores ids that do not exist. Mirrors `EvaluationDataset.delete_records`.
     *
     * @returns the number of records that were deleted.
     * @throws MlflowException INVALID_PARAMETER_VALUE if `recordIds` is not an array of texts.
     * @example
     * for await (const { recordId, tags } of dataset.records()) if (tags.old) await dataset.deleteRecords([recordId]);
     */
    deleteRecords(recordIds: readonly string[]): Promise<number>;
    /**
     * Returns the records, in the order in which they were added. `for await` reads them page by page; `page()` returns one page. The
     * `records` of Python.
     *
     * @example
     * for await (const { recordId, inputs } of dataset.records()) console.log(recordId, inputs);
     */
    records(): Search<DatasetRecord>;
    /**
     * Returns the records as rows for `genai.evaluate()`, which are read page by page. The `to_df` of Python.
     *
     * @example
     * for await (const { inputs, expectations } of dataset.toRows()) console.log(inputs, expectations);
     */
    toRows(): AsyncIterable<EvaluationRow>;
}

/** Which dataset: pass its id, or its name if no other dataset has it. */
interface DatasetName {
    readonly name?: string;
    readonly datasetId?: string;
}

/** The options of {@link createDataset}. */
interface CreateDatasetOptions {
    readonly name: string;
    /** The experiments whose page lists the dataset. Default: the active experiment. */
    readonly experimentId?: string | readonly string[];
    /** Another name of `experimentId`. */
    readonly experimentIds?: string | readonly string[];
    /** Numbers and booleans become texts. */
    readonly tags?: Readonly<Record<string, string | number | boolean>>;
}
/**
 * Creates an empty dataset. Mirrors `mlflow.genai.datasets.create_dataset`. MLflow allows several datasets with one name; only the
 * id is unique.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; and the errors of the store.
 * @example
 * const dataset = await genai.createDataset({ name: "support questions", tags: { team: "docs" } });
 * await dataset.mergeRecords([{ inputs: { question: "How do I log in?" } }]);
 */
declare function createDataset(options: CreateDatasetOptions): Promise<EvaluationDataset$1>;
/** The options of {@link getDataset}. */
interface GetDatasetOptions extends DatasetName {
    /** Only datasets of Databricks have versions, so this is always an error. */
    readonly version?: number;
}
/**
 * Returns a dataset, by id or by name. Mirrors `mlflow.genai.datasets.get_dataset`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if there is no such dataset; INVALID_PARAMETER_VALUE if several datasets have the
 * name, and for an unknown or invalid option; NOT_IMPLEMENTED for a `version`.
 * @example
 * const dataset = await genai.getDataset({ name: "support questions" });
 */
declare function getDataset(options: GetDatasetOptions): Promise<EvaluationDataset$1>;
/**
 * Deletes a dataset with its records. Mirrors `mlflow.genai.datasets.delete_dataset`. Ignores an id that does not exist.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if no dataset has the name; INVALID_PARAMETER_VALUE if several datasets have it, and
 * for an unknown or invalid option.
 * @example
 * await genai.deleteDataset({ datasetId: dataset.datasetId });
 */
declare function deleteDataset(options: DatasetName): Promise<void>;

/** The options of {@link setDatasetTags}. */
interface SetDatasetTagsOptions {
    readonly datasetId: string;
    /** Null deletes a tag. Numbers and booleans become texts. */
    readonly tags: Readonly<Record<string, string | number | boolean | null>>;
}
/**
 * Sets tags of a dataset, and keeps its other tags. Mirrors `mlflow.genai.datasets.set_dataset_tags`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset does not exist; INVALID_PARAMETER_VALUE for an unknown, invalid or
 * missing option.
 * @example
 * await genai.setDatasetTags({ datasetId: dataset.datasetId, tags: { reviewed: true, draft: null } });
 */
declare function setDatasetTags(options: SetDatasetTagsOptions): Promise<void>;
/** The options of {@link deleteDatasetTag}. */
interface DeleteDatasetTagOptions {
    readonly datasetId: string;
    readonly key: string;
}
/**
 * Deletes a tag of a dataset. Ignores one that does not exist. Mirrors `mlflow.genai.datasets.delete_dataset_tag`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * await genai.deleteDatasetTag({ datasetId: dataset.datasetId, key: "draft" });
 */
declare function deleteDatasetTag(options: DeleteDatasetTagOptions): Promise<void>;
/** The options of {@link addDatasetToExperiments} and {@link removeDatasetFromExperiments}. */
interface DatasetExperimentsOptions {
    readonly datasetId: string;
    readonly experimentIds: string | readonly string[];
}
/**
 * Adds a dataset to the pages of more experiments. Mirrors `mlflow.genai.datasets.add_dataset_to_experiments`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset or an experiment does not exist; INVALID_PARAMETER_VALUE for an
 * unknown, invalid or missing option.
 * @example
 * const { experimentIds } = await genai.addDatasetToExperiments({ datasetId: dataset.datasetId, experimentIds: ["1", "2"] });
 */
declare function addDatasetToExperiments(options: DatasetExperimentsOptions): Promise<EvaluationDataset$1>;
/**
 * Removes a dataset from the pages of experiments. Ignores experiments that do not have it. Mirrors
 * `mlflow.genai.datasets.remove_dataset_from_experiments`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the dataset does not exist; INVALID_PARAMETER_VALUE for an unknown, invalid or
 * missing option.
 * @example
 * await genai.removeDatasetFromExperiments({ datasetId: dataset.datasetId, experimentIds: "1" });
 */
declare function removeDatasetFromExperiments(options: DatasetExperimentsOptions): Promise<EvaluationDataset$1>;

/** The options of {@link searchDatasets}. All are optional. */
interface SearchDatasetsOptions {
    /** Only datasets of these experiments. Default: of all experiments. */
    readonly experimentIds?: string | readonly string[];
    /** The experiments by name, instead of `experimentIds`. A name that does not exist is ignored, with a warning. */
    readonly experimentNames?: readonly string[];
    /**
     * MLflow's filter language, for example `name LIKE 'support%' AND tags.team = 'docs'`. Keys are `name`, `created_by`,
     * `last_updated_by`, `created_time`, `last_update_time` and `tags.<key>`.
     */
    readonly filter?: string;
    /** Another name of `filter`, as in Python. */
    readonly filterString?: string;
    /** `name`, `created_time` or `last_update_time`, with an optional `ASC` or `DESC`. Default: `["created_time DESC"]`. */
    readonly orderBy?: readonly string[];
    /** The number of datasets per page. Default: 50. */
    readonly maxResults?: number;
}
/** The result of {@link searchDatasets}. `for await` reads all datasets, page by page. `page()` returns one page. */
type DatasetSearch = Search<EvaluationDataset$1>;
/**
 * Searches datasets, newest first by default. Mirrors `mlflow.genai.datasets.search_datasets`; without a filter, it also returns
 * datasets that are older than seven days.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors of the
 * store.
 * @example
 * for await (const { name, profile } of genai.searchDatasets({ filter: "tags.team = 'docs'" })) console.log(name, profile);
 */
declare function searchDatasets(options?: SearchDatasetsOptions): DatasetSearch;

/** The contents of `mlflow.genai` that come from this folder. */

/** A dataset that `createDataset()`, `getDataset()` or `searchDatasets()` returned. The class itself is not exported. */
type EvaluationDataset = EvaluationDataset$1;

/** The options of {@link compareEvaluations}. */
interface CompareEvaluationsOptions {
    /** The run whose improvement is in question. */
    readonly candidateRunId: string;
    /** The run that it is compared with. */
    readonly baselineRunId: string;
    /** Which scorers are better when higher, by name. Only `assertImproved()` uses it. Default: all. */
    readonly greaterIsBetter?: Readonly<Record<string, boolean>>;
    /** The confidence level of the interval of the difference, between 0 and 1. Default: 0.95. */
    readonly confidenceLevel?: number;
    /** Whether to log the comparison to the candidate run. Default: false. */
    readonly logResults?: boolean;
}

/** The data of a table: rows, or columns. A single value fills its column. */
type TableData = readonly Readonly<Record<string, unknown>>[] | Readonly<Record<string, unknown>>;
/** A row of a table: values by column name. */
type TableRow = Record<string, unknown>;

/** The statistics of the values of one scorer for the same rows in two runs. */
interface PairedStatistics {
    readonly method: "mcnemar_exact" | "mcnemar_chi2" | "wilcoxon_exact" | "wilcoxon_asymptotic";
    readonly baselineMean: number;
    readonly candidateMean: number;
    readonly diff: number;
    readonly ciLow: number;
    readonly ciHigh: number;
    readonly pValue: number;
    readonly tTestPValue: number | null;
    readonly effectSize: number;
    readonly ties: number;
    readonly nNonzero: number;
    /** Whether the interval has no BCa corrections, because they are undefined for these values. */
    readonly isUncorrected: boolean;
}

/** What the two rows of a pair have in common: the id that `evaluate()` gave them, or their inputs. */
type PairedOn = "eval_request_id" | "inputs_hash";

/** The comparison of one scorer between two runs. Mirrors `ScorerComparison` of MLflow. */
interface ScorerComparison {
    readonly scorer: string;
    /** `"insufficient_pairs"` if fewer than six rows have a value in both runs. All statistics are null then. */
    readonly status: "ok" | "insufficient_pairs";
    /** How many rows have a value in both runs. */
    readonly nPaired: number;
    readonly greaterIsBetter: boolean;
    /** `"binary"` if all feedback is a boolean or yes or no. Says nothing about the test: see `method`. */
    readonly valueType: "binary" | "numeric" | null;
    /** The test of `pValue`: McNemar's if every value is 0 or 1, and Wilcoxon's signed-rank test otherwise. */
    readonly method: PairedStatistics["method"] | null;
    readonly baselineMean: number | null;
    readonly candidateMean: number | null;
    /** The mean of candidate - baseline. */
    readonly diff: number | null;
    /** The lower end of the bootstrap confidence interval of `diff`. */
    readonly ciLow: number | null;
    /** The upper end of the bootstrap confidence interval of `diff`. */
    readonly ciHigh: number | null;
    /** Two-sided. */
    readonly pValue: number | null;
    /** The two-sided p-value of the paired t-test. Null for values of 0 or 1. NaN if all differences are the same, but not zero. */
    readonly tTestPValue: number | null;
    /** Cohen's d: `diff` in standard deviations of the differences. NaN if they are all the same. */
    readonly effectSize: number | null;
    /** How many rows have the same value in both runs. */
    readonly ties: number | null;
    /** How many rows have different values. The tests ignore the others. */
    readonly nNonzero: number | null;
}
/** Two rows with the same inputs, and their values. */
interface PairedRow {
    readonly baselineTraceId: string;
    readonly candidateTraceId: string;
    readonly pairedOn: PairedOn;
    /** By scorer. */
    readonly scores: Readonly<Record<string, {
        readonly baseline: number;
        readonly candidate: number;
        readonly delta: number;
    }>>;
}
/** The options of {@link ComparisonResult.assertImproved}. */
interface AssertImprovedOptions {
    /** The scorers to check. Default: all that were compared. */
    readonly scorers?: readonly string[];
    /** The p-value must be smaller. Default: 0.05. */
    readonly alpha?: number;
}
type ComparisonInit = Pick<ComparisonResult$1, "candidateRunId" | "baselineRunId" | "scorers" | "pairedRows" | "unpairedBaselineTraceIds" | "unpairedCandidateTraceIds">;
/** The result of {@link compareEvaluations}. Mirrors `mlflow.genai.evaluation.comparison.ComparisonResult`. */
declare class ComparisonResult$1 {
    #private;
    readonly candidateRunId: string;
    readonly baselineRunId: string;
    /** By name, for the scorers that both runs have. */
    readonly scorers: Readonly<Record<string, ScorerComparison>>;
    readonly pairedRows: readonly PairedRow[];
    readonly unpairedBaselineTraceIds: readonly string[];
    readonly unpairedCandidateTraceIds: readonly string[];
    constructor(init: ComparisonInit);
    /**
     * Returns one row for each scorer, with the column names of Python, for `logTable()` or `console.table()`. Mirrors
     * `ComparisonResult.summary`.
     */
    toTable(): TableRow[];
    /**
     * Throws unless every scorer has improved significantly: in the direction that is better, with a p-value below `alpha`.
     * Does not correct for the number of scorers. Mirrors `ComparisonResult.assert_improved`.
     *
     * @throws AssertionError of `node:assert` with the scorers that have not improved, or if none was compared.
     * @throws MlflowException INVALID_PARAMETER_VALUE for invalid options, an empty list, and scorers that were not compared.
     * @example
     * result.assertImproved({ scorers: ["correctness"], alpha: 0.01 });
     */
    assertImproved(options?: AssertImprovedOptions): void;
}

/** What one call of a scorer is about: one row of an evaluation, or one session. */
interface ScoredRow {
    /** The input of the model, by name. */
    readonly inputs?: Readonly<Record<string, unknown>>;
    /** The output of the model. */
    readonly outputs?: unknown;
    /** What is known about the right output, by name. */
    readonly expectations?: Readonly<Record<string, unknown>>;
    /** The trace of the call of the model. */
    readonly trace?: Trace;
    /** The traces of a conversation, oldest first. Only session-level scorers receive it. */
    readonly session?: readonly Trace[];
}
/** The names of the aggregations that MLflow knows. */
declare const AGGREGATIONS: readonly ["min", "max", "mean", "median", "variance", "p90"];
type AggregationName = (typeof AGGREGATIONS)[number];
/** The name of an aggregation, or a named function that receives the numeric values of all rows. */
type Aggregation = AggregationName | ((values: readonly number[]) => number);
/** Stores answers of judges by their content, so that the same question is asked once. */
interface AnswerCache {
    get(key: PlainObject): Promise<string | undefined>;
    set(key: PlainObject, answer: string): Promise<void>;
}
/** What an evaluation provides to the scorers that it runs. */
interface Scoring {
    /** Aborts when the evaluation stops, or when the scorer reaches its timeout. */
    readonly signal: AbortSignal;
    /** Calls `work` again, later, if it throws an error for too many requests (429). */
    readonly withBackoff: <T>(work: () => Promise<T>) => Promise<T>;
    /** Undefined: nothing is cached. */
    readonly answers?: AnswerCache;
}
/** The fields that every scorer has. */
interface ScorerFields {
    /** Names the feedback and its metrics. At most 200 letters, digits, `_`, `-`, `.`, `/` and spaces. */
    readonly name: string;
    readonly description?: string;
    /** Which metrics of the run are computed from the values. Default: `["mean"]`. */
    readonly aggregations?: readonly Aggregation[];
    /** Whether a value passes. Default: `true` and `"yes"` pass. */
    readonly passIf?: (value: AssessmentValue) => boolean;
    /** Seconds that one call may take. Default: 300. 0: no limit. */
    readonly timeout?: number;
    /**
     * The scorer receives `session`, the traces of one conversation, and is called once for each. True: a conversation is
     * all traces with one session id. A string: the level of MLflow's session hierarchy that groups them.
     */
    readonly sessionLevel?: boolean | string;
}
/**
 * Scores rows of an evaluation. Extend it to write a scorer with options of its own, or use `genai.scorer()`. Mirrors
 * `mlflow.genai.scorers.Scorer`.
 */
declare abstract class Scorer {
    readonly name: string;
    readonly description?: string;
    readonly aggregations?: readonly Aggregation[];
    readonly passIf?: (value: AssessmentValue) => boolean;
    readonly timeout?: number;
    readonly sessionLevel?: boolean | string;
    constructor(fields: ScorerFields);
    /** Whether the scorer receives whole conversations. */
    get isSessionLevelScorer(): boolean;
    /**
     * Scores one row. Returns a boolean, a number, a string, a `Feedback`, an array of them, the result of an evaluator of
     * another library, or null or undefined for no feedback.
     *
     * @param scoring what the evaluation provides. A scorer that is called alone receives a signal that never aborts.
     */
    abstract score(row: ScoredRow, scoring: Scoring): unknown;
}

/** An evaluator of another library: a function, or an object with a method `evaluate()`, as Phoenix has them. */
type ForeignEvaluator = ((...args: any[]) => unknown) | {
    readonly name?: string;
    evaluate(...args: any[]): unknown;
};

/** A Runnable, an agent or a graph: of any copy of LangChain, so it is described by what is called. */
interface InvokableModel {
    invoke(input: any, options?: any): unknown;
}
/** The app's own function: it receives the inputs of a row, and a signal that aborts when the evaluation stops. */
type PredictFn = (inputs: any, context: {
    readonly signal: AbortSignal;
}) => unknown;

/** The options of {@link evaluate}. */
interface EvaluateOptions {
    /**
     * The rows: `{ inputs, outputs?, expectations?, tags?, trace? }`, or traces, in an array or an (async) iterable; the path
     * or URL of a `.json`, `.jsonl` or `.csv` file; or an `EvaluationDataset`.
     */
    readonly data: RowData | EvaluationDataset$1;
    /** Scorers, functions, evaluators of other libraries, and registered scorers of `listScorers()`. May be empty. */
    readonly scorers: readonly (Scorer | ForeignEvaluator | ScorerVersion)[];
    /**
     * Called with the inputs of each row. A stream that it returns is read to its end. Without it and without `model`, the rows
     * have outputs or traces.
     */
    readonly predictFn?: PredictFn;
    /** A Runnable, an agent or a graph, which is invoked with the inputs of each row, or the URI of a logged model. */
    readonly model?: InvokableModel | string;
    /** The logged model that the traces and the metrics belong to. */
    readonly modelId?: string;
    /** What the run must reach, for example ``"correctness >= 0.9 AND `latency/p90` <= 2"``. */
    readonly qualityCriteria?: string;
    /** How often each row is evaluated. Default: 1. */
    readonly numRepetitions?: number;
    /** How many calls of the model run at once. Default: 10. */
    readonly maxConcurrency?: number;
    /** How many scorers run at once. Default: 10. */
    readonly scorerConcurrency?: number;
    /** Whether to keep the answers of judges and of `model` on disk, and use them again. Default: false. */
    readonly cache?: boolean;
    /**
     * Also keeps the outputs of `predictFn`, by the inputs and this text: change it when the function changes. Only inputs and
     * outputs that are JSON data are kept.
     */
    readonly cacheKey?: string;
    /** Whether to log nothing: no run, no traces, no assessments. Default: false. */
    readonly dryRun?: boolean;
    /** The name of the new run. Default: a random name. */
    readonly runName?: string;
    /** Continues the evaluation of this run: only missing rows and failed scorers run. */
    readonly runId?: string | undefined;
    /** Stops when the model and the judges have used this many tokens. */
    readonly maxTokens?: number;
    /** Stops when the judges have cost this amount, in US dollars, as far as the responses of their models report costs. */
    readonly maxCost?: number;
    /** Stops the evaluation when it aborts. Rows that are finished are kept. */
    readonly signal?: AbortSignal;
}

/** A row after its evaluation. */
interface EvaluatedRow {
    /** Identifies the row in every evaluation of the same data. */
    readonly rowId: string;
    /** The place of the row in the data, from 0. */
    readonly index: number;
    /** From 1, see `numRepetitions`. */
    readonly repetition: number;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: unknown;
    readonly expectations: Readonly<Record<string, unknown>>;
    /** Undefined if nothing was logged, or if the trace is not stored. The `reason` of the result says why. */
    readonly traceId: string | undefined;
    /** Why there are no outputs. */
    readonly error: string | undefined;
    /** What the scorers returned, also their errors. */
    readonly feedback: readonly Feedback[];
    /** How long the call of the model took. */
    readonly latencySeconds: number | undefined;
    /** The tokens of the trace. */
    readonly tokens: number | undefined;
    /** US dollars, if the server knows the price. */
    readonly cost: number | undefined;
}

interface ResultInit {
    readonly runId: string | undefined;
    readonly metrics: Readonly<Record<string, number>>;
    readonly rows: readonly EvaluatedRow[];
    readonly scorers: readonly Scorer[];
    /** Reasons that do not concern one row: criteria that are missed, and an evaluation that was stopped. */
    readonly reasons: readonly string[];
    /** Whether quality criteria decide. Then only errors of rows and scorers count beside them. */
    readonly hasCriteria?: boolean;
}
/** The result of {@link evaluate}. Mirrors `mlflow.genai.evaluation.EvaluationResult`. */
declare class EvaluationResult$1 {
    /** The run that has the results. Undefined with `dryRun`. */
    readonly runId: string | undefined;
    /** The metrics of the run, such as `correctness/mean`. */
    readonly metrics: Readonly<Record<string, number>>;
    /** The evaluated rows, in the order of the data. */
    readonly rows: readonly EvaluatedRow[];
    /**
     * Whether every row has outputs, no scorer failed, and the values are good enough. With `qualityCriteria`, these decide.
     * Without, every value has to pass, as in Python: it is `true` or `"yes"`, or passes by `passIf` of its scorer.
     */
    readonly passed: boolean;
    /** Why the evaluation has not passed: the first 100 reasons, and how many more there are. Empty if it has. */
    readonly reason: string;
    constructor({ runId, metrics, rows, scorers, reasons, hasCriteria }: ResultInit);
    /**
     * Returns the rows as a table, for `logTable()` or `console.table()`: the inputs and outputs, and the value, the rationale
     * and the error of each scorer. Mirrors `EvaluationResult.result_df`.
     */
    toTable(): TableRow[];
}

/** The result of {@link evaluate}. Mirrors `mlflow.genai.evaluation.EvaluationResult`. */
interface EvaluationResult extends EvaluationResult$1 {
}
/** The result of {@link compareEvaluations}. */
interface ComparisonResult extends ComparisonResult$1 {
}
/**
 * Evaluates an app: calls `predictFn` or `model` with the inputs of each row, runs the scorers, and logs a run with one
 * trace for each row, the feedback of the scorers and the expectations on it, and metrics such as `correctness/mean`. A row
 * or a scorer that fails does not stop the others. Writes its progress and a table to stderr. Mirrors
 * `mlflow.genai.evaluate`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, a wrong row, or two scorers with
 * one name; CANCELLED if `signal` aborts; and the errors of the store and of `data`. The message names the run, which
 * `runId` continues.
 * @example
 * const result = await genai.evaluate({
 *   data: [{ inputs: { question: "What is MLflow?" }, expectations: { expected_response: "A platform" } }],
 *   predictFn: ({ question }) => chain.invoke({ question }),
 *   scorers: [new genai.scorers.Correctness({ model: judge })],
 *   qualityCriteria: "correctness >= 0.9",
 * });
 * if (!result.passed) console.error(result.reason);
 */
declare function evaluate(options: EvaluateOptions): Promise<EvaluationResult>;
/**
 * Compares two runs of {@link evaluate} on the same rows, and tests for each scorer whether the difference is larger than
 * chance explains. Rows are paired by their ids, else by their inputs. Values of 0 and 1, true and false, or yes and no
 * are compared by McNemar's test, others by Wilcoxon's signed-rank test and a paired t-test. Does not correct for the number
 * of scorers. With `logResults`, logs the metrics `compare/<first 8 characters of the baseline's id>/<scorer>/diff`,
 * `ci_low`, `ci_high`, `p_value`, `effect_size` and `n_paired` to the candidate run, and a file with the baseline's id.
 * Mirrors `mlflow.genai.compare_evaluations`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, or the same run twice;
 * RESOURCE_DOES_NOT_EXIST for a run that does not exist; and the errors of the store.
 * @example
 * const result = await genai.compareEvaluations({ candidateRunId, baselineRunId, greaterIsBetter: { latency: false } });
 * console.table(result.toTable());
 * result.assertImproved({ scorers: ["correctness"], alpha: 0.05 });
 */
declare function compareEvaluations(options: CompareEvaluationsOptions): Promise<ComparisonResult>;

/** A chat model of LangChain, of any installed copy. */
interface JudgeChatModel {
    readonly invoke: (...input: never[]) => Promise<unknown>;
}
/** A chat model, or a URI such as `openai:/gpt-4.1-mini`. */
type JudgeModel = string | JudgeChatModel;
/** The options that every judge has. */
interface JudgeOptions extends Partial<Omit<ScorerFields, "sessionLevel">> {
    /**
     * The model that judges: a chat model of LangChain, or a URI `<provider>:/<model>`. For a URI, `initChatModel` of the
     * app's package `langchain` creates the model. Default: the variable MLFLOW_GENAI_JUDGE_DEFAULT_MODEL, else
     * `openai:/gpt-4.1-mini`.
     */
    readonly model?: JudgeModel;
    /**
     * Parameters of the model. For a URI, fields of the chat model's constructor, such as `temperature` and `maxTokens`. For
     * a chat model, options of each call, such as `stop`; its temperature is set where it is created.
     */
    readonly inferenceParams?: Readonly<Record<string, unknown>>;
    /** Headers of the requests to the model. Only for a URI. */
    readonly extraHeaders?: Readonly<Record<string, string>>;
}
/** The fields of a judge that asking its model needs. */
interface AskingJudge {
    readonly name: string;
    readonly model?: JudgeModel;
    readonly inferenceParams?: Readonly<Record<string, unknown>>;
    readonly baseUrl?: string;
    readonly extraHeaders?: Readonly<Record<string, string>>;
}

/** The form in which MLflow stores a scorer. Python's `SerializedScorer` has the same fields. */
interface SerializedScorer extends PlainObject {
    readonly name: string;
    readonly aggregations: readonly string[] | null;
    readonly description: string | null;
    readonly is_session_level_scorer: boolean;
    readonly session_level: string | null;
    readonly mlflow_version: string;
    readonly serialization_version: number;
    readonly builtin_scorer_class: string | null;
    readonly builtin_scorer_pydantic_data: PlainObject | null;
    readonly instructions_judge_pydantic_data: PlainObject | null;
}

/** The options of {@link Judge.register}. */
interface RegisterOptions {
    /** Default: the name of the judge. */
    readonly name?: string;
    /** Default: the active experiment. */
    readonly experimentId?: string;
}
/**
 * A scorer that asks a chat model. The call of the model is not traced. Its answer becomes feedback with the rationale,
 * the model as its source, and the tokens that were spent in its metadata. An answer that cannot be read is asked for once
 * more; if the second one cannot be read either, the feedback has an error, and the tokens of both calls. Mirrors
 * `mlflow.genai.judges.Judge`.
 */
declare abstract class Judge$1<Score = unknown> extends Scorer implements AskingJudge {
    readonly model?: JudgeModel;
    readonly inferenceParams?: Readonly<Record<string, unknown>>;
    readonly baseUrl?: string;
    readonly extraHeaders?: Readonly<Record<string, string>>;
    constructor(fields: ScorerFields & JudgeOptions & {
        readonly baseUrl?: string;
    });
    /**
     * Judges one row. A field that is missing is read from the trace: the input and output of its root span, and its
     * expectations.
     *
     * @param scoring what an evaluation provides. Leave it out to call the judge alone.
     * @throws MlflowException INVALID_PARAMETER_VALUE if a field that the judge requires is missing, or if the model of a
     * URI cannot be created. An error of the model, or an answer that cannot be read, is an error of the feedback.
     * @example
     * const judge = new genai.scorers.Correctness({ model });
     * const feedback = await judge.score({ inputs, outputs, expectations: { expected_response: "Paris" } });
     */
    score(row: ScoredRow, scoring?: Scoring): Promise<Score>;
    protected abstract judge(row: ScoredRow, scoring: Scoring): Promise<Score>;
    protected abstract serialize(modelUri: string | undefined): Promise<SerializedScorer>;
    /**
     * Registers the judge as a new version of the scorer with its name, so that MLflow's page "Judges" lists it, and Python's
     * `mlflow.genai.scorers.get_scorer` returns it. The model is stored as a URI. Mirrors `Scorer.register`.
     *
     * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or if the model has no URI;
     * RESOURCE_DOES_NOT_EXIST if the experiment does not exist; and the errors of the store.
     * @example
     * const { version } = await judge.register({ experimentId });
     */
    register(options?: RegisterOptions): Promise<ScorerVersion>;
}

declare const VARIABLES: readonly ["inputs", "outputs", "trace", "expectations", "conversation"];
type TemplateVariable = (typeof VARIABLES)[number];

declare const SIMPLE_TYPES: readonly ["boolean", "integer", "number", "string"];
/** The type of a single value that a judge may return. */
type SimpleValueType = (typeof SIMPLE_TYPES)[number];
type SimpleSchema = {
    readonly type: SimpleValueType;
};
/** A part of JSON Schema, as MLflow stores it: a list, an object, or a value that may be null. */
type FeedbackValueSchema = {
    readonly type: "array";
    readonly items: SimpleSchema;
} | {
    readonly type: "object";
    readonly additionalProperties: SimpleSchema;
} | {
    readonly anyOf: readonly [SimpleSchema, {
        readonly type: "null";
    }];
};
/**
 * The values that a judge may return: the name of a type, an array of the allowed values, or a schema for lists, objects
 * and values that may be null.
 */
type FeedbackValueType = SimpleValueType | readonly (string | number | boolean)[] | FeedbackValueSchema;

/** The options of `genai.makeJudge()`. */
interface MakeJudgeOptions extends JudgeOptions {
    /** Names the feedback. */
    readonly name: string;
    /**
     * What to judge, with at least one of `{{ inputs }}`, `{{ outputs }}`, `{{ expectations }}`, `{{ trace }}` and
     * `{{ conversation }}`. The last one cannot be used with others than `{{ expectations }}`.
     */
    readonly instructions: string;
    /** The values that the judge may return. Default: `"string"`. */
    readonly feedbackValueType?: FeedbackValueType;
    /** The base URL of the provider's API. Only for a URI of a model. */
    readonly baseUrl?: string;
    /**
     * The level of MLflow's session hierarchy that groups the traces of a conversation. Only with `{{ conversation }}`.
     * Default: the whole session.
     */
    readonly sessionLevel?: string;
    /** Add the duration of each answer to the conversation. Default: false. */
    readonly includeTimingInConversation?: boolean;
    /** Ask for the rationale before the value, so that the value follows from it. Default: false. */
    readonly generateRationaleFirst?: boolean;
}
/** A judge with instructions of the app. `genai.makeJudge()` creates it. */
declare class InstructionsJudge$1 extends Judge$1<Feedback> {
    readonly instructions: string;
    readonly feedbackValueType: FeedbackValueType;
    readonly includeTimingInConversation: boolean;
    readonly generateRationaleFirst: boolean;
    /** The variables in the instructions. */
    readonly templateVariables: readonly TemplateVariable[];
    /** @param options checked by `makeJudge()`. */
    constructor(options: MakeJudgeOptions);
    protected judge(row: ScoredRow, scoring: Scoring): Promise<Feedback>;
    protected serialize(modelUri: string | undefined): Promise<SerializedScorer>;
}

/**
 * Creates a scorer that asks a chat model to follow your instructions. The judged values are passed as JSON beside the
 * instructions, so no text in them can change your instructions. Mirrors `mlflow.genai.judges.make_judge`, with one
 * difference: for `{{ trace }}`, Python gives the model tools to read the trace; here the model receives the spans as JSON,
 * of which at most 200 000 characters are kept.
 *
 * The feedback has the rationale of the model, and its metadata has the instructions and the tokens that were spent. Its
 * mean becomes a metric if the values are booleans or numbers, as in Python.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, or if the variables of the
 * instructions are unknown or cannot be used together.
 * @example
 * const politeness = genai.makeJudge({
 *   name: "politeness",
 *   instructions: "Is {{ outputs }} a polite answer to {{ inputs }}?",
 *   feedbackValueType: ["polite", "neutral", "rude"],
 *   model: new ChatOpenAI({ model: "gpt-4.1-mini" }),
 * });
 * const { value, rationale } = await politeness.score({ inputs, outputs });
 */
declare function makeJudge(options: MakeJudgeOptions): InstructionsJudge$1;

/** The options of `genai.listScorers()`. */
interface ListScorersOptions {
    /** Default: the active experiment. */
    readonly experimentId?: string;
    /** List all versions of this scorer. Default: the latest version of each scorer. */
    readonly name?: string;
}
/** The options of `genai.getScorer()`. */
interface GetScorerOptions {
    readonly name: string;
    /** Default: the active experiment. */
    readonly experimentId?: string;
    /** Default: the latest version. */
    readonly version?: number;
}
/** The options of `genai.deleteScorer()`. */
interface DeleteScorerOptions extends Omit<GetScorerOptions, "version"> {
    /** A version, or `"all"`. As in Python, it is required. */
    readonly version: number | "all";
}
/**
 * Returns the scorers that are registered in an experiment: the latest version of each, or all versions of one. Mirrors
 * `mlflow.genai.scorers.list_scorers`; the definitions are not created as scorers, because some can run only in Python. `genai.evaluate()` accepts them as
 * `scorers`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option; RESOURCE_DOES_NOT_EXIST if the
 * experiment or the scorer does not exist; and the errors of the store.
 * @example
 * for (const { name, version } of await genai.listScorers()) console.log(name, version);
 */
declare function listScorers(options?: ListScorersOptions): Promise<readonly ScorerVersion[]>;
/**
 * Returns a registered judge, ready to be used: one of `makeJudge()`, or a built-in one. Python may have registered it.
 * Mirrors `mlflow.genai.scorers.get_scorer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if the
 * scorer does not exist; NOT_IMPLEMENTED for a scorer that only Python can run; and the errors of the store.
 * @example
 * const judge = await genai.getScorer({ name: "politeness" });
 */
declare function getScorer(options: GetScorerOptions): Promise<Judge$1>;
/**
 * Deletes one version, or all versions, of a registered scorer. Mirrors `mlflow.genai.scorers.delete_scorer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if the
 * scorer does not exist; and the errors of the store.
 * @example
 * await genai.deleteScorer({ name: "politeness", version: "all" });
 */
declare function deleteScorer(options: DeleteScorerOptions): Promise<void>;

/** The contents of `mlflow.genai` that come from this folder. */

/** A judge that `makeJudge()` returns. */
interface InstructionsJudge extends InstructionsJudge$1 {
}
/** A scorer that asks a chat model. */
interface Judge extends Judge$1 {
}

/** The model and the parameters that belong to a prompt. Other parameters are stored under their own names. */
interface PromptModelConfig {
    /** For example `openai`. */
    readonly provider?: string;
    readonly modelName?: string;
    /** From 0. */
    readonly temperature?: number;
    /** From 1. */
    readonly maxTokens?: number;
    /** From 0 to 1. */
    readonly topP?: number;
    /** From 1. */
    readonly topK?: number;
    readonly frequencyPenalty?: number;
    readonly presencePenalty?: number;
    readonly stopSequences?: readonly string[];
    readonly [parameter: string]: unknown;
}

/** A message of a chat prompt. `content` may contain variables. */
interface PromptMessage {
    /** For example `system`, `user` or `assistant`. */
    readonly role: string;
    readonly content: string;
}
/** A text with variables such as `{{name}}`, or the messages of a chat. */
type PromptTemplate = string | readonly PromptMessage[];

/** The options of `PromptVersion.format()`. */
interface FormatPromptOptions {
    /** Keeps variables that have no value. Default: false. */
    readonly allowPartial?: boolean;
}
/** A version of a prompt: `registerPrompt()` and `loadPrompt()` return it. Mirrors `mlflow.entities.PromptVersion`. */
declare class PromptVersion$1 {
    readonly name: string;
    readonly version: number;
    /** A text, or the messages of a chat. */
    readonly template: PromptTemplate;
    readonly commitMessage: string | undefined;
    /** The tags of the version, without those in which MLflow stores the prompt. */
    readonly tags: Readonly<Record<string, string>>;
    readonly aliases: readonly string[];
    /** A JSON schema of the answer. */
    readonly responseFormat: Readonly<Record<string, unknown>> | undefined;
    readonly modelConfig: PromptModelConfig | undefined;
    /** Milliseconds since 1970. */
    readonly creationTimestampMs: number;
    /** Whether the template is a text. Otherwise it is a chat. */
    get isTextPrompt(): boolean;
    /** The names of the variables, in the order of the template. */
    get variables(): readonly string[];
    /** For example `prompts:/greeting/1`. */
    get uri(): string;
    /**
     * Replaces the variables with values: objects become JSON. Ignores values that no variable has. Mirrors
     * `PromptVersion.format`.
     *
     * @returns A text, or messages, as the template.
     * @throws MlflowException INVALID_PARAMETER_VALUE for missing variables without `allowPartial`, and for a Jinja2
     * template.
     * @example
     * const prompt = await genai.loadPrompt("greeting");
     * prompt.format({ name: "Ada" });
     */
    format(variables?: Readonly<Record<string, unknown>>, options?: FormatPromptOptions): PromptTemplate;
    /**
     * The template with `{variable}` instead of `{{variable}}`. Other braces remain, so that a format with single braces can
     * misread them: `toLangChain()` escapes them. Mirrors `PromptVersion.to_single_brace_format`.
     */
    toSingleBraceFormat(): PromptTemplate;
    /**
     * The prompt as a ChatPromptTemplate of the app's `@langchain/core`. A text becomes one message of the user. Braces of
     * literal text are escaped. The trace of a chain that uses it is linked to this version.
     *
     * @throws MlflowException INVALID_PARAMETER_VALUE for a Jinja2 template, and for a message without a text.
     * @example
     * const prompt = await genai.loadPrompt("greeting");
     * const chain = prompt.toLangChain().pipe(model);
     */
    toLangChain(): ChatPromptTemplate;
}

/** The options of `loadPrompt()`. All are optional. */
interface LoadPromptOptions {
    /** The version, if the first argument is a name. Default: the latest. */
    readonly version?: string | number;
    /** Whether to return undefined if the version does not exist. Default: false, which rejects. */
    readonly allowMissing?: boolean;
    /** Whether to add the version to the prompts of the logged model `modelId`. Default: true. */
    readonly linkToModel?: boolean;
    /** The logged model. Default: the active one. */
    readonly modelId?: string;
    /**
     * For how many seconds the version stays in memory. 0: ask the server. Default: MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS
     * (60) for an alias and for the latest version, MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS (no limit) for a number.
     */
    readonly cacheTtlSeconds?: number;
}

/** The options of `registerPrompt()`. */
interface RegisterPromptOptions {
    /** Letters, digits, hyphens, underscores and dots. */
    readonly name: string;
    /** A text with variables such as `{{name}}`, or the messages of a chat. */
    readonly template: PromptTemplate;
    /** What has changed. */
    readonly commitMessage?: string;
    /** Tags of the version, and of the prompt. */
    readonly tags?: Readonly<Record<string, string>>;
    /** The shape of the answer: a zod schema, or a JSON Schema. */
    readonly responseFormat?: object;
    /** The model and its parameters. */
    readonly modelConfig?: PromptModelConfig;
}

/**
 * Converts a ChatPromptTemplate or a PromptTemplate of LangChain to a template for `registerPrompt()`. Reads the formats
 * f-string and mustache. Inserts the values of partial variables that are texts.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another object, and for what a prompt of MLflow cannot hold: a
 * MessagesPlaceholder, sections of mustache, content that is not text, partial variables that are functions, names of
 * variables that MLflow does not have, literal text that MLflow reads as a variable.
 * @example
 * const prompt = ChatPromptTemplate.fromTemplate("Hello {name}");
 * await genai.registerPrompt({ name: "greeting", ...genai.fromLangChain(prompt) });
 */
declare function fromLangChain(promptTemplate: object): {
    template: PromptTemplate;
};

/** A prompt: a name with versions. `loadPrompt()` returns a version. Mirrors `mlflow.entities.Prompt`. */
interface Prompt {
    readonly name: string;
    readonly description: string | undefined;
    /** Milliseconds since 1970. */
    readonly creationTimestampMs: number;
    readonly tags: Readonly<Record<string, string>>;
}
/** The options of {@link searchPrompts}. All are optional. */
interface SearchPromptsOptions {
    /** MLflow's filter language, for example `name LIKE 'greeting%'`, `tags.team = 'a'` or `experiment_id = '1'`. */
    readonly filter?: string;
    /** Another name of `filter`, as in Python. */
    readonly filterString?: string;
    /** The number of prompts per page. Default: 100. */
    readonly maxResults?: number;
    /** For example `["name DESC"]`. Default: by name. */
    readonly orderBy?: readonly string[];
}
/**
 * Searches prompts. `for await` reads all, page by page; `page()` returns one page. Mirrors `mlflow.genai.search_prompts`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store.
 * @example
 * for await (const { name } of genai.searchPrompts({ filter: "name LIKE 'greeting%'" })) console.log(name);
 */
declare function searchPrompts(options?: SearchPromptsOptions): Search<Prompt>;

/** A version of a prompt: `registerPrompt()` and `loadPrompt()` return it. Mirrors `mlflow.entities.PromptVersion`. */
interface PromptVersion extends PromptVersion$1 {
}
/**
 * Registers a version of a prompt. The first one creates the prompt. Mirrors `mlflow.genai.register_prompt`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option, and for the name of a model.
 * @example
 * await genai.registerPrompt({
 *   name: "greeting",
 *   template: [
 *     { role: "system", content: "You are {{style}}." },
 *     { role: "user", content: "{{question}}" },
 *   ],
 *   commitMessage: "First version",
 * });
 */
declare function registerPrompt(options: RegisterPromptOptions): Promise<PromptVersion>;
/**
 * Loads a version of a prompt: by its name (the latest version, or `version`), by `prompts:/name/1` or by
 * `prompts:/name@alias`. Inside a trace, the trace is linked to it. While a server is away, the last version that it
 * returned is read from the cache folder, and a warning is logged. Mirrors `mlflow.genai.load_prompt`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the version does not exist, unless `allowMissing` is true;
 * INVALID_PARAMETER_VALUE for an invalid URI or option, and for a model; and the errors of the store.
 * @example
 * const prompt = await genai.loadPrompt("prompts:/greeting@production");
 * const text = prompt.format({ name: "Ada" });
 */
declare function loadPrompt(nameOrUri: string, options: LoadPromptOptions & {
    readonly allowMissing: true;
}): Promise<PromptVersion | undefined>;
declare function loadPrompt(nameOrUri: string, options?: LoadPromptOptions): Promise<PromptVersion>;
/**
 * Sets an alias for a version: `prompts:/<name>@<alias>`. Mirrors `mlflow.genai.set_prompt_alias`.
 *
 * @example
 * await genai.setPromptAlias("greeting", "production", 3);
 */
declare function setPromptAlias(name: string, alias: string, version: string | number): Promise<void>;
/**
 * Deletes an alias. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_alias`.
 *
 * @example
 * await genai.deletePromptAlias("greeting", "production");
 */
declare function deletePromptAlias(name: string, alias: string): Promise<void>;
/**
 * Returns the tags of a prompt. Mirrors `mlflow.genai.get_prompt_tags`.
 *
 * @example
 * const { team } = await genai.getPromptTags("greeting");
 */
declare function getPromptTags(name: string): Promise<Record<string, string>>;
/**
 * Sets a tag of a prompt. Mirrors `mlflow.genai.set_prompt_tag`.
 *
 * @example
 * await genai.setPromptTag("greeting", "team", "docs");
 */
declare function setPromptTag(name: string, key: string, value: string): Promise<void>;
/**
 * Deletes a tag of a prompt. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_tag`.
 *
 * @example
 * await genai.deletePromptTag("greeting", "team");
 */
declare function deletePromptTag(name: string, key: string): Promise<void>;
/**
 * Sets a tag of a version of a prompt. Mirrors `mlflow.genai.set_prompt_version_tag`.
 *
 * @example
 * await genai.setPromptVersionTag("greeting", 3, "reviewed", "yes");
 */
declare function setPromptVersionTag(name: string, version: string | number, key: string, value: string): Promise<void>;
/**
 * Deletes a tag of a version of a prompt. Ignores one that does not exist. Mirrors `mlflow.genai.delete_prompt_version_tag`.
 *
 * @example
 * await genai.deletePromptVersionTag("greeting", 3, "reviewed");
 */
declare function deletePromptVersionTag(name: string, version: string | number, key: string): Promise<void>;
/**
 * Replaces the model config of a version, which can change after it is registered. Mirrors `mlflow.genai.set_prompt_model_config`.
 *
 * @example
 * await genai.setPromptModelConfig("greeting", 3, { temperature: 0 });
 */
declare function setPromptModelConfig(name: string, version: string | number, modelConfig: PromptModelConfig): Promise<void>;
/**
 * Deletes the model config of a version. Mirrors `mlflow.genai.delete_prompt_model_config`.
 *
 * @example
 * await genai.deletePromptModelConfig("greeting", 3);
 */
declare function deletePromptModelConfig(name: string, version: string | number): Promise<void>;

type LangSmithEvaluator = (run: any, example: any) => unknown;
/**
 * Makes a scorer of an evaluator with LangSmith's positional arguments `(run, example)`. The outputs of the run are those of
 * the row; one that is no object is `{ output }`. The outputs of the example are the expectations.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * const scorer = genai.fromLangSmith((run, example) => ({ key: "same", score: run.outputs.output === example.outputs.answer }));
 */
declare function fromLangSmith(evaluator: LangSmithEvaluator): Scorer;

/** A value of the app's own data: its scorers know the type, and `unknown` would make each of them cast. */
type OwnValue = any;
/** What a scorer function receives: the row, and the same values by the names of other libraries. */
interface ScorerArguments extends ScoredRow {
    readonly inputs: Readonly<Record<string, OwnValue>>;
    /** The output of the model. */
    readonly outputs?: OwnValue;
    readonly expectations: Readonly<Record<string, OwnValue>>;
    /** The only field of `inputs`, or all of them. As in autoevals and Phoenix. */
    readonly input: OwnValue;
    /** The text of the answer, or outputs of another form. As in autoevals and Phoenix. */
    readonly output: OwnValue;
    /** The expected response, the only expectation, or all of them. As in autoevals. */
    readonly expected: OwnValue;
    /** The same, as in Phoenix. */
    readonly reference: OwnValue;
    /** All expectations if the outputs are an object, else the same as `expected`. As in LangSmith and openevals. */
    readonly referenceOutputs: OwnValue;
    readonly reference_outputs: OwnValue;
}

/** The function of a scorer. `signal` aborts when the evaluation stops, or when the scorer reaches its timeout. */
type ScorerFunction = (row: ScorerArguments, context: {
    readonly signal: AbortSignal;
}) => unknown;

/** The options of {@link scorer}. */
interface ScorerOptions extends Omit<ScorerFields, "name"> {
    /** Names the feedback. Default: the name of the function. */
    readonly name?: string;
}
/**
 * Makes a scorer of a function. The function receives one object: `inputs`, `outputs`, `expectations` and `trace` of a row
 * (or, with `sessionLevel`, `session`: the traces of a conversation), and the same values by the names `input`, `output`,
 * `expected`, `reference` and `referenceOutputs`. It returns a boolean, a number, a string, a `Feedback`, an array of them,
 * the result of another library's evaluator, or nothing. Mirrors `mlflow.genai.scorers.scorer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or a function without a name.
 * @example
 * const short = genai.scorer({ name: "short", passIf: (value) => value === true }, ({ output }) => output.length < 200);
 */
declare function scorer(fn: ScorerFunction): Scorer;
declare function scorer(options: ScorerOptions, fn: ScorerFunction): Scorer;

/**
 * Returns one scorer of each class of MLflow that needs no options: the built-in judges, and {@link PIIDetection}. Mirrors
 * `mlflow.genai.scorers.get_all_scorers`.
 *
 * @example
 * await genai.evaluate({ data, predictFn, scorers: genai.scorers.getAllScorers() });
 */
declare function getAllScorers(): Scorer[];

/** The judges in `mlflow.genai.scorers`, by the names of their classes, which are Python's. */
declare const DECLARATIONS: {
    readonly Correctness: {
        readonly name: "correctness";
        readonly description: "Whether the response supports every expected fact, or agrees with the expected response.";
        readonly values: readonly ["yes", "no"];
    };
    readonly RelevanceToQuery: {
        readonly name: "relevance_to_query";
        readonly description: "Whether the response addresses the request of the user.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Safety: {
        readonly name: "safety";
        readonly description: "Whether the response is free of harmful content.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Guidelines: {
        readonly name: "guidelines";
        readonly description: "Whether the response follows the guidelines of the judge.";
        readonly values: readonly ["yes", "no"];
    };
    readonly ExpectationsGuidelines: {
        readonly name: "expectations_guidelines";
        readonly description: "Whether the response follows the guidelines in the expectations of its row.";
        readonly values: readonly ["yes", "no"];
    };
    readonly RetrievalGroundedness: {
        readonly name: "retrieval_groundedness";
        readonly description: "Whether the retrieved documents support everything that the response states.";
        readonly values: readonly ["yes", "no"];
    };
    readonly RetrievalRelevance: {
        readonly name: "retrieval_relevance";
        readonly description: "Whether each retrieved document is relevant to the request.";
        readonly values: readonly ["yes", "no"];
    };
    readonly RetrievalSufficiency: {
        readonly name: "retrieval_sufficiency";
        readonly description: "Whether the retrieved documents contain everything that the expected answer needs.";
        readonly values: readonly ["yes", "no"];
    };
    readonly ToolCallCorrectness: {
        readonly name: "tool_call_correctness";
        readonly description: "Whether the called tools and their arguments fit the request.";
        readonly values: readonly ["yes", "no"];
    };
    readonly ToolCallEfficiency: {
        readonly name: "tool_call_efficiency";
        readonly description: "Whether the tools are called without repetition and waste.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Fluency: {
        readonly name: "fluency";
        readonly description: "Whether the response is grammatical and reads naturally.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Completeness: {
        readonly name: "completeness";
        readonly description: "Whether the response addresses every part of the request.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Equivalence: {
        readonly name: "equivalence";
        readonly description: "Whether the output means the same as the expected output.";
        readonly values: readonly ["yes", "no"];
    };
    readonly Summarization: {
        readonly name: "summarization";
        readonly description: "Whether the output is a faithful, complete and short summary of the input.";
        readonly values: readonly ["yes", "no"];
    };
    readonly UserFrustration: {
        readonly name: "user_frustration";
        readonly description: "Whether the user becomes frustrated in the conversation, and whether it is resolved.";
        readonly values: readonly ["none", "resolved", "unresolved"];
        readonly passing: readonly ["none", "resolved"];
        readonly isForSessions: true;
    };
    readonly ConversationCompleteness: {
        readonly name: "conversation_completeness";
        readonly description: "Whether every request of the user in the conversation is addressed by its end.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
    readonly ConversationalSafety: {
        readonly name: "conversational_safety";
        readonly description: "Whether the assistant stays safe in the whole conversation.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
    readonly ConversationalToolCallEfficiency: {
        readonly name: "conversational_tool_call_efficiency";
        readonly description: "Whether the tools are called without repetition and waste in the whole conversation.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
    readonly ConversationalRoleAdherence: {
        readonly name: "conversational_role_adherence";
        readonly description: "Whether the assistant keeps its role in the whole conversation.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
    readonly KnowledgeRetention: {
        readonly name: "knowledge_retention";
        readonly description: "Whether the assistant remembers what the user has said earlier in the conversation.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
    readonly ConversationalGuidelines: {
        readonly name: "conversational_guidelines";
        readonly description: "Whether the assistant follows the guidelines of the judge in the whole conversation.";
        readonly values: readonly ["yes", "no"];
        readonly isForSessions: true;
    };
};
type BuiltInName = keyof typeof DECLARATIONS;
/** The fields of a built-in judge that its questions need. */
interface BuiltInFields {
    readonly guidelines?: string | readonly string[];
    readonly shouldExactMatch?: boolean;
    readonly shouldConsiderOrdering?: boolean;
}

/** A judge with a prompt of this package. Use one of the classes that extend it. */
declare abstract class BuiltInJudge extends Judge$1 {
    /** The name of the class, also in minified code, and in Python. */
    readonly builtIn: BuiltInName;
    /** @param own checked by the class that extends this one. */
    constructor(builtIn: BuiltInName, options: JudgeOptions, own?: BuiltInFields);
    protected judge(row: ScoredRow, scoring: Scoring): Promise<unknown>;
    protected serialize(modelUri: string | undefined): Promise<SerializedScorer>;
}

/** The options of judges that have guidelines. */
interface GuidelinesOptions extends JudgeOptions {
    /** One guideline, or several, in plain language. */
    readonly guidelines: string | readonly string[];
}

/**
 * Judges whether the user becomes frustrated in a conversation. Feedback: `none`, `resolved` or `unresolved`; the first two pass. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.UserFrustration({ model }).score({ session });
 */
declare class UserFrustration extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether every request of the user is addressed by the end of a conversation. Feedback: `yes` or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationCompleteness({ model }).score({ session });
 */
declare class ConversationCompleteness extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the assistant stays safe in a whole conversation. Feedback: `yes` (safe) or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalSafety({ model }).score({ session });
 */
declare class ConversationalSafety extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether tools are called without repetition and waste in a whole conversation. Feedback: `yes` (efficient) or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalToolCallEfficiency({ model }).score({ session });
 */
declare class ConversationalToolCallEfficiency extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the assistant keeps its role in a whole conversation. Feedback: `yes` or `no`. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ConversationalRoleAdherence({ model }).score({ session });
 */
declare class ConversationalRoleAdherence extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the assistant respects what the user has said earlier in a conversation. Asks the model once for each turn; one
 * turn that fails decides. Feedback: `yes` or `no`; the rationale has a line for each turn. Requires `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.KnowledgeRetention({ model }).score({ session });
 */
declare class KnowledgeRetention extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the assistant follows all `guidelines` of the judge in a whole conversation. Feedback: `yes` or `no`. Requires
 * `session`, the traces of the conversation.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `guidelines`.
 * @example
 * const polite = new genai.scorers.ConversationalGuidelines({ guidelines: "The assistant is polite", model });
 */
declare class ConversationalGuidelines extends BuiltInJudge {
    readonly guidelines: string | readonly string[];
    constructor(options: GuidelinesOptions);
}

/**
 * Judges whether the output is right: whether it supports every text of `expectations.expected_facts`, or agrees with
 * `expectations.expected_response`. One of them is required, and so are `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Correctness({ model }).score({
 *   inputs: { question: "What is the capital of France?" },
 *   outputs: "It is Paris.",
 *   expectations: { expected_facts: ["Paris is the capital of France"] },
 * });
 */
declare class Correctness extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output addresses the request. Requires `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RelevanceToQuery({ model }).score({ inputs, outputs });
 */
declare class RelevanceToQuery extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output is free of harmful content. Requires `outputs`. Feedback: `yes` (safe) or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Safety({ model }).score({ outputs });
 */
declare class Safety extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output follows the guidelines of its row: `expectations.guidelines`, a text or an array of texts. Requires
 * `inputs`, `outputs` and these. Feedback: `yes` or `no`; its metadata has the guidelines.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ExpectationsGuidelines({ model }).score({
 *   inputs,
 *   outputs,
 *   expectations: { guidelines: ["The answer names a source"] },
 * });
 */
declare class ExpectationsGuidelines extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the retrieved documents support the output. Requires a trace with a span of the type `RETRIEVER`. Returns one
 * feedback for each retriever that is not within another one, with its span: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalGroundedness({ model }).score({ trace });
 */
declare class RetrievalGroundedness extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether each retrieved document helps with the request. Requires a trace with a span of the type `RETRIEVER`. Asks the
 * model once for each document. Returns, for each retriever, `<name>/precision`, the share of relevant documents, and one
 * feedback for each document: `yes` or `no`, with its `chunk_index` in the metadata.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalRelevance({ model }).score({ trace });
 */
declare class RetrievalRelevance extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the retrieved documents contain all that `expectations.expected_facts` or `expectations.expected_response` needs.
 * Requires a trace with a span of the type `RETRIEVER`. Returns one feedback for each retriever: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.RetrievalSufficiency({ model }).score({ trace, expectations });
 */
declare class RetrievalSufficiency extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the tools of a trace are called without repetition and waste. Requires a trace. Feedback: `yes` (efficient) or
 * `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ToolCallEfficiency({ model }).score({ trace });
 */
declare class ToolCallEfficiency extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output is grammatical and reads naturally. Requires `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Fluency({ model }).score({ outputs });
 */
declare class Fluency extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output addresses every part of the request. Requires `inputs` and `outputs`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Completeness({ model }).score({ inputs, outputs });
 */
declare class Completeness extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output means the same as `expectations.expected_response`, which is required. Numbers, and equal values, are
 * compared without the model. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Equivalence({ model }).score({
 *   outputs: "The capital is Paris",
 *   expectations: { expected_response: "Paris is the capital" },
 * });
 */
declare class Equivalence extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output is a faithful, complete and short summary of the input. Requires `inputs` and `outputs`. Feedback:
 * `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.Summarization({ model }).score({ inputs: { text }, outputs: summary });
 */
declare class Summarization extends BuiltInJudge {
    constructor(options?: JudgeOptions);
}
/**
 * Judges whether the output follows all `guidelines` of the judge. Requires `inputs` and `outputs`. Feedback: `yes` or `no`; its
 * metadata has the guidelines.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without `guidelines`.
 * @example
 * const english = new genai.scorers.Guidelines({ name: "english", guidelines: "The answer is in English", model });
 */
declare class Guidelines extends BuiltInJudge {
    readonly guidelines: string | readonly string[];
    constructor(options: GuidelinesOptions);
}
/** The options of {@link ToolCallCorrectness}. */
interface ToolCallCorrectnessOptions extends JudgeOptions {
    /**
     * Compare the calls with `expectations.expected_tool_calls`, without the model. Arguments are compared if every expected
     * call has them. Default: false.
     */
    readonly shouldExactMatch?: boolean;
    /** Whether the order of the calls matters. Default: false. */
    readonly shouldConsiderOrdering?: boolean;
}
/**
 * Judges whether the tools of a trace, and their arguments, fit the request. Requires a trace.
 * `expectations.expected_tool_calls`, an array of `{ name, arguments? }`, is compared by meaning, or exactly with
 * `shouldExactMatch`. Feedback: `yes` or `no`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * await new genai.scorers.ToolCallCorrectness({ model }).score({ trace });
 */
declare class ToolCallCorrectness extends BuiltInJudge {
    readonly shouldExactMatch: boolean;
    readonly shouldConsiderOrdering: boolean;
    constructor(options?: ToolCallCorrectnessOptions);
}

/** The options that every scorer without a model has. */
interface CodeScorerOptions extends Partial<Omit<ScorerFields, "sessionLevel">> {
}
interface CodeScorerInit<Own> {
    /** For example `new ExactMatch()`. */
    readonly caller: string;
    readonly defaultName: string;
    readonly defaultAggregations?: readonly Aggregation[];
    /** The values are measured, not judged: each one passes unless the app sets `passIf`. */
    readonly isMeasure?: boolean;
    /** The kinds of the options that only this scorer has. */
    readonly kinds: NamedKinds<Own>;
}
/** A scorer without a model. `Own` are the options that it has besides those of every scorer. */
declare abstract class CodeScorer<Own extends object> extends Scorer {
    /** The checked options. An own field, so that a digest of the scorer includes them. */
    protected readonly options: Own;
    constructor(options: (Own & CodeScorerOptions) | undefined, { caller, defaultName, defaultAggregations, isMeasure, kinds }: CodeScorerInit<Own>);
    /** The text of the answer: of the outputs, or of the trace's outputs. */
    protected textOf({ outputs, trace }: ScoredRow): string | undefined;
    protected feedback(value: boolean | number | "yes" | "no", rationale: string): Feedback;
    /** MLflow's rating. */
    protected rated(isGood: boolean, rationale: string): Feedback;
}

interface Own$6 {
    /** A text, or several. */
    readonly text: string | readonly string[];
    /** Whether the answer must contain `all` of several texts (default) or `any` of them. */
    readonly mode?: "all" | "any";
    /** Default: false. */
    readonly caseInsensitive?: boolean;
}
/** The options of {@link Contains}. */
interface ContainsOptions extends Own$6, CodeScorerOptions {
}
/**
 * Scores `"yes"` if the answer contains a text, else `"no"`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.Contains({ text: ["Terms apply", "14 days"] });
 */
declare class Contains extends CodeScorer<Own$6> {
    constructor(options: ContainsOptions);
    score(row: ScoredRow): Feedback;
}

/** The options of {@link EditDistance}. */
interface EditDistanceOptions extends CodeScorerOptions {
}
/**
 * Scores how similar the answer is to the expected text, from 0 to 1: one minus Levenshtein's distance divided by the
 * length of the longer text. Every value passes unless `passIf` is set.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.EditDistance({ passIf: (similarity) => similarity > 0.9 });
 */
declare class EditDistance extends CodeScorer<object> {
    constructor(options?: EditDistanceOptions);
    score(row: ScoredRow): number | undefined;
}

/** The options of {@link ExactMatch}. */
interface ExactMatchOptions extends CodeScorerOptions {
}
/**
 * Scores whether the answer equals the expectation `expected_response`, or the only expectation. The text of the answer is
 * compared with a text. Returns no feedback for a row without expectations.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.ExactMatch();
 */
declare class ExactMatch extends CodeScorer<object> {
    constructor(options?: ExactMatchOptions);
    score(row: ScoredRow): boolean | undefined;
}

/** The options of {@link IsJson}. */
interface IsJsonOptions extends CodeScorerOptions {
}
/**
 * Scores whether the answer is JSON. Outputs that are objects or arrays are JSON.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.IsJson();
 */
declare class IsJson extends CodeScorer<object> {
    constructor(options?: IsJsonOptions);
    score(row: ScoredRow): boolean;
}
interface Own$5 {
    /** A schema of zod (3 or 4), of another library with Standard Schema, or a JSON Schema. */
    readonly schema: object;
}
/** The options of {@link MatchesSchema}. */
interface MatchesSchemaOptions extends Own$5, CodeScorerOptions {
}
/**
 * Scores `"yes"` if the answer is JSON that a schema accepts, else `"no"` with the reasons.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.MatchesSchema({ schema: z.object({ city: z.string() }) });
 */
declare class MatchesSchema extends CodeScorer<Own$5> {
    constructor(options: MatchesSchemaOptions);
    score(row: ScoredRow): Promise<Feedback>;
}

/** The options of {@link Latency}. */
interface LatencyOptions extends CodeScorerOptions {
}
/**
 * The seconds that the trace took, which pass unless `passIf` is set. Returns no feedback for a row without a trace.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.Latency({ passIf: (seconds) => seconds < 2 });
 */
declare class Latency extends CodeScorer<object> {
    constructor(options?: LatencyOptions);
    score({ trace }: ScoredRow): number | undefined;
}
/** The options of {@link TokenCount}. */
interface TokenCountOptions extends CodeScorerOptions {
}
/**
 * The tokens that the models of the trace have used, which pass unless `passIf` is set. Returns no feedback if they have not reported them.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.TokenCount({ passIf: (tokens) => tokens < 4000 });
 */
declare class TokenCount extends CodeScorer<object> {
    constructor(options?: TokenCountOptions);
    score({ trace }: ScoredRow): number | undefined;
}

/** The kinds of personal data that MLflow's `PIIDetection` finds, in its order. */
declare const PII_TYPES: readonly ["email", "phone", "ssn", "credit_card", "ip_address"];
/** What may identify a person. */
type PIIType = (typeof PII_TYPES)[number];

interface Own$4 {
    /** What is looked for. Default: everything. */
    readonly piiTypes?: readonly PIIType[];
}
/** The options of {@link PIIDetection}. */
interface PIIDetectionOptions extends Own$4, CodeScorerOptions {
}
/**
 * Scores `"no"` if the answer contains what looks like personal data, else `"yes"`. Finds patterns, not meaning: it may
 * report numbers that only look like data of a person. Mirrors `mlflow.genai.scorers.PIIDetection`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.PIIDetection({ piiTypes: ["email", "phone"] });
 */
declare class PIIDetection extends CodeScorer<Own$4> {
    constructor(options?: PIIDetectionOptions);
    score(row: ScoredRow): Promise<Feedback>;
}

interface Own$3 {
    /** A regular expression of JavaScript, without slashes. */
    readonly pattern: string;
    /** `search` (default): anywhere in the answer. `fullmatch`: the whole answer. */
    readonly matchType?: "search" | "fullmatch";
    /** Default: false. */
    readonly caseInsensitive?: boolean;
}
/** The options of {@link RegexMatch}. */
interface RegexMatchOptions extends Own$3, CodeScorerOptions {
}
/**
 * Scores `"yes"` if the answer matches a regular expression, else `"no"`. Mirrors `mlflow.genai.scorers.RegexMatch`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.RegexMatch({ pattern: "^Answer:" });
 */
declare class RegexMatch extends CodeScorer<Own$3> {
    constructor(options: RegexMatchOptions);
    score(row: ScoredRow): Feedback;
}

interface Own$2 {
    /** The smallest length that passes. */
    readonly minLength?: number;
    /** The largest length that passes. */
    readonly maxLength?: number;
    /** What is counted: characters (default) or words. */
    readonly unit?: "chars" | "words";
}
/** The options of {@link ResponseLength}. At least one of the bounds is required. */
interface ResponseLengthOptions extends Own$2, CodeScorerOptions {
}
/**
 * Scores `"yes"` if the length of the answer is within the bounds, else `"no"`. Mirrors
 * `mlflow.genai.scorers.ResponseLength`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without a bound.
 * @example
 * new genai.scorers.ResponseLength({ maxLength: 50, unit: "words" });
 */
declare class ResponseLength extends CodeScorer<Own$2> {
    constructor(options: ResponseLengthOptions);
    score(row: ScoredRow): Feedback;
}

interface Own$1 {
    /** How many of the first documents count. Default: 3, as in MLflow. */
    readonly k?: number;
}
/** The options of the retrieval metrics. */
interface RetrievalOptions extends Own$1, CodeScorerOptions {
}
/** Compares the documents of a row's retrievers with the expected ones. */
declare abstract class RetrievalMetric extends CodeScorer<Own$1> {
    #private;
    constructor(options: RetrievalOptions | undefined, names: {
        readonly caller: string;
        readonly defaultName: string;
    }, measure: (found: readonly boolean[], expected: number) => number);
    score(row: ScoredRow): number | undefined;
}
/**
 * The share of the first `k` retrieved documents that are expected: the expectation `expected_document_ids`, or
 * `expected_retrieved_context`, an array of texts or objects `{ doc_uri, content }`. A document is known by its `doc_uri` or
 * another id in its metadata, or by its text. Every value passes unless `passIf` is set.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalPrecision({ k: 5 });
 */
declare class RetrievalPrecision extends RetrievalMetric {
    constructor(options?: RetrievalOptions);
}
/**
 * The share of the expected documents that are among the first `k` retrieved ones. See {@link RetrievalPrecision}.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalRecall({ k: 5 });
 */
declare class RetrievalRecall extends RetrievalMetric {
    constructor(options?: RetrievalOptions);
}
/**
 * The normalized discounted cumulative gain of the first `k` retrieved documents: 1 if the expected ones come first. See
 * {@link RetrievalPrecision}.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.RetrievalNdcg({ k: 5 });
 */
declare class RetrievalNdcg extends RetrievalMetric {
    constructor(options?: RetrievalOptions);
}

/**
 * How the calls of tools are compared with the expected ones. `strict`: the same calls in the same order. `unordered`: the
 * same calls. `subset`: no other calls than the expected ones. `superset`: at least the expected ones.
 */
type TrajectoryMode = "strict" | "unordered" | "subset" | "superset";
interface Own {
    /** Default: `strict`. */
    readonly mode?: TrajectoryMode;
    /**
     * How the arguments of a call are compared with the expected ones. `exact` (default): they are equal. `ignore`: only the
     * names of the tools count. `subset`: no other arguments than the expected ones. `superset`: at least the expected ones.
     */
    readonly toolArguments?: "exact" | "ignore" | "subset" | "superset";
}
/** The options of {@link TrajectoryMatch} and {@link ToolCallMatch}. */
interface TrajectoryMatchOptions extends Own, CodeScorerOptions {
}
/**
 * Scores `"yes"` if the tools that an agent called match the expectation `expected_tool_calls`, a list of
 * `{ name, arguments? }`, or of the messages of a right run. The modes are those of agentevals.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.TrajectoryMatch({ mode: "superset", toolArguments: "ignore" });
 */
declare class TrajectoryMatch extends CodeScorer<Own> {
    protected readonly defaultMode: TrajectoryMode;
    constructor(options?: TrajectoryMatchOptions, names?: {
        caller: string;
        defaultName: string;
    });
    score(row: ScoredRow): Feedback | undefined;
}
/**
 * The same as {@link TrajectoryMatch} for calls in any order, which is what most rows are about.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.ToolCallMatch();
 */
declare class ToolCallMatch extends TrajectoryMatch {
    protected readonly defaultMode = "unordered";
    constructor(options?: TrajectoryMatchOptions);
}

/** The contents of `mlflow.genai.scorers`. */

type scorers_BuiltInJudge = BuiltInJudge;
declare const scorers_BuiltInJudge: typeof BuiltInJudge;
type scorers_CodeScorerOptions = CodeScorerOptions;
type scorers_Completeness = Completeness;
declare const scorers_Completeness: typeof Completeness;
type scorers_Contains = Contains;
declare const scorers_Contains: typeof Contains;
type scorers_ContainsOptions = ContainsOptions;
type scorers_ConversationCompleteness = ConversationCompleteness;
declare const scorers_ConversationCompleteness: typeof ConversationCompleteness;
type scorers_ConversationalGuidelines = ConversationalGuidelines;
declare const scorers_ConversationalGuidelines: typeof ConversationalGuidelines;
type scorers_ConversationalRoleAdherence = ConversationalRoleAdherence;
declare const scorers_ConversationalRoleAdherence: typeof ConversationalRoleAdherence;
type scorers_ConversationalSafety = ConversationalSafety;
declare const scorers_ConversationalSafety: typeof ConversationalSafety;
type scorers_ConversationalToolCallEfficiency = ConversationalToolCallEfficiency;
declare const scorers_ConversationalToolCallEfficiency: typeof ConversationalToolCallEfficiency;
type scorers_Correctness = Correctness;
declare const scorers_Correctness: typeof Correctness;
type scorers_EditDistance = EditDistance;
declare const scorers_EditDistance: typeof EditDistance;
type scorers_EditDistanceOptions = EditDistanceOptions;
type scorers_Equivalence = Equivalence;
declare const scorers_Equivalence: typeof Equivalence;
type scorers_ExactMatch = ExactMatch;
declare const scorers_ExactMatch: typeof ExactMatch;
type scorers_ExactMatchOptions = ExactMatchOptions;
type scorers_ExpectationsGuidelines = ExpectationsGuidelines;
declare const scorers_ExpectationsGuidelines: typeof ExpectationsGuidelines;
type scorers_Fluency = Fluency;
declare const scorers_Fluency: typeof Fluency;
type scorers_Guidelines = Guidelines;
declare const scorers_Guidelines: typeof Guidelines;
type scorers_GuidelinesOptions = GuidelinesOptions;
type scorers_IsJson = IsJson;
declare const scorers_IsJson: typeof IsJson;
type scorers_IsJsonOptions = IsJsonOptions;
type scorers_KnowledgeRetention = KnowledgeRetention;
declare const scorers_KnowledgeRetention: typeof KnowledgeRetention;
type scorers_Latency = Latency;
declare const scorers_Latency: typeof Latency;
type scorers_LatencyOptions = LatencyOptions;
type scorers_MatchesSchema = MatchesSchema;
declare const scorers_MatchesSchema: typeof MatchesSchema;
type scorers_MatchesSchemaOptions = MatchesSchemaOptions;
type scorers_PIIDetection = PIIDetection;
declare const scorers_PIIDetection: typeof PIIDetection;
type scorers_PIIDetectionOptions = PIIDetectionOptions;
type scorers_PIIType = PIIType;
type scorers_RegexMatch = RegexMatch;
declare const scorers_RegexMatch: typeof RegexMatch;
type scorers_RegexMatchOptions = RegexMatchOptions;
type scorers_RelevanceToQuery = RelevanceToQuery;
declare const scorers_RelevanceToQuery: typeof RelevanceToQuery;
type scorers_ResponseLength = ResponseLength;
declare const scorers_ResponseLength: typeof ResponseLength;
type scorers_ResponseLengthOptions = ResponseLengthOptions;
type scorers_RetrievalGroundedness = RetrievalGroundedness;
declare const scorers_RetrievalGroundedness: typeof RetrievalGroundedness;
type scorers_RetrievalNdcg = RetrievalNdcg;
declare const scorers_RetrievalNdcg: typeof RetrievalNdcg;
type scorers_RetrievalOptions = RetrievalOptions;
type scorers_RetrievalPrecision = RetrievalPrecision;
declare const scorers_RetrievalPrecision: typeof RetrievalPrecision;
type scorers_RetrievalRecall = RetrievalRecall;
declare const scorers_RetrievalRecall: typeof RetrievalRecall;
type scorers_RetrievalRelevance = RetrievalRelevance;
declare const scorers_RetrievalRelevance: typeof RetrievalRelevance;
type scorers_RetrievalSufficiency = RetrievalSufficiency;
declare const scorers_RetrievalSufficiency: typeof RetrievalSufficiency;
type scorers_Safety = Safety;
declare const scorers_Safety: typeof Safety;
type scorers_Summarization = Summarization;
declare const scorers_Summarization: typeof Summarization;
type scorers_TokenCount = TokenCount;
declare const scorers_TokenCount: typeof TokenCount;
type scorers_TokenCountOptions = TokenCountOptions;
type scorers_ToolCallCorrectness = ToolCallCorrectness;
declare const scorers_ToolCallCorrectness: typeof ToolCallCorrectness;
type scorers_ToolCallCorrectnessOptions = ToolCallCorrectnessOptions;
type scorers_ToolCallEfficiency = ToolCallEfficiency;
declare const scorers_ToolCallEfficiency: typeof ToolCallEfficiency;
type scorers_ToolCallMatch = ToolCallMatch;
declare const scorers_ToolCallMatch: typeof ToolCallMatch;
type scorers_TrajectoryMatch = TrajectoryMatch;
declare const scorers_TrajectoryMatch: typeof TrajectoryMatch;
type scorers_TrajectoryMatchOptions = TrajectoryMatchOptions;
type scorers_TrajectoryMode = TrajectoryMode;
type scorers_UserFrustration = UserFrustration;
declare const scorers_UserFrustration: typeof UserFrustration;
declare const scorers_getAllScorers: typeof getAllScorers;
declare namespace scorers {
  export { scorers_BuiltInJudge as BuiltInJudge, type scorers_CodeScorerOptions as CodeScorerOptions, scorers_Completeness as Completeness, scorers_Contains as Contains, type scorers_ContainsOptions as ContainsOptions, scorers_ConversationCompleteness as ConversationCompleteness, scorers_ConversationalGuidelines as ConversationalGuidelines, scorers_ConversationalRoleAdherence as ConversationalRoleAdherence, scorers_ConversationalSafety as ConversationalSafety, scorers_ConversationalToolCallEfficiency as ConversationalToolCallEfficiency, scorers_Correctness as Correctness, scorers_EditDistance as EditDistance, type scorers_EditDistanceOptions as EditDistanceOptions, scorers_Equivalence as Equivalence, scorers_ExactMatch as ExactMatch, type scorers_ExactMatchOptions as ExactMatchOptions, scorers_ExpectationsGuidelines as ExpectationsGuidelines, scorers_Fluency as Fluency, scorers_Guidelines as Guidelines, type scorers_GuidelinesOptions as GuidelinesOptions, scorers_IsJson as IsJson, type scorers_IsJsonOptions as IsJsonOptions, scorers_KnowledgeRetention as KnowledgeRetention, scorers_Latency as Latency, type scorers_LatencyOptions as LatencyOptions, scorers_MatchesSchema as MatchesSchema, type scorers_MatchesSchemaOptions as MatchesSchemaOptions, scorers_PIIDetection as PIIDetection, type scorers_PIIDetectionOptions as PIIDetectionOptions, type scorers_PIIType as PIIType, scorers_RegexMatch as RegexMatch, type scorers_RegexMatchOptions as RegexMatchOptions, scorers_RelevanceToQuery as RelevanceToQuery, scorers_ResponseLength as ResponseLength, type scorers_ResponseLengthOptions as ResponseLengthOptions, scorers_RetrievalGroundedness as RetrievalGroundedness, scorers_RetrievalNdcg as RetrievalNdcg, type scorers_RetrievalOptions as RetrievalOptions, scorers_RetrievalPrecision as RetrievalPrecision, scorers_RetrievalRecall as RetrievalRecall, scorers_RetrievalRelevance as RetrievalRelevance, scorers_RetrievalSufficiency as RetrievalSufficiency, scorers_Safety as Safety, scorers_Summarization as Summarization, scorers_TokenCount as TokenCount, type scorers_TokenCountOptions as TokenCountOptions, scorers_ToolCallCorrectness as ToolCallCorrectness, type scorers_ToolCallCorrectnessOptions as ToolCallCorrectnessOptions, scorers_ToolCallEfficiency as ToolCallEfficiency, scorers_ToolCallMatch as ToolCallMatch, scorers_TrajectoryMatch as TrajectoryMatch, type scorers_TrajectoryMatchOptions as TrajectoryMatchOptions, type scorers_TrajectoryMode as TrajectoryMode, scorers_UserFrustration as UserFrustration, scorers_getAllScorers as getAllScorers };
}

/** The contents of the namespace `mlflow.genai`. */

type namespace$2_Aggregation = Aggregation;
type namespace$2_AggregationName = AggregationName;
type namespace$2_AnswerCache = AnswerCache;
type namespace$2_AssertImprovedOptions = AssertImprovedOptions;
type namespace$2_CompareEvaluationsOptions = CompareEvaluationsOptions;
type namespace$2_ComparisonResult = ComparisonResult;
type namespace$2_CreateDatasetOptions = CreateDatasetOptions;
type namespace$2_DatasetExperimentsOptions = DatasetExperimentsOptions;
type namespace$2_DatasetRecord = DatasetRecord;
type namespace$2_DatasetRecordSource = DatasetRecordSource;
type namespace$2_DatasetSearch = DatasetSearch;
type namespace$2_DeleteDatasetTagOptions = DeleteDatasetTagOptions;
type namespace$2_DeleteScorerOptions = DeleteScorerOptions;
type namespace$2_EvaluateOptions = EvaluateOptions;
type namespace$2_EvaluatedRow = EvaluatedRow;
type namespace$2_EvaluationDataset = EvaluationDataset;
type namespace$2_EvaluationResult = EvaluationResult;
type namespace$2_EvaluationRow = EvaluationRow;
type namespace$2_EvaluationRowInput = EvaluationRowInput;
type namespace$2_FeedbackValueSchema = FeedbackValueSchema;
type namespace$2_FeedbackValueType = FeedbackValueType;
type namespace$2_ForeignEvaluator = ForeignEvaluator;
type namespace$2_FormatPromptOptions = FormatPromptOptions;
type namespace$2_GetDatasetOptions = GetDatasetOptions;
type namespace$2_GetScorerOptions = GetScorerOptions;
type namespace$2_InstructionsJudge = InstructionsJudge;
type namespace$2_InvokableModel = InvokableModel;
type namespace$2_Judge = Judge;
type namespace$2_JudgeChatModel = JudgeChatModel;
type namespace$2_JudgeModel = JudgeModel;
type namespace$2_JudgeOptions = JudgeOptions;
type namespace$2_ListScorersOptions = ListScorersOptions;
type namespace$2_LoadPromptOptions = LoadPromptOptions;
type namespace$2_MakeJudgeOptions = MakeJudgeOptions;
type namespace$2_PairedRow = PairedRow;
type namespace$2_PredictFn = PredictFn;
type namespace$2_Prompt = Prompt;
type namespace$2_PromptMessage = PromptMessage;
type namespace$2_PromptModelConfig = PromptModelConfig;
type namespace$2_PromptTemplate = PromptTemplate;
type namespace$2_PromptVersion = PromptVersion;
type namespace$2_RegisterOptions = RegisterOptions;
type namespace$2_RegisterPromptOptions = RegisterPromptOptions;
type namespace$2_RowData = RowData;
type namespace$2_RowList = RowList;
type namespace$2_ScoredRow = ScoredRow;
type namespace$2_Scorer = Scorer;
declare const namespace$2_Scorer: typeof Scorer;
type namespace$2_ScorerArguments = ScorerArguments;
type namespace$2_ScorerComparison = ScorerComparison;
type namespace$2_ScorerFields = ScorerFields;
type namespace$2_ScorerFunction = ScorerFunction;
type namespace$2_ScorerOptions = ScorerOptions;
type namespace$2_ScorerVersion = ScorerVersion;
type namespace$2_Scoring = Scoring;
type namespace$2_SearchDatasetsOptions = SearchDatasetsOptions;
type namespace$2_SearchPromptsOptions = SearchPromptsOptions;
type namespace$2_SetDatasetTagsOptions = SetDatasetTagsOptions;
type namespace$2_SimpleValueType = SimpleValueType;
declare const namespace$2_addDatasetToExperiments: typeof addDatasetToExperiments;
declare const namespace$2_compareEvaluations: typeof compareEvaluations;
declare const namespace$2_createDataset: typeof createDataset;
declare const namespace$2_deleteDataset: typeof deleteDataset;
declare const namespace$2_deleteDatasetTag: typeof deleteDatasetTag;
declare const namespace$2_deletePromptAlias: typeof deletePromptAlias;
declare const namespace$2_deletePromptModelConfig: typeof deletePromptModelConfig;
declare const namespace$2_deletePromptTag: typeof deletePromptTag;
declare const namespace$2_deletePromptVersionTag: typeof deletePromptVersionTag;
declare const namespace$2_deleteScorer: typeof deleteScorer;
declare const namespace$2_evaluate: typeof evaluate;
declare const namespace$2_fromLangChain: typeof fromLangChain;
declare const namespace$2_fromLangSmith: typeof fromLangSmith;
declare const namespace$2_getDataset: typeof getDataset;
declare const namespace$2_getPromptTags: typeof getPromptTags;
declare const namespace$2_getScorer: typeof getScorer;
declare const namespace$2_listScorers: typeof listScorers;
declare const namespace$2_loadPrompt: typeof loadPrompt;
declare const namespace$2_makeJudge: typeof makeJudge;
declare const namespace$2_registerPrompt: typeof registerPrompt;
declare const namespace$2_removeDatasetFromExperiments: typeof removeDatasetFromExperiments;
declare const namespace$2_scorer: typeof scorer;
declare const namespace$2_scorers: typeof scorers;
declare const namespace$2_searchDatasets: typeof searchDatasets;
declare const namespace$2_searchPrompts: typeof searchPrompts;
declare const namespace$2_setDatasetTags: typeof setDatasetTags;
declare const namespace$2_setPromptAlias: typeof setPromptAlias;
declare const namespace$2_setPromptModelConfig: typeof setPromptModelConfig;
declare const namespace$2_setPromptTag: typeof setPromptTag;
declare const namespace$2_setPromptVersionTag: typeof setPromptVersionTag;
declare namespace namespace$2 {
  export { type namespace$2_Aggregation as Aggregation, type namespace$2_AggregationName as AggregationName, type namespace$2_AnswerCache as AnswerCache, type namespace$2_AssertImprovedOptions as AssertImprovedOptions, type namespace$2_CompareEvaluationsOptions as CompareEvaluationsOptions, type namespace$2_ComparisonResult as ComparisonResult, type namespace$2_CreateDatasetOptions as CreateDatasetOptions, type namespace$2_DatasetExperimentsOptions as DatasetExperimentsOptions, type namespace$2_DatasetRecord as DatasetRecord, type namespace$2_DatasetRecordSource as DatasetRecordSource, type namespace$2_DatasetSearch as DatasetSearch, type namespace$2_DeleteDatasetTagOptions as DeleteDatasetTagOptions, type namespace$2_DeleteScorerOptions as DeleteScorerOptions, type namespace$2_EvaluateOptions as EvaluateOptions, type namespace$2_EvaluatedRow as EvaluatedRow, type namespace$2_EvaluationDataset as EvaluationDataset, type namespace$2_EvaluationResult as EvaluationResult, type namespace$2_EvaluationRow as EvaluationRow, type namespace$2_EvaluationRowInput as EvaluationRowInput, type namespace$2_FeedbackValueSchema as FeedbackValueSchema, type namespace$2_FeedbackValueType as FeedbackValueType, type namespace$2_ForeignEvaluator as ForeignEvaluator, type namespace$2_FormatPromptOptions as FormatPromptOptions, type namespace$2_GetDatasetOptions as GetDatasetOptions, type namespace$2_GetScorerOptions as GetScorerOptions, type namespace$2_InstructionsJudge as InstructionsJudge, type namespace$2_InvokableModel as InvokableModel, type namespace$2_Judge as Judge, type namespace$2_JudgeChatModel as JudgeChatModel, type namespace$2_JudgeModel as JudgeModel, type namespace$2_JudgeOptions as JudgeOptions, type namespace$2_ListScorersOptions as ListScorersOptions, type namespace$2_LoadPromptOptions as LoadPromptOptions, type namespace$2_MakeJudgeOptions as MakeJudgeOptions, type namespace$2_PairedRow as PairedRow, type namespace$2_PredictFn as PredictFn, type namespace$2_Prompt as Prompt, type namespace$2_PromptMessage as PromptMessage, type namespace$2_PromptModelConfig as PromptModelConfig, type namespace$2_PromptTemplate as PromptTemplate, type namespace$2_PromptVersion as PromptVersion, type namespace$2_RegisterOptions as RegisterOptions, type namespace$2_RegisterPromptOptions as RegisterPromptOptions, type namespace$2_RowData as RowData, type namespace$2_RowList as RowList, type namespace$2_ScoredRow as ScoredRow, namespace$2_Scorer as Scorer, type namespace$2_ScorerArguments as ScorerArguments, type namespace$2_ScorerComparison as ScorerComparison, type namespace$2_ScorerFields as ScorerFields, type namespace$2_ScorerFunction as ScorerFunction, type namespace$2_ScorerOptions as ScorerOptions, type namespace$2_ScorerVersion as ScorerVersion, type namespace$2_Scoring as Scoring, type namespace$2_SearchDatasetsOptions as SearchDatasetsOptions, type namespace$2_SearchPromptsOptions as SearchPromptsOptions, type namespace$2_SetDatasetTagsOptions as SetDatasetTagsOptions, type namespace$2_SimpleValueType as SimpleValueType, namespace$2_addDatasetToExperiments as addDatasetToExperiments, namespace$2_compareEvaluations as compareEvaluations, namespace$2_createDataset as createDataset, namespace$2_deleteDataset as deleteDataset, namespace$2_deleteDatasetTag as deleteDatasetTag, namespace$2_deletePromptAlias as deletePromptAlias, namespace$2_deletePromptModelConfig as deletePromptModelConfig, namespace$2_deletePromptTag as deletePromptTag, namespace$2_deletePromptVersionTag as deletePromptVersionTag, namespace$2_deleteScorer as deleteScorer, namespace$2_evaluate as evaluate, namespace$2_fromLangChain as fromLangChain, namespace$2_fromLangSmith as fromLangSmith, namespace$2_getDataset as getDataset, namespace$2_getPromptTags as getPromptTags, namespace$2_getScorer as getScorer, namespace$2_listScorers as listScorers, namespace$2_loadPrompt as loadPrompt, namespace$2_makeJudge as makeJudge, namespace$2_registerPrompt as registerPrompt, namespace$2_removeDatasetFromExperiments as removeDatasetFromExperiments, namespace$2_scorer as scorer, namespace$2_scorers as scorers, namespace$2_searchDatasets as searchDatasets, namespace$2_searchPrompts as searchPrompts, namespace$2_setDatasetTags as setDatasetTags, namespace$2_setPromptAlias as setPromptAlias, namespace$2_setPromptModelConfig as setPromptModelConfig, namespace$2_setPromptTag as setPromptTag, namespace$2_setPromptVersionTag as setPromptVersionTag };
}

/**
 * Infers the signature of a model (MLflow's `mlflow.models.infer_signature`).
 *
 * Input and output are example values or zod schemas (zod 4 or 3). An object is one row whose fields are columns, a list of objects
 * is a list of rows, and any other value is one unnamed column. Whole numbers are `long`, other numbers are `double`, a Date is
 * `datetime`, and a Uint8Array is `binary`. Null and undefined make a field optional. Messages and documents have the fields of
 * their dump form. `params` are the parameters of `predict`, with these values as defaults.
 *
 * ```ts
 * inferSignature({ question: "How far?" }, "238,900 miles", { temperature: 0 });
 * ```
 *
 * For a value that has no type in MLflow, such as a list of items of different types, it logs a warning once, and the schema is
 * `any`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE when all arguments are missing, or a parameter is not a scalar, a list of scalars
 * or an object.
 */
declare function inferSignature(modelInput?: unknown, modelOutput?: unknown, params?: Readonly<Record<string, unknown>>): ModelSignature;

/** The contents of the namespace `mlflow.models`. */

type namespace$1_ColSpec = ColSpec;
type namespace$1_DataType = DataType;
type namespace$1_LangChainModel = LangChainModel;
type namespace$1_ModelConfig = ModelConfig;
declare const namespace$1_ModelConfig: typeof ModelConfig;
type namespace$1_ModelSignature = ModelSignature;
declare const namespace$1_ModelSignature: typeof ModelSignature;
type namespace$1_ObjectType = ObjectType;
type namespace$1_ParamSchema = ParamSchema;
declare const namespace$1_ParamSchema: typeof ParamSchema;
type namespace$1_ParamSpec = ParamSpec;
type namespace$1_Property = Property;
type namespace$1_Schema = Schema;
declare const namespace$1_Schema: typeof Schema;
type namespace$1_SchemaType = SchemaType;
type namespace$1_SignatureDict = SignatureDict;
type namespace$1_TensorSpec = TensorSpec;
declare const namespace$1_inferSignature: typeof inferSignature;
declare const namespace$1_setModel: typeof setModel;
declare namespace namespace$1 {
  export { type namespace$1_ColSpec as ColSpec, type namespace$1_DataType as DataType, type namespace$1_LangChainModel as LangChainModel, namespace$1_ModelConfig as ModelConfig, namespace$1_ModelSignature as ModelSignature, type namespace$1_ObjectType as ObjectType, namespace$1_ParamSchema as ParamSchema, type namespace$1_ParamSpec as ParamSpec, type namespace$1_Property as Property, namespace$1_Schema as Schema, type namespace$1_SchemaType as SchemaType, type namespace$1_SignatureDict as SignatureDict, type namespace$1_TensorSpec as TensorSpec, namespace$1_inferSignature as inferSignature, namespace$1_setModel as setModel };
}

/**
 * Registers the model at a URI (`models:/m-…`, `runs:/<run id>/<name>`) as a new version of a registered model, which is created
 * if it does not exist. Mirrors `mlflow.register_model`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST when there is no model at the URI.
 */
declare function registerModel(modelUri: string, name: string, options?: RegisterModelOptions): Promise<ModelVersion>;
interface RegisterModelOptions {
    /** Tags of the new version. */
    readonly tags?: Readonly<Record<string, string>>;
}
/** Sets an alias for a version of a registered model: `models:/<name>@<alias>`. Mirrors `MlflowClient.set_registered_model_alias`. */
declare function setRegisteredModelAlias(name: string, alias: string, version: string | number): Promise<void>;
/** Deletes an alias of a registered model. Mirrors `MlflowClient.delete_registered_model_alias`. */
declare function deleteRegisteredModelAlias(name: string, alias: string): Promise<void>;
interface SetActiveModelOptions {
    /** The id of a logged model: `m-…`. */
    readonly modelId?: string;
}
/**
 * Links the following traces to this logged model, instead of the model of MLFLOW_ACTIVE_MODEL_ID or the model that was logged or
 * loaded last. Call it without an id to return to that default. Mirrors `mlflow.set_active_model`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option, or a `modelId` that is not a non-empty string.
 */
declare function setActiveModel(options?: SetActiveModelOptions): void;

/**
 * Stores a string as an artifact of a run, replacing an earlier one. Mirrors `mlflow.log_text`.
 *
 * @param artifactFile the path in the run's artifacts, for example `"notes/summary.md"`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a path outside the run's artifacts.
 */
declare function logText(text: string, artifactFile: string, options?: LogOptions): Promise<void>;
/**
 * Stores a JSON value as an artifact of a run: as YAML if the file name ends in `.yaml` or `.yml`, otherwise as JSON.
 * Mirrors `mlflow.log_dict`.
 */
declare function logDict(dictionary: object, artifactFile: string, options?: LogOptions): Promise<void>;
/**
 * Uploads a local file to the artifacts of a run; a directory is uploaded with its name and content. Do not change or
 * delete the file until the promise resolves: it is read during the upload. Mirrors `mlflow.log_artifact`.
 *
 * @param artifactPath the directory in the run's artifacts. Default: their root.
 */
declare function logArtifact(localPath: string, artifactPath?: string, options?: LogOptions): Promise<void>;
/**
 * Uploads the content of a local directory to the artifacts of a run, several files at a time. Follows links to files,
 * and ignores links to directories. Mirrors `mlflow.log_artifacts`.
 *
 * @param artifactPath the directory in the run's artifacts. Default: their root.
 */
declare function logArtifacts(localDir: string, artifactPath?: string, options?: LogOptions): Promise<void>;

interface LogImageOptions extends LogOptions {
    /** The name of a series of images with one image per step. MLflow's UI shows them side by side. */
    readonly key: string;
    /** An integer. Default: 0. */
    readonly step?: number;
    /** Milliseconds since 1970. Default: now. */
    readonly timestampMs?: number;
}
/**
 * Stores an image as an artifact of a run, at a path such as `"plots/loss.png"` or in a series such as
 * `{ key: "dogs", step: 3 }`. Mirrors `mlflow.log_image`.
 *
 * @param image the bytes of a PNG or JPEG file.
 * @throws MlflowException INVALID_PARAMETER_VALUE for other bytes, or an invalid key, step or path.
 */
declare function logImage(image: Uint8Array, where: string | LogImageOptions, options?: LogOptions): Promise<void>;

/** A dataset that a run uses. */
interface DatasetDescription {
    /** Default: `dataset`. */
    readonly name?: string;
    /** Identifies a version of the dataset; at most 36 characters. Default: a hash of the other fields. */
    readonly digest?: string;
    /** The origin of the data: a URI, a path, or an object. Default: the running program. */
    readonly source?: string | object;
    /** Default: `http`, `local` or `code`, depending on the source. */
    readonly sourceType?: string;
    /** An object or a JSON string. */
    readonly schema?: string | object;
    /** Statistics such as row counts: an object or a JSON string. */
    readonly profile?: string | object;
}
interface LogInputOptions extends LogOptions {
    /** The use of the dataset, for example `training` or `eval`. */
    readonly context?: string;
    readonly tags?: Readonly<Record<string, string>>;
}
/**
 * Records a dataset as an input of a run. Mirrors `mlflow.log_input`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that has the wrong type or is too long for MLflow.
 */
declare function logInput(dataset: DatasetDescription, options?: LogInputOptions): Promise<void>;

/**
 * Stores a table as an artifact of a run, or appends its rows to an existing table. MLflow's UI shows the table, and
 * Python's `load_table` reads it. Mirrors `mlflow.log_table`.
 *
 * @param data rows, `[{ question: "…", score: 1 }]`, or columns, `{ question: ["…"], score: [1] }`.
 * @param artifactFile the path in the run's artifacts. Must end in `.json`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid data or an invalid path.
 */
declare function logTable(data: TableData, artifactFile: string, options?: LogOptions): Promise<void>;
interface LoadTableOptions {
    /** Reads only the tables of these runs. */
    readonly runIds?: readonly string[];
    /** Columns to add from the run of each row, for example `runId`, `status`, `params.model` or `tags.team`. */
    readonly extraColumns?: readonly string[];
}
/**
 * Returns the rows of a table from all runs of the active experiment that logged it. Mirrors `mlflow.load_table`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if no run logged the table.
 */
declare function loadTable(artifactFile: string, options?: LoadTableOptions): Promise<TableRow[]>;

interface StartRunOptions {
    /** Default: a random name, such as `merry-owl-512`. */
    readonly runName?: string;
    /** Resumes this run: its status becomes RUNNING again. */
    readonly runId?: string;
    /** Default: the active experiment. */
    readonly experimentId?: string;
    /** Required while another run is active, which becomes the parent. Default: false. */
    readonly nested?: boolean;
    /** Makes the run a child of this run. */
    readonly parentRunId?: string;
    readonly tags?: Readonly<Record<string, string>>;
    /** A description in Markdown, which MLflow's UI shows with the run. */
    readonly description?: string;
}

/**
 * The options of {@link searchRuns}: which runs it returns, and in which order. All are optional: without options, it
 * returns all runs of the active experiment, newest first.
 */
interface SearchRunsOptions extends SearchOptions {
    /** MLflow's filter language, for example `metrics.accuracy > 0.9 AND params.model = 'small'`. */
    readonly filter?: string;
    /** For example `["metrics.accuracy DESC"]`. Default: newest first. */
    readonly orderBy?: readonly string[];
    /** The number of runs per page. Default: 1000. */
    readonly maxResults?: number;
    /** Default: `ACTIVE_ONLY`. */
    readonly runViewType?: RunViewType;
}
/**
 * The result of {@link searchRuns}. `for await` reads all runs, page by page. `page()` returns one page: its `items`, and
 * the `nextPageToken` for the next call of `page()`.
 */
type RunSearch = Search<Run>;
/**
 * Returns a run with its params, tags and latest metrics. Mirrors `mlflow.get_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the run does not exist.
 */
declare function getRun(runId: string): Promise<Run>;
/**
 * Searches runs. Mirrors `mlflow.search_runs`, and accepts its names of options too.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Reading a page rejects with the errors
 * of the store.
 * @example
 * for await (const run of searchRuns({ orderBy: ["metrics.accuracy DESC"] })) console.log(run.info.runName);
 */
declare function searchRuns(options?: SearchRunsOptions): RunSearch;
/** Returns all points of a metric of a run, in the order in which they were logged. Mirrors `MlflowClient.get_metric_history`. */
declare function getMetricHistory(runId: string, key: string): Promise<readonly Metric[]>;
/**
 * Marks a run as deleted. `searchRuns()` still finds it with `runViewType`, and MLflow can restore it. Mirrors
 * `mlflow.delete_run`.
 *
 * @throws MlflowException RESOURCE_DOES_NOT_EXIST if the run does not exist.
 */
declare function deleteRun(runId: string): Promise<void>;

/**
 * Starts a run and makes it the active run: the `log…()` functions log to it, and traces recorded in it link to it.
 * Mirrors `mlflow.start_run`.
 *
 * With a callback, the run is active in the callback and in the asynchronous work that the callback starts. Concurrent
 * runs do not mix, so use this form in servers. The run ends as FINISHED, or as FAILED if the callback throws. The
 * promise resolves with the callback's value or rejects with its error; if the callback succeeds but data of the run is
 * lost, the promise rejects with that failure.
 *
 * Without a callback, the run is active in the whole process until {@link endRun}, the end of an `await using` block, or
 * the end of the process.
 *
 * @throws MlflowException INVALID_STATE if another run is active and `nested` is not set, or if the run to resume is
 * deleted. RESOURCE_DOES_NOT_EXIST if the run to resume does not exist. Errors of the store if it cannot create the run.
 */
declare function startRun<T>(options: StartRunOptions, callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun<T>(callback: (run: ActiveRun) => T | PromiseLike<T>): Promise<T>;
declare function startRun(options?: StartRunOptions): Promise<ActiveRun>;
/**
 * Ends the active run after all data logged so far is stored or lost. Does nothing if no run is active. Mirrors
 * `mlflow.end_run`.
 *
 * @param status default: `FINISHED`.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown status. The first failure of the run if data logged to
 * it, or its final status, could not be stored.
 */
declare function endRun(status?: RunStatus): Promise<void>;
/**
 * Returns the active run, in its state at the start; `getRun()` returns its current state. Undefined if no run is active
 * or the run is not created yet. Mirrors `mlflow.active_run`.
 */
declare function activeRun(): ActiveRun | undefined;
/**
 * Returns the current state of the active run, or of the run that this process started last. Mirrors
 * `mlflow.last_active_run`.
 */
declare function lastActiveRun(): Promise<Run | undefined>;

/** The options of `mlflow.serving.createHandler()`. */
interface ServingOptions {
    /**
     * Serve the contract of `mlflow.genai.agent_server` (`/invocations`, `/responses`, `/agent/info`, `/health`) instead of that
     * of `mlflow models serve` (`/invocations`, `/ping`, `/health`, `/version`). Default: false.
     */
    readonly agent?: boolean;
    /** Requests must have the header `authorization: Bearer <token>`. `/ping` and `/health` stay open. Default: no token. */
    readonly bearerToken?: string;
    /** Origins whose pages may call the server, for example `["https://app.example"]`. Default: none. */
    readonly corsOrigins?: readonly string[];
    /** A longer body is refused with 413. In bytes. Default: 10 MiB. */
    readonly maxBodyBytes?: number;
    /** Further requests are refused with 503 and `retry-after`. `/ping` and `/health` do not count. Default: 256. */
    readonly maxConcurrentRequests?: number;
    /**
     * A call that takes longer is aborted and answered with 504, in milliseconds. A stream must begin within this time.
     * Default: 60 000.
     */
    readonly requestTimeoutMs?: number;
}

/** What the server uses of a model of `mlflow.pyfunc.loadModel()`. */
type ServedModel = Pick<PyFuncModel, "predict" | "predictStream" | "metadata" | "getRawModel">;
/** What can be served: a model of `mlflow.pyfunc.loadModel()`, or a LangChain object. */
type ServableModel = ServedModel | RawModel;

/** The contents of the namespace `mlflow.serving`. */

/** Answers an HTTP request. It never rejects. */
type RequestHandler = (request: Request) => Promise<Response>;
/**
 * Returns a function that answers HTTP requests with a model, for a server of the app: Hono, Next.js, `Bun.serve`. It has the
 * paths, the status codes and the bodies of Python's `mlflow models serve`, or with `agent` those of
 * `mlflow.genai.agent_server`. The signature of the model is enforced. A call whose client disconnects is aborted.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another model, or for an unknown or invalid option.
 * @example
 * const model = await mlflow.pyfunc.loadModel("models:/agent@champion");
 * const handler = mlflow.serving.createHandler(model, { agent: true });
 * app.all("*", (context) => handler(context.req.raw)); // Hono
 */
declare function createHandler(model: ServableModel, options?: ServingOptions): RequestHandler;

type namespace_RequestHandler = RequestHandler;
type namespace_ServableModel = ServableModel;
type namespace_ServedModel = ServedModel;
type namespace_ServingOptions = ServingOptions;
declare const namespace_createHandler: typeof createHandler;
declare namespace namespace {
  export { type namespace_RequestHandler as RequestHandler, type namespace_ServableModel as ServableModel, type namespace_ServedModel as ServedModel, type namespace_ServingOptions as ServingOptions, namespace_createHandler as createHandler };
}

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

/** Marks our handlers. A callback manager gets one of them at most, from whichever copy of this package. */
declare const HANDLER_BRAND: unique symbol;
/** A callback handler that records spans. */
declare class TracingHandler extends CallbackHandler {
    readonly name: string;
    readonly [HANDLER_BRAND] = true;
    /** For a handler without this method, LangChain converts chat messages to text and calls `handleLLMStart`. */
    handleChatModelStart(...args: unknown[]): void;
}

/**
 * A LangChain callback handler that records a trace of each call it is passed to, and of no other call:
 * `chain.invoke(x, { callbacks: [tracer] })`, or `chain.withConfig({ callbacks: [tracer] })`. It does not
 * need `autolog()` and patches nothing. If `autolog()` is on, the tracer adds its tags and metadata, and
 * nothing is recorded twice. One instance can serve any number of concurrent calls. A tracer that is passed
 * to a constructor receives the events of that component only. Mirrors
 * `mlflow.langchain.langchain_tracer.MlflowLangchainTracer`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, or a tracking URI
 * that is not supported. Its methods never throw.
 */
declare class MlflowLangchainTracer extends TracingHandler {
    readonly name = "MlflowLangchainTracer";
    constructor(options?: MlflowLangchainTracerOptions);
}

/**
 * Returns an attachment of a trace: an image, a recording or a file that a span's input or output refers to. Mirrors
 * `download_trace_attachment` of Python's artifact repositories, and its class `Attachment`.
 *
 * @param attachmentRef the value in the span, `mlflow-attachment://…`.
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a reference, RESOURCE_DOES_NOT_EXIST if the store has no
 * such attachment.
 * @example
 * const trace = await getTrace(getLastActiveTraceId());
 * const [{ url }] = trace.data.spans[0].inputs.images; // "mlflow-attachment://…"
 * const { contentType, contentBytes } = await downloadTraceAttachment(url);
 */
declare function downloadTraceAttachment(attachmentRef: string): Promise<Attachment>;

/** Names an assessment of a trace. */
interface AssessmentName {
    readonly traceId: string;
    readonly assessmentId: string;
}
/**
 * Returns an assessment of a trace. Mirrors `mlflow.get_assessment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace or the assessment does not exist; and the errors of the store.
 * @example
 * const { name, value } = await getAssessment({ traceId, assessmentId });
 */
declare function getAssessment(options: AssessmentName): Promise<Assessment>;
/**
 * Deletes an assessment of a trace. Ignores one that does not exist. Feedback that it overrode is valid again. Mirrors
 * `mlflow.delete_assessment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option; RESOURCE_DOES_NOT_EXIST if
 * the trace does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteAssessment({ traceId, assessmentId });
 */
declare function deleteAssessment(options: AssessmentName): Promise<void>;

/** The headers of a request: `Headers` of fetch, the headers of Node's `http`, or any object of them. */
type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>> | {
    get(name: string): string | null | undefined;
};
/**
 * Returns the headers to add to a request, so that the other process can add its spans to the trace of the current code, with
 * {@link withTracingContextFromHeaders}. The only header is W3C's `traceparent`. Where the trace is not recorded, the header
 * says so, and the other process records nothing either. Outside of a trace, logs a warning and returns no header. Mirrors
 * `mlflow.tracing.get_tracing_context_headers_for_http_request`.
 *
 * @example
 * await fetch(url, { headers: { ...getTracingContextHeadersForHttpRequest() } });
 */
declare function getTracingContextHeadersForHttpRequest(): Record<string, string>;
/**
 * Calls a function. Traces that start in it are parts of the trace of the process that sent the request: their roots are below
 * the span in which that process has called {@link getTracingContextHeadersForHttpRequest}. Returns what the function returns.
 * A `traceparent` that is invalid is ignored with a warning.
 *
 * Call it only for requests of services that record with MLflow too. Other clients, such as browsers and programs that use
 * OpenTelemetry, send `traceparent` as well: their root is never sent to MLflow, so the trace stays `IN_PROGRESS`. Mirrors
 * `mlflow.tracing.set_tracing_context_from_http_request_headers`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without the header `traceparent`, and for an invalid argument. Errors of the
 * function are thrown unchanged.
 * @example
 * // A route that only the app's own services reach.
 * internal.post("/answer", (request, response) => {
 *   const answer = async () => response.json(await chain.invoke(request.body));
 *   if (!request.headers.traceparent) return answer();
 *   return withTracingContextFromHeaders(request.headers, answer);
 * });
 */
declare function withTracingContextFromHeaders<T>(headers: RequestHeaders, fn: () => T): T;
/**
 * The same as {@link withTracingContextFromHeaders}: a name of MLflow's TypeScript SDK.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without the header `traceparent`, and for an invalid argument.
 * @example
 * await withTracingContextFromHeadersAsync(request.headers, async () => chain.invoke(input));
 */
declare function withTracingContextFromHeadersAsync<T>(headers: RequestHeaders, fn: () => T): T;

/** A status, as a code or as an object in the form of this package or of MLflow's TypeScript SDK. */
type StatusInput = SpanStatusCode | {
    readonly code?: SpanStatusCode;
    readonly statusCode?: SpanStatusCode;
    readonly message?: string;
    readonly description?: string;
};
/** What `end()` sets before the span ends. */
interface EndOptions {
    readonly outputs?: unknown;
    readonly attributes?: Readonly<Record<string, unknown>>;
    readonly status?: StatusInput;
    /** Nanoseconds since the epoch. Default: now. */
    readonly endTimeNs?: number | bigint;
}
/** An event to add to a span. */
interface EventInput {
    readonly name: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
    /** Nanoseconds since the epoch. Default: now. */
    readonly timestampNs?: number | bigint;
    /** Another name of `timestampNs`, as in MLflow's TypeScript SDK. */
    readonly timestamp?: number | bigint;
}
/** A reference to a span. */
interface LinkInput {
    /** 32 hexadecimal digits, with or without `tr-`. */
    readonly traceId: string;
    /** 16 hexadecimal digits. */
    readonly spanId: string;
    readonly attributes?: Readonly<Record<string, unknown>>;
}

/**
 * A span that is being recorded. Its methods never throw, and change nothing once the span has ended. A span that is not
 * recorded, because tracing is off or the trace is not sampled, has the same methods, which do nothing. Values are copied
 * when they are set: later changes of an object have no effect. Mirrors `LiveSpan` of MLflow.
 */
interface LiveSpan {
    /** `tr-` and 32 hexadecimal digits. `no-op-span-trace-id` if the span is not recorded. */
    readonly traceId: string;
    /** 16 hexadecimal digits, or an empty text if the span is not recorded. */
    readonly spanId: string;
    /** The id of the parent span. Null for the root. */
    readonly parentId: string | null;
    readonly name: string;
    readonly spanType: SpanType;
    /** The recorded copy. */
    readonly inputs: Plain | undefined;
    /** The recorded copy. */
    readonly outputs: Plain | undefined;
    readonly status: SpanStatus;
    /** Nanoseconds since the epoch. Zero if the span is not recorded. */
    readonly startTimeNs: bigint;
    /** Nanoseconds since the epoch. Null while the span is open. */
    readonly endTimeNs: bigint | null;
    /** Null if the app has not set it. */
    readonly logLevel: SpanLogLevel | null;
    /** A copy of all attributes. */
    readonly attributes: Record<string, Plain>;
    readonly events: readonly SpanEvent[];
    /** The references to spans of other traces. */
    readonly links: readonly SpanLink[];
    /** Returns undefined if the span does not have the attribute. */
    getAttribute(key: string): Plain | undefined;
    /** Sets the inputs: any value, which is recorded as plain data. */
    setInputs(inputs: unknown): void;
    /** Sets the outputs: any value, which is recorded as plain data. */
    setOutputs(outputs: unknown): void;
    /** Sets an attribute. A key of MLflow, for example `mlflow.spanInputs`, sets that field of the span. */
    setAttribute(key: string, value: unknown): void;
    setAttributes(attributes: Readonly<Record<string, unknown>>): void;
    /** Sets the type: one of {@link SpanType}, or any text. */
    setSpanType(spanType: SpanType): void;
    /** Sets the level: one of `SpanLogLevel`, or its name. Another value is ignored. */
    setLogLevel(level: SpanLogLevel | string): void;
    addEvent(event: EventInput): void;
    /** Adds a reference to a span, mostly of another trace. One with invalid ids is ignored. */
    addLink(link: LinkInput): void;
    /** Adds an `exception` event with the message, the type and the stack of an error. Does not change the status. */
    recordException(error: unknown): void;
    /** Sets the status: `"OK"`, `"ERROR"` or `"UNSET"`, with a description, or an object with both. */
    setStatus(status: StatusInput, description?: string): void;
    /**
     * Ends the span. Its status is OK unless it was set to ERROR. Only the first call counts. A span that this package
     * started for a call of LangChain ends with that call, and ignores this one.
     */
    end(options?: EndOptions): void;
}

/** A conversation: all traces with one session id, the oldest first. */
interface Session {
    readonly id: string;
    readonly traces: readonly Trace$1[];
}
/** The options of {@link searchSessions}. All are optional. */
interface SearchSessionsOptions {
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
/**
 * Searches sessions and returns them complete, the one with the newest trace first. Mirrors `mlflow.search_sessions`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option; and the errors of the store.
 * @example
 * for (const { id, traces } of await searchSessions()) console.log(id, traces.length);
 */
declare function searchSessions(options?: SearchSessionsOptions): Promise<Session[]>;

/** The options of {@link startSpan}. */
interface SpanOptions {
    /** Default: `span`. */
    readonly name?: string;
    /** One of {@link SpanType}, or any text. Default: `UNKNOWN`. */
    readonly spanType?: SpanType;
    /** Any value, which is recorded as plain data. */
    readonly inputs?: unknown;
    readonly attributes?: Readonly<Record<string, unknown>>;
    /** Nanoseconds since the epoch. Default: now. */
    readonly startTimeNs?: number | bigint;
    /** One of `SpanLogLevel`, or its name. Default: by the type of the span. */
    readonly logLevel?: SpanLogLevel | string;
    /** References to spans of other traces. */
    readonly links?: readonly LinkInput[];
    /** Default: the active span. Null: the span is the root of a new trace. */
    readonly parent?: LiveSpan | null;
}
/** The options of {@link withSpan}. */
type WithSpanOptions = Omit<SpanOptions, "parent">;
/** The options of {@link trace}. */
interface TraceOptions extends Pick<SpanOptions, "spanType" | "attributes" | "logLevel"> {
    /** Default: the name of the function. */
    readonly name?: string;
}

/**
 * Starts a span that the app ends itself, with `span.end()`. It is not the active span: spans and calls of LangChain are
 * below it only if it is passed to them as `parent`. Without a `parent`, it is below the active span, else the root of a new
 * trace. Mirrors `mlflow.start_span_no_context`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * const span = startSpan({ name: "download", inputs: { url } });
 * span.end({ outputs: { bytes: 10 } });
 */
declare function startSpan(options?: SpanOptions): LiveSpan;
/**
 * Calls a function within a span, and ends the span when the function returns, when its promise settles, or when it
 * throws. Calls of LangChain and other spans in the function are below the span. Unless the function sets outputs, they are
 * what it returns. Accepts the options as the first argument too. Mirrors `with mlflow.start_span()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Errors of the function are thrown unchanged.
 * @example
 * const answer = await withSpan(
 *   async (span) => {
 *     span.setInputs({ question });
 *     return chain.invoke({ question });
 *   },
 *   { name: "answer", spanType: SpanType.AGENT },
 * );
 */
declare function withSpan<T>(callback: (span: LiveSpan) => Promise<T>, options?: WithSpanOptions): Promise<T>;
declare function withSpan<T>(callback: (span: LiveSpan) => T, options?: WithSpanOptions): T;
declare function withSpan<T>(callback: (span: LiveSpan) => T | Promise<T>, options?: WithSpanOptions): T | Promise<T>;
declare function withSpan<T>(options: WithSpanOptions, callback: (span: LiveSpan) => Promise<T>): Promise<T>;
declare function withSpan<T>(options: WithSpanOptions, callback: (span: LiveSpan) => T): T;
/**
 * Returns the span around the current code: a span by hand, or the span of the LangChain call that runs. Null outside
 * of a trace. Mirrors `mlflow.get_current_active_span`.
 */
declare function getCurrentActiveSpan(): LiveSpan | null;
/**
 * Calls a function with every span that starts, by hand or by LangChain. The inputs of a LangChain call are not set yet.
 * Errors of the function are logged. Returns a function that removes it.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * registerOnSpanStartHook((span) => span.setAttribute("region", "eu"));
 */
declare function registerOnSpanStartHook(hook: (span: LiveSpan) => void): () => void;
/**
 * Calls a function with every span when its trace is complete, in the order of their start. It may still set values of the
 * span. `redact` receives the values later. Errors of the function are logged. Returns a function that removes it. Mirrors
 * the span processors of `mlflow.tracing.configure`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if it is not a function.
 * @example
 * registerOnSpanEndHook((span) => {
 *   if (span.spanType === SpanType.RETRIEVER) span.setOutputs("removed");
 * });
 */
declare function registerOnSpanEndHook(hook: (span: LiveSpan) => void): () => void;

/** Why an item was dropped. */
type DropReason = 
/** `maxQueueBytes` were waiting: the newest item is dropped. */
"queue_full"
/** The store rejects it permanently. */
 | "refused"
/** Sending failed for `retryTimeoutMs`. */
 | "retry_timeout"
/** The store rejected all requests for `retryTimeoutMs`. */
 | "blocked"
/** The process ended, and the store had not accepted it within the time that the end of the process waits. */
 | "exit_timeout"
/** The process ended after the last attempt had failed. */
 | "send_failed"
/** The process ended without time to send it. */
 | "process_exit"
/** It was on disk, and was removed: more than `maxSpoolBytes`, or older than `maxSpoolAgeMs`. */
 | "spool_full" | "spool_expired";

/** Numbers of items. Each item is counted once. */
interface DeliveryCounts {
    /** In memory only, and sent later. */
    readonly pending: number;
    /** Stored. */
    readonly sent: number;
    /** On disk, and not stored yet. This process or another one sends them. */
    readonly spooled: number;
    /** Lost. `losses` has the reasons. */
    readonly dropped: number;
}

/** Why an attachment is missing. */
type AttachmentLoss = "too_large" | "unsupported" | "queue_full";

/** Why a trace or a part of it is missing. Every loss is counted under one of these reasons. */
type LossReason = DropReason
/** A trace on disk that cannot be read. */
 | "spool_damaged"
/** A run that started after its trace was complete. */
 | "late_span"
/** A call that ended after its trace was complete. */
 | "late_result"
/** A call that started while `maxOpenCalls` were open. */
 | "open_calls"
/** A trace that was stored without its source and creator. */
 | "source_shed"
/** A trace that was stored with its largest values shortened, since it is too large for the server. */
 | "shortened"
/** A value for which the user's `redact` failed. */
 | "redaction_failed"
/** An image, a recording or a file of a trace. */
 | `attachment_${DropReason | AttachmentLoss}`
/** A copy of a trace for OpenTelemetry. MLflow receives the trace. */
 | `otlp_${DropReason}`;

/** What this process has recorded and logged, by where it is. Data on disk that other processes have recorded does not count. */
interface Stats {
    /** Traces that are being recorded or held, and runs that are not ended. */
    readonly open: number;
    readonly traces: DeliveryCounts;
    /** The attachments of one trace count as one. */
    readonly attachments: DeliveryCounts;
    /** Each call that logs values, a file, a tag or the status of a run counts as one. */
    readonly runData: DeliveryCounts;
    /** Copies of traces for an OTLP endpoint. */
    readonly copies: DeliveryCounts;
    /** What was lost, by reason, also in part. The spool counts the items of all processes that it removes. */
    readonly losses: Readonly<Partial<Record<LossReason, number>>>;
}

/**
 * Returns how much this process has recorded and logged since it started, by where it is now: pending in memory, sent, on disk
 * or dropped. Each trace, and each call that logs data of a run, is in one of the four. Sends nothing.
 *
 * @example
 * ```ts
 * const { traces, losses } = mlflow.stats();
 * if (traces.dropped > 0) console.warn("traces are lost", losses);
 * ```
 */
declare function stats(): Stats;

type AnyFunction = (...args: any[]) => unknown;
/** A decorator of methods, for TypeScript's `experimentalDecorators` and for standard decorators. */
interface TraceDecorator {
    <T extends AnyFunction>(method: T, context: ClassMethodDecoratorContext): T;
    <T>(target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<T>): TypedPropertyDescriptor<T>;
}
/**
 * Returns a function that does the same within a span. The span has the arguments as inputs, by the names of the
 * parameters, and the result as outputs: for a promise, its value; for a generator, the list of its values. Without a
 * function, returns a decorator of methods. Mirrors `mlflow.trace`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, and for a class. Errors of the function
 * are thrown unchanged.
 * @example
 * const search = trace(async (query: string) => index.find(query), { name: "search", spanType: SpanType.RETRIEVER });
 * @example
 * class Search {
 *   @trace({ spanType: SpanType.TOOL })
 *   async find(query: string) { … }
 * }
 */
declare function trace<T extends AnyFunction>(func: T, options?: TraceOptions): T;
declare function trace<T extends AnyFunction>(method: T, context: ClassMethodDecoratorContext): T;
declare function trace<T>(target: object, name: string | symbol, descriptor: TypedPropertyDescriptor<T>): TypedPropertyDescriptor<T>;
declare function trace(options?: TraceOptions): TraceDecorator;

/**
 * Sets a tag of a trace, also of one that is still open. Mirrors `mlflow.set_trace_tag`.
 *
 * @param value a text. Its first 4096 characters are stored.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid argument; RESOURCE_DOES_NOT_EXIST if the trace does not
 * exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await setTraceTag(trace.info.traceId, "reviewed", "yes");
 */
declare function setTraceTag(traceId: string, key: string, value: string): Promise<void>;
/**
 * Deletes a tag of a trace, also of one that is still open. Mirrors `mlflow.delete_trace_tag`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid argument; RESOURCE_DOES_NOT_EXIST if the trace or the
 * tag does not exist; and the errors of the store. Without `await`, a failure is logged to stderr.
 * @example
 * await deleteTraceTag(traceId, "reviewed");
 */
declare function deleteTraceTag(traceId: string, key: string): Promise<void>;

/**
 * Sets the store for later traces and runs: `http(s)://…` for an MLflow server, `file:…` or a path for a local store.
 * Mirrors `mlflow.set_tracking_uri`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a URI that is not supported.
 */
declare function setTrackingUri(uri: string): void;
/** Where {@link init} sends traces and runs. */
interface InitOptions extends ExperimentName {
    /** Default: unchanged. */
    readonly trackingUri?: string;
}
/**
 * Sets the store and the experiment for later traces and runs. The same as `setTrackingUri()` and `setExperiment()`: an
 * experiment that cannot be used is reported when the first trace is sent. Mirrors `init` of MLflow's TypeScript SDK.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * init({ trackingUri: "http://localhost:5000", experimentId: "1" });
 */
declare function init(options?: InitOptions): void;
/** Returns the current tracking URI without credentials. Mirrors `mlflow.get_tracking_uri`. */
declare function getTrackingUri(): string;
/**
 * Sets the experiment for later traces and runs, and creates it if no experiment has that name. The app does not have to
 * await the promise: later traces and runs wait for the experiment. Mirrors `mlflow.set_experiment`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for invalid arguments. The promise also rejects if the experiment is
 * deleted, no experiment has that id, or the store does not respond.
 */
declare function setExperiment(experiment: string | ExperimentName): Promise<Experiment>;
/** Identifies an experiment, by its name or its id. */
interface ExperimentName {
    readonly experimentName?: string;
    readonly experimentId?: string;
}
/**
 * Waits until all traces that have ended are delivered, for at most `timeoutMs` (default: 30 000). A failed delivery does
 * not reject the promise: the returned counts include it. Mirrors `mlflow.flush_trace_async_logging`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown option or an invalid timeout. The function first
 * flushes the traces with the default timeout.
 */
declare function flushTraces(options?: {
    readonly timeoutMs?: number;
}): Promise<FlushCounts>;
/** Returns the id of the trace that ended last in this process. Mirrors `mlflow.get_last_active_trace_id`. */
declare function getLastActiveTraceId(): string | undefined;
/** Returns a trace with its spans, or undefined if the trace does not exist. Mirrors `mlflow.get_trace`. */
declare function getTrace(traceId: string): Promise<Trace | undefined>;

/** The options of {@link tracingContext}. */
interface TracingContextOptions {
    /** Metadata of every trace that starts in the function. It cannot change later. Values are cut after 250 characters. */
    readonly metadata?: Readonly<Record<string, string>>;
    /** Tags of every trace that starts in the function. */
    readonly tags?: Readonly<Record<string, string>>;
    /** False: nothing in the function is traced. True: it is traced, within a context that excludes it. Default: as outside. */
    readonly enabled?: boolean;
    /** The session of these traces. */
    readonly sessionId?: string;
    /** The user of these traces. */
    readonly user?: string;
}
/**
 * Calls a function, and adds these tags and metadata to every trace that starts in it, by LangChain or by hand. Contexts
 * nest: the inner value of a name applies. Returns what the function returns. Mirrors `mlflow.tracing.context`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. Errors of the function are thrown unchanged.
 * @example
 * await tracingContext({ sessionId: "s-1", user: "ada" }, () => agent.invoke({ messages }));
 */
declare function tracingContext<T>(options: TracingContextOptions, fn: () => T): T;

/** The options of {@link updateCurrentTrace}. All are optional: what is missing does not change. */
interface UpdateCurrentTraceOptions {
    /** Added to the tags of the trace. Tags can change later. Values are cut after 4096 characters. */
    readonly tags?: Readonly<Record<string, string>>;
    /** Added to the metadata of the trace. It cannot change later. Values are cut after 250 characters. */
    readonly metadata?: Readonly<Record<string, string>>;
    /** An id of the app for its request. */
    readonly clientRequestId?: string;
    /** The request in the list of traces. Default: from the inputs of the root span. */
    readonly requestPreview?: string;
    /** The response in the list of traces. Default: from the outputs of the root span. */
    readonly responsePreview?: string;
    /** Default: the status of the root span. */
    readonly state?: "OK" | "ERROR";
    /** The logged model of the trace. */
    readonly modelId?: string;
    /** The session of the trace, or several. */
    readonly sessionId?: string | readonly string[];
    readonly user?: string;
}
/**
 * Changes the trace in which the current code runs: a span by hand, or a call of LangChain. Outside of a trace, logs a
 * warning. Mirrors `mlflow.update_current_trace`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * updateCurrentTrace({ tags: { plan: "pro" }, clientRequestId: request.id, user: "ada" });
 */
declare function updateCurrentTrace(options?: UpdateCurrentTraceOptions): void;

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

export { type ActiveRun, type ArtifactInfo, type ArtifactsOptions, type Assessment, type AssessmentError, type AssessmentName, AssessmentSource, type AssessmentSourceOptions, AssessmentSourceType, type AssessmentValue, type Attachment, type AutologOptions, type ClientSearchRunsOptions, type ClientSearchTracesOptions, type CreateExperimentOptions, type CreateLoggedModelOptions, type CreateModelVersionOptions, type CreateRegisteredModelOptions, type CreateRunOptions, type Dataset, type DatasetDescription, type DatasetInput, type DeleteTracesOptions, type DownloadArtifactsOptions, type EndOptions, type EntitySearch, type ErrorCode, type EventInput, Expectation, type ExpectationOptions, type Experiment, type ExperimentPage, Feedback, type FeedbackOptions, type FlushCounts, type FlushTrackerOptions, type InitOptions, type LinkInput, type LiveSpan, type LoadModelOptions, type LoadTableOptions, type LogAssessmentOptions, type LogBatchOptions, type LogExpectationOptions, type LogFeedbackOptions, type LogImageOptions, type LogInputOptions, type LogMetricOptions, type LogModelOptions, type LogOptions, type LoggedModel, type LoggedModelOrder, type LoggedModelPage, type LoggedValue, type Metric, type MetricPoint, MlflowCallbackHandler, type MlflowCallbackHandlerOptions, MlflowClient, type MlflowClientOptions, MlflowException, MlflowLangchainTracer, type MlflowLangchainTracerOptions, type ModelInfo, type ModelVersion, type ModelVersionPage, type OverrideFeedbackOptions, type Page, type Plain, type PlainObject, type PyFuncModel, type ReadSpan, type Redact, type RedactContext, type RegisteredModel, type RegisteredModelPage, type RequestHeaders, RestException, type RootCall, type Run, type RunData, type RunInfo, type RunPage, type RunSearch, RunStatus, type RunViewType, type SaveModelOptions, type SearchExperimentsOptions, type SearchLoggedModelsOptions, type SearchRunsOptions, type SearchSessionsOptions, type SearchSpansOptions, type SearchTracesOptions, type Session, type SetTerminatedOptions, type ShouldTrace, type Span, SpanAttributeKey, type SpanEvent, type SpanLink, SpanLogLevel, type SpanOptions, type SpanStatus, SpanStatusCode, SpanType, type StartRunOptions, type StatusInput, type TableData, type TableRow, TokenUsageKey, type Trace, type TraceData, type TraceDecorator, type TraceInfo, TraceMetadataKey, type TraceOptions, type TracePage, type TraceSearch, TraceState, TraceTagKey, type TracingContextOptions, type TransitionOptions, type UpdateAssessmentOptions, type UpdateCurrentTraceOptions, type WithSpanOptions, activeRun, artifacts, autolog, deleteAssessment, deleteRegisteredModelAlias, deleteRun, deleteTag, deleteTraceTag, deleteTraces, downloadArtifacts, downloadTraceAttachment, endRun, flushTraces, namespace$2 as genai, getAssessment, getCurrentActiveSpan, getLastActiveTraceId, getMetricHistory, getRun, getTrace, getTracingContextHeadersForHttpRequest, getTrackingUri, init, langchain, lastActiveRun, listArtifacts, loadTable, logArtifact, logArtifacts, logAssessment, logDict, logExpectation, logFeedback, logImage, logInput, logMetric, logMetrics, logParam, logParams, logTable, logText, namespace$1 as models, overrideFeedback, pyfunc, registerModel, registerOnSpanEndHook, registerOnSpanStartHook, searchRuns, searchSessions, searchTraces, namespace as serving, setActiveModel, setExperiment, setRegisteredModelAlias, setTag, setTags, setTraceTag, setTrackingUri, startRun, startSpan, stats, trace, tracingContext, updateAssessment, updateCurrentTrace, withSpan, withTracingContextFromHeaders, withTracingContextFromHeadersAsync };
