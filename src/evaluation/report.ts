import { countOf } from "../base/count-of.js";
import { isSilent } from "../base/log.js";
import { writeToStderr } from "../base/stderr.js";
import type { Scorer } from "../scorers/scorer.js";
import { numericValue } from "./aggregate.js";
import { type CriterionVerdict, textOfCriterion } from "./criteria/judge.js";
import type { EvaluatedRow } from "./evaluated-row.js";
import { metricNamesOf } from "./metric-names.js";
import { type EvaluationResult, failuresOf } from "./result.js";

/** Where the progress and the table of an evaluation are written. */
export interface Terminal {
  /** Whether a line can be written again. */
  readonly isLive: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** Writes to stderr, unless the app has turned lines off. */
export function stderrTerminal(): Terminal {
  const { stderr } = process;
  return {
    isLive: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    write: (text) => {
      if (!isSilent()) writeToStderr(text);
    },
  };
}

const LIVE_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 10_000;

/** Shows how many rows are done, and the mean of each scorer so far. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #total: number | undefined;
  readonly #sums = new Map<string, { sum: number; count: number }>();
  readonly #nowMs: () => number;
  #done = 0;
  #failed = 0;
  #writtenAtMs: number;

  constructor(terminal: Terminal, total: number | undefined, nowMs = () => performance.now()) {
    this.#terminal = terminal;
    this.#total = total;
    this.#nowMs = nowMs;
    this.#writtenAtMs = nowMs();
  }

  add({ feedback, error }: EvaluatedRow): void {
    this.#done += 1;
    if (error !== undefined) this.#failed += 1;
    for (const one of feedback) {
      const value = one.error ? undefined : numericValue(one.value);
      const known = this.#sums.get(one.name) ?? { sum: 0, count: 0 };
      if (value !== undefined) {
        this.#sums.set(one.name, { sum: known.sum + value, count: known.count + 1 });
      }
    }
    const { isLive } = this.#terminal;
    const intervalMs = isLive ? LIVE_INTERVAL_MS : PLAIN_INTERVAL_MS;
    if (this.#nowMs() - this.#writtenAtMs < intervalMs) return;
    this.#writtenAtMs = this.#nowMs();
    this.#write(isLive ? "\r" : "", isLive ? "\u001b[K" : "\n");
  }

  /** Removes the live line. */
  end(): void {
    if (this.#terminal.isLive) this.#terminal.write("\r\u001b[K");
  }

  #write(before: string, after: string): void {
    const means = [...this.#sums].map(([name, { sum, count }]) => `${name} ${figure(sum / count)}`);
    const failed = this.#failed > 0 ? [`${this.#failed} failed`] : [];
    const counts = [
      `langchain-mlflow: ${this.#done}${this.#total === undefined ? "" : ` of ${this.#total}`} rows`,
      ...failed,
    ];
    const { isLive, columns } = this.#terminal;
    const parts = [...counts, ...means];
    const line = isLive ? lineOf(parts, columns - 1) : parts.join(" · ");
    this.#terminal.write(`${before}${line}${after}`);
  }
}

/** Leaves out whole parts: a figure that is cut is another figure. */
function lineOf(parts: readonly string[], maxCharacters: number): string {
  for (let count = parts.length; count > 1; count--) {
    const left = parts.length - count;
    const line = [...parts.slice(0, count), ...(left > 0 ? [`${left} more`] : [])].join(" · ");
    if (line.length <= maxCharacters) return line;
  }
  return (parts[0] ?? "").slice(0, maxCharacters);
}

/** The line at the start. It names the run, with which an interrupted evaluation continues. */
export function startLine(total: number | undefined, place: string): string {
  return `langchain-mlflow: evaluating ${total === undefined ? "rows" : countOf(total, "row")} · ${place}\n`;
}

const MAX_LISTED = 10;
const MAX_REASON_CHARACTERS = 100;

export interface ReportPlaces {
  /** The page of the run, or a command that shows it. */
  readonly run: string | undefined;
  /** The page of a trace, or a command that shows it. */
  readonly trace: (traceId: string) => string;
  readonly criteria?: readonly CriterionVerdict[];
  /** Why results are not stored. */
  readonly losses?: readonly string[];
}

/** The table at the end: the mean of each scorer, how many rows have not passed, and where their traces are. */
export function reportOf(
  { rows, metrics, passed, runId }: EvaluationResult,
  scorers: readonly Scorer[],
  { run, trace, criteria = [], losses = [] }: ReportPlaces,
): string {
  const names = [...new Set(rows.flatMap(({ feedback }) => feedback.map(({ name }) => name)))];
  const metricNames = metricNamesOf(rows);
  const table = names.map((name) => {
    const own = rows.map((row) => ({
      ...row,
      error: undefined,
      feedback: row.feedback.filter((one) => one.name === name),
    }));
    const failed = own.filter((row) => failuresOf(row, scorers).length > 0).length;
    const errors = own.filter(({ feedback }) => feedback.some(({ error }) => error)).length;
    const mean = metrics[`${metricNames.get(name) ?? name}/mean`];
    return [cut(name), mean === undefined ? "-" : figure(mean), String(failed), String(errors)];
  });
  const failed = rows.filter((row) => failuresOf(row, scorers).length > 0);
  const listed = failed.slice(0, MAX_LISTED).flatMap((row) => {
    const [reason = ""] = failuresOf(row, scorers);
    const place = row.traceId === undefined ? [] : [`    ${trace(row.traceId)}`];
    return [`  ${cut(reason)}`, ...place];
  });
  const more = failed.length > MAX_LISTED ? [`  and ${failed.length - MAX_LISTED} more`] : [];
  const place = runId === undefined ? "nothing was logged (dryRun)" : (run ?? `run ${runId}`);
  return [
    `langchain-mlflow: evaluated ${countOf(rows.length, "row")}: ${passed ? "passed" : "not passed"} · ${place}`,
    ...(table.length > 0
      ? aligned([["scorer", "mean", "not passed", "errors"], ...table]).map((line) => `  ${line}`)
      : []),
    ...criteria.map(
      (one) => `  ${one.verdict === "met" ? "met" : "missed"}: ${textOfCriterion(one)}`,
    ),
    ...losses.map((loss) => `  ${loss}`),
    ...listed,
    ...more,
    "",
  ].join("\n");
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((cells) => cells[column]?.length ?? 0)),
  );
  return table.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join("  "),
  );
}

function cut(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MAX_REASON_CHARACTERS ? `${line.slice(0, MAX_REASON_CHARACTERS)}…` : line;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}
