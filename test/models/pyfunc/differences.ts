import type { ColSpec } from "../../../src/models/signature/schema.js";

/** What became of one input under one schema: the rows for the model, or an error. */
export interface Answer {
  readonly data?: unknown;
  readonly error?: string;
}

interface Case {
  readonly columns: readonly ColSpec[];
  readonly input: unknown;
  readonly here: Answer;
  readonly python: Answer;
}

/** Why an answer here may be another than Python's, and how to see that this is why. The list is closed. */
export const DIFFERENCES: readonly {
  readonly reason: string;
  readonly explains: (one: Case) => boolean;
}[] = [
  {
    reason: "pandas fills what is missing with NaN; here it is null, or not there",
    explains: ({ here, python }) =>
      here.data !== undefined && same(withoutGaps(here.data), withoutGaps(python.data)),
  },
  {
    reason: "JavaScript has one kind of number: a whole one is a double too",
    explains: ({ here, python }) =>
      /safely convert int64 to float64/.test(python.error ?? "") &&
      !/safely convert int64 to float64/.test(here.error ?? ""),
  },
  {
    reason:
      "an integer that is missing stays null here, so an optional column and a list may have some",
    explains: ({ here, python }) =>
      here.data !== undefined && /convert (float64|object) to int64/.test(python.error ?? ""),
  },
  {
    reason:
      "one object is one row for columns of type map and any too; Python takes its lists and objects apart into rows",
    explains: ({ columns, input }) => isObject(input) && columns.every(isMapOrAny),
  },
  {
    reason:
      "a row that has none of the optional columns is a row; Python forgets it, and predicts nothing",
    explains: ({ here, python }) =>
      same(python.data, []) && Array.isArray(here.data) && here.data.every((row) => same(row, {})),
  },
  {
    reason: "an input without any row is refused; Python predicts nothing",
    explains: ({ here, python }) =>
      same(python.data, []) && /an empty dict has no rows$/.test(here.error ?? ""),
  },
  {
    reason: "numpy makes texts of all that is in a list of texts",
    explains: ({ here, python }) => same(allTexts(here.data), python.data),
  },
  {
    reason: "both refuse the input; the texts of pandas and numpy differ from ours",
    explains: ({ here, python }) =>
      here.error !== undefined && PANDAS_WORDS.some((words) => words.test(python.error ?? "")),
  },
];

const PANDAS_WORDS = [
  /dictionary update sequence element/,
  /object of type 'int' has no len/,
  /Invalid object type at position/,
  /setting an array element with a sequence/,
  // A column with a gap has floats only, and one of no rows has a type all the same.
  /got float$/,
  /safely convert (float64|str) to [^ ]+$/,
];

function same(one: unknown, other: unknown): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isMapOrAny({ type }: ColSpec): boolean {
  return type === "map" || type === "any";
}

function withoutGaps(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutGaps(item) ?? null);
  if (!isObject(value)) return value === "<NaN>" ? null : value;
  const known = Object.entries(value).map(([name, field]) => [name, withoutGaps(field)] as const);
  const kept = known
    .filter(([, field]) => field !== null)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(kept);
}

function allTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(allTexts);
  if (!isObject(value)) return String(value);
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, allTexts(field)]));
}
