import { attempt } from "../base/show.js";
import type { PlainObject } from "../data/plain.js";
import { isMetricName } from "../runs/validation.js";
import { type OptionKinds, readNamed } from "../settings/check-options.js";
import { isDictionary, kindOf, required, text } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import type { AssessmentValue } from "../trace/assessment.js";
import type { Trace } from "../tracing/read-trace.js";

/** What one call of a scorer is about: one row of an evaluation, or one session. */
export interface ScoredRow {
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
export const AGGREGATIONS = ["min", "max", "mean", "median", "variance", "p90"] as const;
export type AggregationName = (typeof AGGREGATIONS)[number];
/** The name of an aggregation, or a named function that receives the numeric values of all rows. */
export type Aggregation = AggregationName | ((values: readonly number[]) => number);

/** Stores answers of judges by their content, so that the same question is asked once. */
export interface AnswerCache {
  get(key: PlainObject): Promise<string | undefined>;
  set(key: PlainObject, answer: string): Promise<void>;
}

/** What an evaluation provides to the scorers that it runs. */
export interface Scoring {
  /** Aborts when the evaluation stops, or when the scorer reaches its timeout. */
  readonly signal: AbortSignal;
  /** Calls `work` again, later, if it throws an error for too many requests (429). */
  readonly withBackoff: <T>(work: () => Promise<T>) => Promise<T>;
  /** Undefined: nothing is cached. */
  readonly answers?: AnswerCache;
}

/** The fields that every scorer has. */
export interface ScorerFields {
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

/** Leaves room for an aggregation in the name of a metric, which MLflow limits to 250 characters. */
export const MAX_NAME_CHARACTERS = 200;
const MAX_AGGREGATION_CHARACTERS = 49;

/** Whether a name can begin the names of metrics, such as `<name>/mean`. */
export function canNameMetrics(name: string): boolean {
  return name.length <= MAX_NAME_CHARACTERS && isMetricName(name);
}

/** The kinds of the fields of a scorer of rows. */
export const ROW_SCORER_KINDS: OptionKinds<Omit<ScorerFields, "sessionLevel">> = {
  name: kindOf(
    `a text of at most ${MAX_NAME_CHARACTERS} letters, digits, _, -, ., / and spaces, but not a path such as /a, a//b, ./a or ../a`,
    (value) =>
      typeof value === "string" &&
      value.trim() !== "" &&
      !value.includes(":") &&
      canNameMetrics(value),
  ),
  description: text,
  aggregations: {
    want: `an array of ${AGGREGATIONS.join(", ")} and functions with a name of at most ${MAX_AGGREGATION_CHARACTERS} letters, digits, _, -, . and spaces`,
    read: (value) => {
      const copy = Array.isArray(value) ? [...value] : undefined;
      return copy?.every(isAggregation) ? copy : undefined;
    },
  },
  passIf: kindOf("a function that receives a value", (value) => typeof value === "function"),
  timeout: kindOf(
    "a number of seconds from 0 up (0: no limit)",
    (value) => Number.isFinite(value) && (value as number) >= 0,
  ),
};

/** The kinds of the fields, for the options of functions that make scorers. */
export const SCORER_KINDS: OptionKinds<ScorerFields> = {
  ...ROW_SCORER_KINDS,
  sessionLevel: kindOf(
    "true, false, or the name of a level of sessions",
    (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
  ),
};

function isAggregation(value: unknown): boolean {
  // The name of the function ends the name of the metric.
  if (typeof value === "function") {
    const { name } = value;
    return (
      typeof name === "string" &&
      /^[^/:]+$/.test(name) &&
      name.length <= MAX_AGGREGATION_CHARACTERS &&
      isMetricName(name)
    );
  }
  return AGGREGATIONS.some((name) => name === value);
}

function fieldsOfScorer(fields: object): object {
  const copy = attempt(() => Object.entries(fields)) ?? [];
  return Object.fromEntries(copy.filter(([name]) => Object.hasOwn(SCORER_KINDS, name)));
}

/**
 * Scores rows of an evaluation. Extend it to write a scorer with options of its own, or use `genai.scorer()`. Mirrors
 * `mlflow.genai.scorers.Scorer`.
 */
export abstract class Scorer {
  declare readonly name: string;
  declare readonly description?: string;
  declare readonly aggregations?: readonly Aggregation[];
  declare readonly passIf?: (value: AssessmentValue) => boolean;
  declare readonly timeout?: number;
  declare readonly sessionLevel?: boolean | string;

  constructor(fields: ScorerFields) {
    // A subclass may pass its own options too.
    const own = isDictionary(fields) ? fieldsOfScorer(fields) : fields;
    const kinds = { ...SCORER_KINDS, name: required(SCORER_KINDS.name) };
    Object.assign(this, readNamed<ScorerFields>("new Scorer()", own, kinds));
  }

  /** Whether the scorer receives whole conversations. */
  get isSessionLevelScorer(): boolean {
    return this.sessionLevel !== undefined && this.sessionLevel !== false;
  }

  /**
   * Scores one row. Returns a boolean, a number, a string, a `Feedback`, an array of them, the result of an evaluator of
   * another library, or null or undefined for no feedback.
   *
   * @param scoring what the evaluation provides. A scorer that is called alone receives a signal that never aborts.
   */
  abstract score(row: ScoredRow, scoring: Scoring): unknown;
}

/** Scores a row, and turns what the scorer returns or throws into feedback. Never rejects. */
export type RunScorer = (scorer: Scorer, row: ScoredRow, scoring: Scoring) => Promise<Feedback[]>;
