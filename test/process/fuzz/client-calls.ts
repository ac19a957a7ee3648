import { join } from "node:path";
import * as mlflow from "../../../src/index.js";
import type { Samples, ValidCall } from "./public-calls.js";

const RUN_ID = "0123456789abcdef0123456789abcdef";
const TRACE_ID = `tr-${RUN_ID}`;
const TAGS: Samples = [{ team: "docs" }];
const JSON_DATA: Samples = ["a", null, true, 5, 5n, [], {}, new Date(0)];
const LOGGED: Samples = ["a", null, true, 5, 5n, [], {}, new Date(0), new Map(), Promise.resolve()];
const OF_TRACE = { traceId: [TRACE_ID] } as const;
const OF_ASSESSMENT = { ...OF_TRACE, assessmentId: ["a-1"] } as const;
const SOURCE: Samples = [{ sourceType: "HUMAN", sourceId: "ann" }];
const COMMON = { source: SOURCE, metadata: [{ a: 1 }], spanId: ["0011223344556677"] } as const;
const FEEDBACK = {
  ...COMMON,
  name: ["a"],
  value: JSON_DATA,
  rationale: ["why"],
  error: [new Error("a"), "a", { errorCode: "a" }],
} as const;
const NOT_NULL: Samples = ["a", true, 5, 5n, [], {}, new Date(0)];
const EXPECTATION = { ...COMMON, name: ["a"], value: NOT_NULL } as const;
const feedback = () => new mlflow.Feedback({ value: 1 });

/** Valid calls of the functions for feedback, trace tags and sessions. */
export const FEEDBACK_CALLS: Readonly<Record<string, ValidCall>> = {
  logFeedback: { args: {}, options: { ...OF_TRACE, ...FEEDBACK }, required: ["traceId", "value"] },
  logExpectation: {
    args: {},
    options: { ...OF_TRACE, ...EXPECTATION },
    required: ["traceId", "name", "value"],
  },
  logAssessment: {
    args: {},
    options: { ...OF_TRACE, assessment: [feedback()] },
    required: ["traceId", "assessment"],
  },
  updateAssessment: {
    args: {},
    options: { ...OF_ASSESSMENT, assessment: [feedback()] },
    required: ["traceId", "assessmentId", "assessment"],
  },
  overrideFeedback: {
    args: {},
    options: {
      ...{ ...OF_ASSESSMENT, value: JSON_DATA, rationale: ["why"] },
      ...{ source: SOURCE, metadata: [{ a: 1 }] },
    },
    required: ["traceId", "assessmentId", "value"],
  },
  getAssessment: { args: {}, options: OF_ASSESSMENT, required: ["traceId", "assessmentId"] },
  deleteAssessment: { args: {}, options: OF_ASSESSMENT, required: ["traceId", "assessmentId"] },
  "new Feedback": { args: {}, options: FEEDBACK, required: ["value"] },
  "new Expectation": { args: {}, options: EXPECTATION, required: ["name", "value"] },
  "new AssessmentSource": {
    args: {},
    options: { sourceType: ["HUMAN", "code"], sourceId: ["ann"] },
    required: ["sourceType"],
  },
  setTraceTag: { args: { traceId: [TRACE_ID], key: ["a"], value: ["b"] } },
  deleteTraceTag: { args: { traceId: [TRACE_ID], key: ["a"] } },
  deleteTraces: {
    args: {},
    options: {
      ...{ experimentId: ["0"], traceIds: [[TRACE_ID]] },
      ...{ maxTimestampMillis: [5], maxTraces: [1] },
    },
    required: ["experimentId", "traceIds"],
  },
  searchSessions: {
    args: {},
    options: {
      ...{ locations: [["0"]], maxResults: [5], runId: [RUN_ID] },
      ...{ modelId: ["m-1"], includeSpans: [false] },
    },
  },
};

