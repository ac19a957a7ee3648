import { messageOf } from "../base/errors.js";
import { ignoreRejection } from "../base/ignore-rejection.js";
import { show } from "../base/show.js";
import type { TableRow } from "../runs/table.js";
import type { Scorer } from "../scorers/scorer.js";
import type { Feedback } from "../store/assessments.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { scorerNameOf } from "./score.js";

export interface ResultInit {
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
export class EvaluationResult {
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

  constructor({ runId, metrics, rows, scorers, reasons, hasCriteria = false }: ResultInit) {
    this.runId = runId;
    this.metrics = metrics;
    this.rows = rows;
    const ofRow = hasCriteria ? errorsOf : failuresOf;
    const failures = [...reasons, ...rows.flatMap((row) => ofRow(row, scorers))];
    this.passed = failures.length === 0;
    this.reason = textOf(failures);
  }

  /**
   * Returns the rows as a table, for `logTable()` or `console.table()`: the inputs and outputs, and the value, the rationale
   * and the error of each scorer. Mirrors `EvaluationResult.result_df`.
   */
  toTable(): TableRow[] {
    const names = [
      ...new Set(this.rows.flatMap(({ feedback }) => feedback.map(({ name }) => name))),
    ];
    return this.rows.map((row) => ({
      ...{ row_id: row.rowId, trace_id: row.traceId ?? null, inputs: row.inputs },
      ...{ outputs: row.outputs ?? null, expectations: row.expectations },
      error: row.error ?? null,
      ...Object.assign({}, ...names.map((name) => cellsOf(name, row))),
    }));
  }
}

function cellsOf(name: string, row: EvaluatedRow): TableRow {
  const feedback = row.feedback.find((one) => one.name === name);
  const { error, value = null, rationale = null } = feedback ?? {};
  return {
    [`${name}/value`]: error ? null : value,
    [`${name}/rationale`]: rationale,
    [`${name}/error_message`]: error?.errorMessage ?? error?.errorCode ?? null,
  };
}

/** The scorer that returned feedback, which may have another name. */
function scorerOf(feedback: Feedback, scorers: readonly Scorer[]): Scorer | undefined {
  const name = scorerNameOf(feedback);
  return scorers.find((scorer) => scorer.name === name);
}

/** The errors of a row: of its model, and of scorers. */
function errorsOf(row: EvaluatedRow, scorers: readonly Scorer[]): string[] {
  return failuresOf({ ...row, feedback: row.feedback.filter(({ error }) => error) }, scorers);
}

/** Why a row has not passed, one text for each scorer. */
export function failuresOf(row: EvaluatedRow, scorers: readonly Scorer[]): string[] {
  const place = `row ${row.index}${row.repetition > 1 ? ` (repetition ${row.repetition})` : ""}`;
  const failed = row.feedback.flatMap((feedback) => {
    const detail = failureOf(feedback, scorerOf(feedback, scorers));
    return detail === undefined ? [] : `${place}: ${feedback.name}: ${detail}`;
  });
  return row.error === undefined ? failed : [`${place}: ${row.error}`, ...failed];
}

function failureOf({ value, error, rationale }: Feedback, scorer: Scorer | undefined) {
  if (error) return error.errorMessage ?? error.errorCode;
  const detail = rationale ?? `value=${show(value)}`;
  if (scorer?.passIf) return failureByPassIf(() => scorer.passIf?.(value), detail);
  const rating = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (rating === true || rating === "yes") return undefined;
  if (rating === false || rating === "no") return detail;
  const hint = `returned ${show(value)}, which is neither a boolean nor yes or no. Set \`passIf\` of the scorer to define which values pass`;
  return rationale === undefined ? hint : `${rationale}; ${hint}`;
}

function failureByPassIf(passIf: () => unknown, detail: string): string | undefined {
  try {
    const passes = passIf();
    if (typeof passes === "boolean") return passes ? undefined : detail;
    // A promise is truthy, whatever it resolves to.
    ignoreRejection(passes);
    return `passIf returned ${show(passes)}. Return true or false, and do not make it \`async\``;
  } catch (cause) {
    return `passIf threw an error: ${messageOf(cause)}`;
  }
}

const MAX_REASONS = 100;
const MAX_CHARACTERS_OF_REASON = 2_000;

/** Is bounded, because an app throws it as an error, or logs it. */
function textOf(failures: readonly string[]): string {
  const listed = failures.slice(0, MAX_REASONS).map(shortened);
  const [only] = listed;
  if (failures.length <= 1) return only ?? "";
  const left = failures.length - listed.length;
  const more = left > 0 ? [`and ${left} more, see \`rows\``] : [];
  const lines = [...listed, ...more].map((one) => `  - ${one}`);
  return `${failures.length} assertions failed:\n${lines.join("\n")}`;
}

function shortened(text: string): string {
  const left = text.length - MAX_CHARACTERS_OF_REASON;
  if (left <= 0) return text;
  return `${text.slice(0, MAX_CHARACTERS_OF_REASON).toWellFormed()}… (${left} more characters)`;
}
