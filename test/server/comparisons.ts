import { AssertionError } from "node:assert";
import { expect } from "vitest";
import * as mlflow from "../../src/index.js";
import { runPython } from "../support/python.js";

/** The first version whose Python compares evaluations. */
export const COMPARING_VERSION = "3.18.0";

/** What both languages are asked for. */
export interface ComparisonRequest extends mlflow.genai.CompareEvaluationsOptions {
  /** The calls of `assertImproved()` on the result. */
  readonly asserts?: readonly mlflow.genai.AssertImprovedOptions[];
}

/** The fields of a result with the names of TypeScript, or the kind of the error. NaN is a text. */
export interface ComparisonOutcome {
  readonly error?: string;
  readonly scorers?: Record<string, Record<string, unknown>>;
  readonly pairedRows?: readonly Record<string, unknown>[];
  readonly unpairedBaselineTraceIds?: readonly string[];
  readonly unpairedCandidateTraceIds?: readonly string[];
  /** The errors of `assertImproved()`, with the lines that name scorers. */
  readonly asserts?: readonly { readonly error?: string; readonly failures: readonly string[] }[];
  /** The columns of the table, and its rows. */
  readonly table?: readonly Record<string, unknown>[];
}

/** Compares with both languages. Returns the outcomes, after a check that they are the same. */
export async function compareWithBoth(
  trackingUri: string,
  requests: readonly ComparisonRequest[],
): Promise<ComparisonOutcome[]> {
  const ours = await compareHere(requests);
  const python = await comparePython(trackingUri, requests);
  for (const [index, outcome] of ours.entries()) expectSame(outcome, python[index] ?? {});
  return ours;
}

async function compareHere(requests: readonly ComparisonRequest[]): Promise<ComparisonOutcome[]> {
  const outcomes: ComparisonOutcome[] = [];
  for (const { asserts = [], ...options } of requests) {
    try {
      const result = await mlflow.genai.compareEvaluations(options);
      outcomes.push({
        ...(withNaNText(result) as ComparisonOutcome),
        asserts: asserts.map((given) => {
          try {
            result.assertImproved(given);
            return { failures: [] };
          } catch (error) {
            return { error: kindOf(error), failures: failuresIn((error as Error).message) };
          }
        }),
        table: withNaNText(result.toTable()) as Record<string, unknown>[],
      });
    } catch (error) {
      outcomes.push({ error: kindOf(error) });
    }
  }
  return outcomes;
}

function kindOf(error: unknown): string {
  if (error instanceof mlflow.MlflowException) return error.errorCode;
  return error instanceof AssertionError ? "AssertionError" : String(error);
}

const PYTHON = `
import dataclasses, json, math, os
from mlflow.exceptions import MlflowException
from mlflow.genai import compare_evaluations

def plain(value):
    if isinstance(value, dict):
        return {key: plain(field) for key, field in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return "NaN" if isinstance(value, float) and math.isnan(value) else value

def kind(error):
    return error.error_code if isinstance(error, MlflowException) else type(error).__name__

def asserted(result, options):
    try:
        result.assert_improved(**options)
        return {}
    except Exception as error:
        return {"error": kind(error), "message": str(error)}

def compared(request):
    asserts = request.pop("asserts", [])
    try:
        result = compare_evaluations(**request)
    except Exception as error:
        return {"error": kind(error)}
    table = result.summary()
    return {**plain(dataclasses.asdict(result)), "columns": list(table.columns), "rows": len(table),
            "asserts": [asserted(result, options) for options in asserts]}

print(json.dumps([compared(request) for request in json.loads(os.environ["REQUESTS"])]))`;

interface PythonOutcome {
  readonly error?: string;
  readonly scorers: Record<string, object>;
  readonly paired_rows: readonly object[];
  readonly asserts: readonly { readonly error?: string; readonly message?: string }[];
  readonly columns: readonly string[];
  readonly rows: number;
}

