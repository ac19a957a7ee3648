import { invalidParameter } from "../base/errors.js";
import type { EvaluationDataset } from "../datasets/evaluation-dataset.js";
import type { RowData } from "../datasets/open-rows.js";
import type { Scorer } from "../scorers/scorer.js";
import type { ForeignEvaluator } from "../scorers/to-scorer.js";
import { type NamedKinds, readNamed } from "../settings/check-options.js";
import {
  filledText,
  flag,
  type Kind,
  kindOf,
  positiveInteger,
  required,
} from "../settings/kinds.js";
import type { ScorerVersion } from "../store/scorer-store.js";
import { type InvokableModel, type PredictFn, readInvokable } from "./evaluated-model.js";

/** The options of {@link evaluate}. */
export interface EvaluateOptions {
  /**
   * The rows: `{ inputs, outputs?, expectations?, tags?, trace? }`, or traces, in an array or an (async) iterable; the path
   * or URL of a `.json`, `.jsonl` or `.csv` file; or an `EvaluationDataset`.
   */
  readonly data: RowData | EvaluationDataset;
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

export const CALLER = "evaluate()";

const anything: Kind<never> = kindOf("any value", (value) => value !== undefined);
const amount = kindOf<number>(
  "a positive number",
  (value) => typeof value === "number" && value > 0,
);

const KINDS: NamedKinds<EvaluateOptions> = {
  data: required({
    ...anything,
    want: "rows { inputs, outputs?, expectations? }, traces, a file of rows, or an EvaluationDataset",
  }),
  scorers: required({
    want: "a list of scorers. It may be empty",
    read: (value) => (Array.isArray(value) ? [...value] : undefined),
  }),
  predictFn: kindOf("a function", (value) => typeof value === "function"),
  model: {
    want: "a Runnable, an agent, a graph, or the URI of a logged model. Pass a function as `predictFn`",
    read: (value) => (typeof value === "string" ? filledText.read(value) : readInvokable(value)),
  },
  modelId: filledText,
  qualityCriteria: filledText,
  numRepetitions: positiveInteger,
  maxConcurrency: positiveInteger,
  scorerConcurrency: positiveInteger,
  cache: flag,
  cacheKey: filledText,
  dryRun: flag,
  runName: filledText,
  runId: filledText,
  maxTokens: amount,
  maxCost: amount,
  signal: kindOf("an AbortSignal", (value) => value instanceof AbortSignal),
};

/** @throws MlflowException INVALID_PARAMETER_VALUE for options that are unknown, invalid, missing, or contradict. */
export function readEvaluateOptions(options: unknown): EvaluateOptions {
  const given = readNamed<EvaluateOptions>(CALLER, options, KINDS);
  const { predictFn, model, dryRun, runId, runName, cacheKey } = given;
  if (predictFn && model !== undefined) {
    throw invalidParameter(
      `${CALLER} received \`predictFn\` and \`model\`. Pass the one that is evaluated.`,
    );
  }
  if (runId !== undefined && runName !== undefined) {
    throw invalidParameter(`${CALLER} received \`runId\`, whose run has a name, and \`runName\`.`);
  }
  if (dryRun && runId !== undefined) {
    throw invalidParameter(`${CALLER} received \`runId\` and \`dryRun\`, which logs nothing.`);
  }
  if (cacheKey !== undefined && !predictFn) {
    throw invalidParameter(`${CALLER} option \`cacheKey\` requires \`predictFn\`.`);
  }
  return given;
}
