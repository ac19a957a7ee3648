import { invalidParameter } from "../base/errors.js";
import { show } from "../base/show.js";
import { isLiteral } from "../data/plain.js";
import { readOptions } from "../settings/check-options.js";
import type { Trace } from "../tracing/read-trace.js";
import { answerText } from "./answer-text.js";
import { SCORER_KINDS, type ScoredRow, Scorer, type ScorerFields } from "./scorer.js";
import { retrievedDocuments } from "./trace-facts.js";

/** What the function of a scorer receives: the row, and the names that evaluators of other libraries read. */
export interface ScorerInput {
  readonly inputs?: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: the app knows the form of its outputs.
  readonly outputs?: any;
  // biome-ignore lint/suspicious/noExplicitAny: as for the outputs.
  readonly expectations?: any;
  readonly trace?: Trace;
  readonly session?: readonly Trace[];
  /** The only value of `inputs`, else `inputs`. */
  readonly input?: unknown;
  /** `outputs`; its text if `expected` is a text. */
  readonly output?: unknown;
  /** `expectations.expected_response`, else the only expectation, else `expectations`. */
  readonly expected?: unknown;
  /** As `expected`, but `expectations` if it has the same fields as `outputs`. */
  readonly referenceOutputs?: unknown;
  readonly reference_outputs?: unknown;
  /** The texts of the retrieved documents, else the field `context` of the inputs or the expectations. */
  readonly context?: unknown;
}

/** The function of a scorer. Its result is described at {@link Scorer.score}. */
// biome-ignore lint/suspicious/noExplicitAny: evaluators of other libraries declare parameters of their own.
export type ScorerFunction = (input: any) => unknown;

/** The options of `genai.scorer()`. */
export interface ScorerOptions extends Omit<ScorerFields, "name"> {
  /** Default: the name of the function. */
  readonly name?: string;
}

class FunctionScorer extends Scorer {
  readonly #fn: ScorerFunction;

  constructor(fields: ScorerFields, fn: ScorerFunction) {
    super(fields);
    this.#fn = fn;
  }

  score(row: ScoredRow): unknown {
    return this.#fn(scorerInput(row));
  }
}

/**
 * Makes a scorer from a function. Mirrors `mlflow.genai.scorers.scorer`.
 *
 * @param options the name (default: of the function), and the other fields of a scorer.
 * @param fn receives one object: `{ inputs, outputs, expectations, trace, session }` and the names of other libraries.
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, or without a name.
 * @example
 * const isShort = genai.scorer({ name: "is_short" }, ({ outputs }) => outputs.length < 100);
 */
export function scorer(fn: ScorerFunction): Scorer;
export function scorer(options: ScorerOptions, fn: ScorerFunction): Scorer;
export function scorer(options: ScorerOptions | ScorerFunction, fn?: ScorerFunction): Scorer {
  if (typeof options === "function") return new FunctionScorer(nameOf({}, options), options);
  const given = readOptions<ScorerFields>("scorer()", options, SCORER_KINDS) as ScorerOptions;
  if (typeof fn !== "function") {
    throw invalidParameter(`scorer() requires a function that scores a row, got ${show(fn)}.`);
  }
  return new FunctionScorer(nameOf(given, fn), fn);
}

function nameOf(options: ScorerOptions, fn: ScorerFunction): ScorerFields {
  const name = options.name ?? fn.name;
  if (name !== "") return { ...options, name };
  throw invalidParameter(
    "A scorer requires a name. The function has none: pass scorer({ name }, fn), or a function with a name.",
  );
}

/** Adds the names that other libraries use to a row. */
export function scorerInput(row: ScoredRow): ScorerInput {
  const expected = expectedOf(row.expectations);
  const output = typeof expected === "string" ? answerText(row.outputs) : row.outputs;
  const referenceOutputs = sharesFields(row) ? row.expectations : expected;
  const added = {
    input: onlyValue(row.inputs),
    output,
    expected,
    referenceOutputs,
    reference_outputs: referenceOutputs,
    context: contextOf(row),
  };
  const present = Object.entries(added).filter(([, value]) => value !== undefined);
  return { ...row, ...Object.fromEntries(present) };
}

function expectedOf(expectations: ScoredRow["expectations"]): unknown {
  const { expected_response, expectedResponse } = expectations ?? {};
  return expected_response ?? expectedResponse ?? onlyValue(expectations);
}

function onlyValue(fields: Readonly<Record<string, unknown>> | undefined): unknown {
  const values = Object.values(fields ?? {});
  return values.length === 1 ? values[0] : fields;
}

function sharesFields({ outputs, expectations }: ScoredRow): boolean {
  if (!isLiteral(outputs) || expectations === undefined) return false;
  return Object.keys(expectations).some((name) => Object.hasOwn(outputs, name));
}

function contextOf({ trace, inputs, expectations }: ScoredRow): unknown {
  const documents = trace ? retrievedDocuments(trace).map(({ content }) => content) : [];
  return documents.length > 0 ? documents : (inputs?.context ?? expectations?.context);
}
