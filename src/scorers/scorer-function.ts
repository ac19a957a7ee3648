import { invalidParameter } from "../base/errors.js";
import { checkArgument, readOptions } from "../settings/check-options.js";
import { type Kind, kindOf } from "../settings/kinds.js";
import { FunctionScorer, type ScorerFunction } from "./function-scorer.js";
import { SCORER_KINDS, type Scorer, type ScorerFields } from "./scorer.js";

/** The options of {@link scorer}. */
export interface ScorerOptions extends Omit<ScorerFields, "name"> {
  /** Names the feedback. Default: the name of the function. */
  readonly name?: string;
}

const CALLER = "scorer()";

const aFunction: Kind<never> = kindOf("a function", (value) => typeof value === "function");
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
export function scorer(fn: ScorerFunction): Scorer;
export function scorer(options: ScorerOptions, fn: ScorerFunction): Scorer;
export function scorer(first: unknown, second?: unknown): Scorer {
  const [options, fn] = typeof first === "function" ? [{}, first] : [first, second];
  const call: ScorerFunction = checkArgument(CALLER, "fn", aFunction, fn);
  const given = readOptions<ScorerOptions>(CALLER, options, SCORER_KINDS);
  const name = given.name ?? call.name;
  if (name) return new FunctionScorer({ ...given, name }, call);
  throw invalidParameter(`${CALLER} requires a \`name\`, because its function has none.`);
}
