import { join } from "node:path";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import * as mlflow from "../../../src/index.js";
import { clientCalls, FEEDBACK_CALLS } from "./client-calls.js";
import { DATASET_CALLS } from "./dataset-calls.js";
import { GENAI_CALLS } from "./genai-calls.js";

/** Accepted values of one option or argument, one for each type that it takes. */
export type Samples = readonly [unknown, ...unknown[]];

/** A valid call, and what its arguments and options accept. */
export interface ValidCall {
  /** The arguments by name, in order. The last ones may be optional. */
  readonly args: Readonly<Record<string, Samples>>;
  /** The options object that follows the arguments, or takes the place of the last one. */
  readonly options?: Readonly<Record<string, Samples>>;
  /** Values that the function takes in place of the object of options. */
  readonly insteadOfOptions?: Samples;
  /** Options that every call needs. */
  readonly required?: readonly string[];
  /** The object of a method. */
  readonly self?: () => unknown;
  /** Errors of the model are thrown unchanged. */
  readonly throwsErrorsOfModel?: true;
  /** The function has no effect to check, and never throws. */
  readonly neverThrows?: true;
}

class Throwing {
  get [Symbol.toStringTag](): string {
    throw new TypeError("a value of the app");
  }
}

/** For an argument or option that takes any value. */
const EVERY_TYPE: Samples = [
  ...["a", null, true, 5, Symbol("s"), 5n, [], {}, () => {}, new Date(0), new Map()],
  ...[Promise.resolve(), new Throwing()],
] as unknown as Samples;
const RUN_ID = "0123456789abcdef0123456789abcdef";
const ATTACHMENT = `mlflow-attachment://00000000-0000-4000-8000-000000000000?content_type=image%2Fpng&trace_id=tr-${RUN_ID}`;
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47]);
const RUN = { runId: [RUN_ID] } as const;
const TAGS: Samples = [{ team: "docs" }];
const METRIC = { ...RUN, step: [3], timestampMs: [5] } as const;
/** A param, tag or cell: all values that become a text. */
const LOGGED: Samples = ["a", null, true, 5, 5n, [], {}, new Date(0), new Map(), Promise.resolve()];
const SEARCH = {
  experimentIds: [["0"]],
  locations: [["0"]],
  experimentNames: [["Default"]],
  searchAllExperiments: [true],
  filter: ["attributes.name = 'a'"],
  filterString: ["attributes.name = 'a'"],
  orderBy: [[]],
  maxResults: [5],
} as const;

/** A value that throws is refused without the name. */
const PARAMS: Samples = [{}, null, new Throwing()];

/** The functions of a model that `mlflow.pyfunc.loadModel()` returns. It takes any input. */
const PREDICTIONS: Record<string, ValidCall> = {
  "pyfunc.loadModel()#predict": {
    args: { input: EVERY_TYPE, params: PARAMS, callOptions: PARAMS },
  },
  "pyfunc.loadModel()#predictStream": {
    args: { input: EVERY_TYPE, params: PARAMS, callOptions: PARAMS },
    throwsErrorsOfModel: true,
  },
  "pyfunc.loadModel()#getRawModel": { args: {} },
  "pyfunc.loadModel()#toString": { args: {} },
  "pyfunc.loadModel()#Symbol(nodejs.util.inspect.custom)": { args: {} },
};

const SPAN: Record<string, Samples> = {
  name: ["a"],
  spanType: ["LLM"],
  attributes: TAGS,
  logLevel: ["INFO", 20],
};
const LINK = { traceId: "1f".repeat(16), spanId: "2e".repeat(8) };
const OF_SPAN: Record<string, Samples> = {
  ...SPAN,
  ...{ inputs: EVERY_TYPE, startTimeNs: [5, 5n], links: [[LINK]] },
};
const CALLBACK = { callback: [() => 1] } as const;
const HEADERS: ValidCall = {
  args: {
    headers: [{ traceparent: `00-${LINK.traceId}-${LINK.spanId}-01` }],
    fn: [() => 1],
  },
};
const HOOK = { hook: [() => 1] } as const;