const EXPERIMENT = { experimentId: ["0"] } as const;
const RUN = { runId: [RUN_ID] } as const;
const MODEL = { name: ["a"] } as const;
const VERSION = { ...MODEL, version: ["1", 1] } as const;
const LOGGED_MODEL = { modelId: ["m-1"] } as const;
const KEY = { key: ["a"] } as const;
const TAG = { ...KEY, value: ["b"] } as const;
const POINT = { ...KEY, value: [5], step: [3], timestampMs: [5] } as const;
const SEARCH = {
  filter: ["name = 'a'"],
  filterString: ["name = 'a'"],
  orderBy: [[]],
  maxResults: [5],
  pageToken: ["MTIgYQ"],
} as const;

interface Method {
  readonly options?: Readonly<Record<string, Samples>>;
  /** Names of options that every call needs, separated by spaces. */
  readonly required?: string;
}

const METHODS: Readonly<Record<string, Method>> = {
  createExperiment: {
    options: { ...MODEL, artifactLocation: ["file:///a"], tags: TAGS },
    required: "name",
  },
  getExperiment: { options: EXPERIMENT, required: "experimentId" },
  getExperimentByName: { options: MODEL, required: "name" },
  searchExperiments: { options: { ...SEARCH, viewType: ["ALL"] } },
  deleteExperiment: { options: EXPERIMENT, required: "experimentId" },
  restoreExperiment: { options: EXPERIMENT, required: "experimentId" },
  renameExperiment: {
    options: { ...EXPERIMENT, newName: ["b"] },
    required: "experimentId newName",
  },
  setExperimentTag: { options: { ...EXPERIMENT, ...TAG }, required: "experimentId key value" },
  deleteExperimentTag: { options: { ...EXPERIMENT, ...KEY }, required: "experimentId key" },
  createRun: {
    options: { ...EXPERIMENT, runName: ["a"], startTimeMs: [5], tags: TAGS },
    required: "experimentId",
  },
  getRun: { options: RUN, required: "runId" },
  getParentRun: { options: RUN, required: "runId" },
  searchRuns: { options: { ...SEARCH, experimentIds: [["0"]], runViewType: ["ALL"] } },
  deleteRun: { options: RUN, required: "runId" },
  restoreRun: { options: RUN, required: "runId" },
  updateRun: { options: { ...RUN, status: ["FAILED"], name: ["b"] }, required: "runId" },
  setTerminated: { options: { ...RUN, status: ["FAILED"], endTimeMs: [5] }, required: "runId" },
  logBatch: {
    options: { ...RUN, metrics: [[{ key: "a", value: 1 }]], params: [{ a: 1 }], tags: [{ a: 1 }] },
    required: "runId",
  },
  logMetric: { options: { ...RUN, ...POINT }, required: "runId key value" },
  logParam: { options: { ...RUN, ...KEY, value: LOGGED }, required: "runId key value" },
  setTag: { options: { ...RUN, ...KEY, value: LOGGED }, required: "runId key value" },
  deleteTag: { options: { ...RUN, ...KEY }, required: "runId key" },
  getMetricHistory: { options: { ...RUN, ...KEY }, required: "runId key" },
  createRegisteredModel: {
    options: { ...MODEL, tags: TAGS, description: ["d"] },
    required: "name",
  },
  getRegisteredModel: { options: MODEL, required: "name" },
  searchRegisteredModels: { options: SEARCH },
  renameRegisteredModel: { options: { ...MODEL, newName: ["b"] }, required: "name newName" },
  updateRegisteredModel: {
    options: { ...MODEL, description: ["d"] },
    required: "name description",
  },
  deleteRegisteredModel: { options: MODEL, required: "name" },
  setRegisteredModelTag: { options: { ...MODEL, ...TAG }, required: "name key value" },
  deleteRegisteredModelTag: { options: { ...MODEL, ...KEY }, required: "name key" },
  setRegisteredModelAlias: {
    options: { ...VERSION, alias: ["b"] },
    required: "name alias version",
  },
  deleteRegisteredModelAlias: { options: { ...MODEL, alias: ["b"] }, required: "name alias" },
  getLatestVersions: { options: { ...MODEL, stages: [["None"]] }, required: "name" },
  createModelVersion: {
    options: {
      ...{ ...MODEL, ...RUN, source: ["models:/m-1"], modelId: ["m-1"] },
      ...{ tags: TAGS, description: ["d"] },
    },
    required: "name source",
  },
  getModelVersion: { options: VERSION, required: "name version" },
  getModelVersionByAlias: { options: { ...MODEL, alias: ["b"] }, required: "name alias" },
  searchModelVersions: { options: SEARCH },
  updateModelVersion: {
    options: { ...VERSION, description: ["d"] },
    required: "name version description",
  },
  deleteModelVersion: { options: VERSION, required: "name version" },
  transitionModelVersionStage: {
    options: { ...VERSION, stage: ["Staging"], archiveExistingVersions: [false] },
    required: "name version stage",
  },
  setModelVersionTag: { options: { ...VERSION, ...TAG }, required: "name version key value" },
  deleteModelVersionTag: { options: { ...VERSION, ...KEY }, required: "name version key" },
  getModelVersionDownloadUri: { options: VERSION, required: "name version" },
  createLoggedModel: {
    options: {
      ...{ ...EXPERIMENT, ...MODEL, sourceRunId: [RUN_ID], modelType: ["agent"] },
      ...{ tags: TAGS, params: TAGS },
    },
    required: "experimentId name",
  },
  getLoggedModel: { options: LOGGED_MODEL, required: "modelId" },
  searchLoggedModels: { options: { ...SEARCH, experimentIds: [["0"]] } },
  finalizeLoggedModel: {
    options: { ...LOGGED_MODEL, status: ["READY"] },
    required: "modelId status",
  },
  deleteLoggedModel: { options: LOGGED_MODEL, required: "modelId" },
  setLoggedModelTags: { options: { ...LOGGED_MODEL, tags: TAGS }, required: "modelId tags" },
  deleteLoggedModelTag: { options: { ...LOGGED_MODEL, ...KEY }, required: "modelId key" },
  logModelParams: { options: { ...LOGGED_MODEL, params: TAGS }, required: "modelId params" },
  setTraceTag: { options: { ...OF_TRACE, ...TAG }, required: "traceId key value" },
  deleteTraceTag: { options: { ...OF_TRACE, ...KEY }, required: "traceId key" },
  logFeedback: { ...FEEDBACK_CALLS.logFeedback, required: "traceId value" },
  logExpectation: { ...FEEDBACK_CALLS.logExpectation, required: "traceId name value" },
  deleteTraces: { ...FEEDBACK_CALLS.deleteTraces, required: "experimentId traceIds" },
};

/** Valid calls of `MlflowClient`, whose store is a folder below this one. */
export function clientCalls(
  folder: string,
  searchOptions: Readonly<Record<string, Samples>>,
): Readonly<Record<string, ValidCall>> {
  const trackingUri = join(folder, "client store");
  const self = () => new mlflow.MlflowClient({ trackingUri });
  const calls: Record<string, ValidCall> = {
    "new MlflowClient": { args: {}, options: { trackingUri: [trackingUri] } },
    "MlflowClient#getTrace": { self, args: { traceId: [TRACE_ID] } },
    "MlflowClient#getTraceInfo": { self, args: { traceId: [TRACE_ID] } },
    "MlflowClient#searchTraces": {
      ...{ self, args: {} },
      options: { ...searchOptions, pageToken: ["MTIgYQ"] },
    },
  };
  for (const [name, { options = {}, required }] of Object.entries(METHODS)) {
    calls[`MlflowClient#${name}`] = {
      ...{ self, args: {}, options },
      ...(required && { required: required.split(" ") }),
      // The names of MLflow's TypeScript SDK.
      ...(/^(create|delete)Experiment$/.test(name) && { insteadOfOptions: ["a"] }),
    };
  }
  return calls;
}
