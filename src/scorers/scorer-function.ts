import { invalidParameter } from "../base/errors.js";
import { checkArgument, type NamedKinds, readOptions } from "../settings/check-options.js";
import { filledText, type Kind, kindOf, text } from "../settings/kinds.js";
import { FunctionScorer, type ScorerFunction } from "./function-scorer.js";
import { AGGREGATIONS, type Aggregation, type Scorer, type ScorerFields } from "./scorer.js";

/** The options of {@link scorer}. */
export interface ScorerOptions extends Omit<ScorerFields, "name"> {
  /** Names the feedback. Default: the name of the function. */
  readonly name?: string;
}

const CALLER = "scorer()";

const aFunction: Kind<never> = kindOf("a function", (value) => typeof value === "function");
const aggregations: Kind<readonly Aggregation[]> = {
  want: `an array of ${AGGREGATIONS.join(", ")}, or functions (values) => number`,
  read: (value) => {
    if (!Array.isArray(value)) return undefined;
    const isKnown = (one: unknown) =>
      typeof one === "function" || AGGREGATIONS.some((name) => name === one);
    return value.every(isKnown) ? [...value] : undefined;
  },
};

/** The fields of every scorer but its name. */
export const SCORER_KINDS: NamedKinds<Omit<ScorerOptions, "name">> = {
  description: text,
  aggregations,
  passIf: aFunction,
  timeout: kindOf(
    "a number of seconds; 0 means no limit",
    (value) => typeof value === "number" && Number.isFinite(value) && value >= 0,
  ),
  sessionLevel: kindOf(
    "true, or the name of a level of the session hierarchy",
    (value) => typeof value === "boolean" || filledText.read(value) !== undefined,
  ),
};

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
  const given = readOptions<ScorerOptions>(CALLER, options, { ...SCORER_KINDS, name: filledText });
  const name = given.name ?? call.name;
  if (name) return new FunctionScorer({ ...given, name }, call);
  throw invalidParameter(`${CALLER} requires a \`name\`, because its function has none.`);
}