const SPANS_BY_HAND: Record<string, ValidCall> = {
  trace: { args: {}, options: SPAN, insteadOfOptions: [() => 1] },
  withSpan: { args: CALLBACK, options: OF_SPAN },
  startSpan: { args: {}, options: { ...OF_SPAN, parent: [null, mlflow.startSpan()] } },
  getCurrentActiveSpan: { args: {} },
  getTracingContextHeadersForHttpRequest: { args: {} },
  withTracingContextFromHeaders: HEADERS,
  withTracingContextFromHeadersAsync: HEADERS,
  updateCurrentTrace: {
    args: {},
    options: {
      ...{ tags: TAGS, metadata: TAGS, clientRequestId: ["a"], requestPreview: ["a"] },
      ...{ responsePreview: ["a"], state: ["OK"], modelId: ["m-1"], sessionId: ["a", ["a"]] },
      user: ["a"],
    },
  },
  tracingContext: { args: { "object of options": [{ user: "a" }], fn: [() => 1] } },
  registerOnSpanStartHook: { args: HOOK },
  registerOnSpanEndHook: { args: HOOK },
};

/** Valid calls of the public functions. `folder` is an empty folder for files. */
export function validCalls(folder: string): Readonly<Record<string, ValidCall>> {
  const model = ChatPromptTemplate.fromMessages([["human", "{x}"]]);
  const column = { type: "string", name: "q" } as const;
  const param = { name: "t", type: "double", default: 0.5 } as const;
  const signature = () => new mlflow.models.ModelSignature({ inputs: [column] });
  const missing = join(folder, "missing");
  const files = join(folder, "files");
  const write = {
    lcModel: [model, join(folder, "missing.mjs")],
    codePaths: [[]],
    modelConfig: [{ a: 1 }],
    extraDependencies: [[]],
    pythonFunction: [true, false],
    bundle: [false],
    inputExample: [{ x: "a" }, "a", true, 5, 5n, [], new Date(0)],
    inputExampleParams: [{ a: 1 }],
    signature: [false, signature()],
    metadata: [{ a: 1 }],
  } as const;
  const load = {
    dstPath: [join(folder, "download")],
    secrets: [{ OPENAI_API_KEY: "a" }],
    modelConfig: [{ a: 1 }],
    allowRemoteCode: [true],
  } as const;
  const artifacts = { artifactUri: [missing], runId: [RUN_ID], artifactPath: ["a"] } as const;
  const ofSchema = { self: () => new mlflow.models.Schema([column]), args: {} };
  const ofParams = { self: () => new mlflow.models.ParamSchema([param]), args: {} };
  const ofSignature = { self: signature, args: {} };
  const ofConfig = { self: () => new mlflow.models.ModelConfig({ developmentConfig: { a: 1 } }) };
  const exception = { message: ["a"], errorCode: ["INTERNAL_ERROR"], options: [{}] } as const;
  const page = { args: { pageToken: ["MTIgYQ"] } } as const;
  return {
    autolog: {
      args: {},
      options: {
        ...{ disable: [true], logTraces: [true], logModels: [true], logInputExamples: [true] },
        ...{ logModelSignatures: [true], registeredModelName: ["a"], exclusive: [true] },
        ...{ silent: [true], disableForUnsupportedVersions: [true], extraTags: TAGS },
        ...{
          samplingRatio: [0.5],
          shouldTrace: [() => true],
          logTokenEvents: [true],
          redactSecrets: [true],
          redact: [(value: unknown) => value],
          modules: [[]],
        },
        ...{ maxQueueBytes: [1], maxBatchTraces: [1], maxBatchBytes: [1], flushIntervalMs: [1] },
        ...{ exitTimeoutMs: [1], retryTimeoutMs: [1], maxOpenCalls: [1], traceTimeoutMs: [1] },
        ...{
          durability: ["memory"],
          spoolDirectory: [".cache/spool"],
          maxSpoolBytes: [1],
          maxSpoolAgeMs: [1],
        },
        ...{ maxStringCharacters: [1], maxValueCharacters: [1], maxValueNodes: [1] },
        ...{
          maxTraceCharacters: [1],
          extractAttachments: [true],
          otelContext: [true],
          maxAttachmentBytes: [1],
        },
      },
      required: ["disable"],
    },
    setTrackingUri: { args: { uri: [join(folder, "store")] } },
    getTrackingUri: { args: {} },
    setExperiment: {
      args: {},
      options: { experimentName: ["fuzz"], experimentId: ["0"] },
      insteadOfOptions: ["fuzz"],
    },
    flushTraces: { args: {}, options: { timeoutMs: [5] } },
    getLastActiveTraceId: { args: {} },
    stats: { args: {} },
    ...FEEDBACK_CALLS,
    ...DATASET_CALLS,
    ...GENAI_CALLS,
    ...clientCalls(folder, { ...SEARCH, ...RUN, modelId: ["m-1"], includeSpans: [false] }),
    getTrace: { args: { traceId: [`tr-${RUN_ID}`] } },
    downloadTraceAttachment: { args: { attachmentRef: [ATTACHMENT] } },
    searchTraces: {
      args: {},
      options: { ...SEARCH, ...RUN, modelId: ["m-1"], includeSpans: [false] },
    },
    searchRuns: { args: {}, options: { ...SEARCH, runViewType: ["ALL"] } },
    getRun: { args: { run_id: [RUN_ID] } },
    deleteRun: { args: { run_id: [RUN_ID] } },
    getMetricHistory: { args: { run_id: [RUN_ID], key: ["loss"] } },
    startRun: {
      args: {},
      options: {
        ...{ runName: ["a"], ...RUN, experimentId: ["0"], nested: [true], parentRunId: [RUN_ID] },
        ...{ tags: TAGS, description: ["a"] },
      },
      insteadOfOptions: [() => 1],
    },
    endRun: { args: { status: ["FINISHED"] } },
    activeRun: { args: {} },
    lastActiveRun: { args: {} },
    logParam: { args: { key: ["a"], value: LOGGED }, options: RUN },
    logParams: { args: { params: [{ a: 1 }] }, options: RUN },
    logMetric: {
      args: { name: ["a"], value: [1, 1n, true] },
      options: METRIC,
      insteadOfOptions: [3],
    },
    logMetrics: { args: { metrics: [{ a: 1 }] }, options: METRIC, insteadOfOptions: [3] },
    setTag: { args: { key: ["a"], value: LOGGED }, options: RUN },
    setTags: { args: { tags: [{ a: 1 }] }, options: RUN },
    deleteTag: { args: { key: ["a"] }, options: RUN },
    logText: { args: { text: ["a"], path: ["a.txt"] }, options: RUN },
    logDict: { args: { "JSON value": LOGGED, path: ["a.json"] }, options: RUN },
    logArtifact: { args: { localPath: [files], artifactPath: ["a"] }, options: RUN },
    logArtifacts: { args: { localDir: [files], artifactPath: ["a"] }, options: RUN },
    logImage: {
      args: { image: [PNG] },
      options: { ...METRIC, key: ["a"] },
      insteadOfOptions: ["a.png"],
      required: ["key"],
    },
    logInput: {
      args: { dataset: [{ name: "a" }] },
      options: { ...RUN, context: ["training"], tags: TAGS },
    },
    logTable: { args: { data: [[{ a: 1 }], { a: 1 }], path: ["a.json"] }, options: RUN },
    loadTable: {
      args: { path: ["a.json"] },
      options: { runIds: [[RUN_ID]], extraColumns: [["runId"]] },
    },
    downloadArtifacts: { args: {}, options: { ...artifacts, dstPath: [join(folder, "to")] } },
    listArtifacts: { args: {}, options: artifacts },
    ...SPANS_BY_HAND,
    init: {
      args: {},
      options: {
        ...{ trackingUri: [join(folder, "store")], experimentName: ["fuzz"] },
        experimentId: ["0"],
      },
    },
    registerModel: { args: { modelUri: [missing], name: ["a"] }, options: { tags: TAGS } },
    setRegisteredModelAlias: { args: { name: ["a"], alias: ["b"], version: [1, "1"] } },
    deleteRegisteredModelAlias: { args: { name: ["a"], alias: ["b"] } },
    setActiveModel: { args: {}, options: { modelId: ["m-1"] } },
    "langchain.logModel": {
      args: {},
      options: {
        ...{ ...write, ...RUN, name: ["a"], artifactPath: ["a"], registeredModelName: ["a"] },
        ...{ params: [{ a: 1 }], tags: TAGS, modelType: ["agent"], step: [1] },
      },
      required: ["lcModel"],
    },
    "langchain.saveModel": {
      args: {},
      options: { ...write, path: [join(folder, "saved")] },
      required: ["lcModel", "path"],
    },
    "langchain.loadModel": { args: { modelUri: [missing] }, options: load },
    "pyfunc.loadModel": { args: { modelUri: [missing] }, options: load },
    "pyfunc.getModelDependencies": {
      args: { modelUri: [missing] },
      options: { dstPath: load.dstPath },
    },
    "serving.createHandler": {
      args: { model: [model] },
      options: {
        ...{ agent: [true], bearerToken: ["secret"], corsOrigins: [["https://app.example"]] },
        ...{ maxBodyBytes: [5], maxConcurrentRequests: [5], requestTimeoutMs: [5] },
      },
    },
    "models.setModel": { args: { Model: [model] } },
    "models.inferSignature": {
      args: { modelInput: EVERY_TYPE, modelOutput: EVERY_TYPE, params: [{ a: 1 }] },
    },
    "new ModelConfig": {
      args: {},
      options: { developmentConfig: [{ a: 1 }] },
      required: ["developmentConfig"],
    },
    "ModelConfig#get": { ...ofConfig, args: { key: ["a"] } },
    "ModelConfig#toObject": { ...ofConfig, args: {} },
    "new Schema": { args: { Schema: [[column]] } },
    "Schema.fromJson": { args: { schema: ['[{"type": "string"}]'] } },
    "Schema#hasInputNames": ofSchema,
    "Schema#toJson": ofSchema,
    "Schema#toString": ofSchema,
    "new ParamSchema": { args: { ParamSchema: [[param]] } },
    "ParamSchema.fromJson": { args: { schema: ["[]"] } },
    "ParamSchema#toJson": ofParams,
    "ParamSchema#toString": ofParams,
    "new ModelSignature": {
      args: {},
      options: { inputs: [[column]], outputs: [[column]], params: [[param]] },
      required: ["inputs"],
    },
    "ModelSignature.fromDict": { args: { dict: [{ inputs: '[{"type": "string"}]' }] } },
    "ModelSignature#toDict": ofSignature,
    "ModelSignature#toString": ofSignature,
    "new MlflowLangchainTracer": {
      args: {},
      options: {
        ...{ tags: TAGS, metadata: TAGS, sessionId: ["a"], experimentName: ["fuzz"] },
        parentSpan: [{ traceId: "tr-1", spanId: "1" }],
      },
    },
    "new MlflowCallbackHandler": {
      args: {},
      options: {
        ...{ name: ["a"], experiment: ["fuzz"], tags: TAGS, trackingUri: [join(folder, "other")] },
        ...{ ...RUN, artifactsDir: ["a"] },
      },
    },
    "MlflowCallbackHandler#flushTracker": {
      self: () => new mlflow.MlflowCallbackHandler({ runId: RUN_ID }),
      args: { langchainAsset: [model, missing] },
      options: { finish: [true] },
    },
    "new MlflowException": { args: exception, neverThrows: true },
    "new RestException": {
      args: { message: ["a"], errorCode: ["INTERNAL_ERROR"], status: [500], options: [{}] },
      neverThrows: true,
    },
    "MlflowException.Symbol(Symbol.hasInstance)": {
      args: { value: EVERY_TYPE },
      neverThrows: true,
    },
    "searchRuns()#page": page,
    "searchTraces()#page": page,
    "searchRuns()#Symbol(Symbol.asyncIterator)": { args: {} },
    "searchTraces()#Symbol(Symbol.asyncIterator)": { args: {} },
    "startRun()#asyncDispose": { args: {} },
    ...PREDICTIONS,
  };
}

const HANDLERS = {
  MlflowCallbackHandler: new mlflow.MlflowCallbackHandler({ runId: RUN_ID }),
  MlflowLangchainTracer: new mlflow.MlflowLangchainTracer(),
};

/** The valid call of a method that LangChain calls. It has LangChain's arguments and never throws. */
export function callOfCallback(name: string): ValidCall | undefined {
  const [, handler, method] = /^(\w+)#(handle\w+|copy|toJSON\w*)$/.exec(name) ?? [];
  if (!handler || !method) return undefined;
  const any: Samples = EVERY_TYPE;
  return {
    self: () => HANDLERS[handler as keyof typeof HANDLERS],
    args: { value: any, input: any, runId: any },
    neverThrows: true,
  };
}