export async function comparePython(
  trackingUri: string,
  requests: readonly ComparisonRequest[],
): Promise<ComparisonOutcome[]> {
  const given = requests.map((request) => renamed(request, snakeCase));
  const outcomes = await runPython<PythonOutcome[]>(PYTHON, {
    version: COMPARING_VERSION,
    env: { MLFLOW_TRACKING_URI: trackingUri, REQUESTS: JSON.stringify(given) },
  });
  return outcomes.map(({ columns, rows, ...outcome }) => {
    if (outcome.error !== undefined) return { error: outcome.error };
    const { scorers, paired_rows, asserts, ...rest } = outcome;
    expect(rows).toBe(Object.keys(scorers).length);
    return {
      ...renamed(rest, camelCase),
      scorers: Object.fromEntries(
        Object.entries(scorers).map(([name, one]) => [name, renamed(one, camelCase)]),
      ),
      pairedRows: paired_rows.map((row) => renamed(row, camelCase)),
      asserts: asserts.map(({ message, ...error }) => ({
        ...error,
        failures: failuresIn(message),
      })),
      // In Python, the table has the values of `scorers`.
      table: Object.values(scorers).map((one) =>
        Object.fromEntries(columns.map((column) => [column, Reflect.get(one, column)])),
      ),
    };
  });
}

const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camelCase = (name: string) =>
  name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

function renamed(value: object, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [rename(key), field]));
}

/** The lines of a message that name scorers, with the same spelling of names and numbers for both languages. */
function failuresIn(message = ""): string[] {
  return [...message.matchAll(/^ {2}- (.*)$/gm)].map(([, line = ""]) =>
    line
      .replace(/\w+(?==)/g, camelCase)
      .replace(/=(True|False)/g, (text) => text.toLowerCase())
      .replace(/=([+-]?\d[\d.]*(?:e[+-]?\d+)?)/g, (_, number) => `=${Number(number)}`),
  );
}

function withNaNText(value: unknown): unknown {
  if (Number.isNaN(value)) return "NaN";
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withNaNText);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, withNaNText(field)]));
}

/** How much of its width the ends of an interval may differ, which depend on random resamples. */
const INTERVAL_TOLERANCE = 0.05;
const RELATIVE_TOLERANCE = 1e-9;
/** For values that are zero except for rounding errors. */
const ABSOLUTE_TOLERANCE = 1e-12;

/** Compares every field. Only the last digits of statistics may differ. */
function expectSame(ours: ComparisonOutcome, python: ComparisonOutcome): void {
  expect(withoutDigits(ours)).toEqual(withoutDigits(python));
  for (const [name, expected] of Object.entries(python.scorers ?? {})) {
    const { ciLow, ciHigh } = expected;
    for (const [field, value] of Object.entries(expected)) {
      if (typeof value !== "number") continue;
      const tolerance =
        field === "ciLow" || field === "ciHigh"
          ? INTERVAL_TOLERANCE * (Number(ciHigh) - Number(ciLow))
          : RELATIVE_TOLERANCE * Math.abs(value);
      const difference = Math.abs(Number(ours.scorers?.[name]?.[field]) - value);
      expect(difference, `${name}.${field}`).toBeLessThanOrEqual(tolerance + ABSOLUTE_TOLERANCE);
    }
  }
}

const COUNTS = new Set(["nPaired", "ties", "nNonzero", "n_paired", "n_nonzero"]);

function withoutDigits({ scorers, table, ...outcome }: ComparisonOutcome): ComparisonOutcome {
  const coarse = (one: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(one).map(([field, value]) => [
        field,
        typeof value === "number" && !COUNTS.has(field) ? "a number" : value,
      ]),
    );
  return {
    ...outcome,
    ...(table && { table: table.map(coarse) }),
    ...(scorers && {
      scorers: Object.fromEntries(
        Object.entries(scorers).map(([name, one]) => [name, coarse(one)]),
      ),
    }),
  };
}
