import { invalidParameter } from "../../base/errors.js";
import { checkRunId } from "../../runs/validation.js";
import { type NamedKinds, readNamed } from "../../settings/check-options.js";
import {
  filledText,
  flag,
  isDictionary,
  type Kind,
  kindOf,
  required,
} from "../../settings/kinds.js";

/** The options of {@link compareEvaluations}. */
export interface CompareEvaluationsOptions {
  /** The run whose improvement is in question. */
  readonly candidateRunId: string;
  /** The run that it is compared with. */
  readonly baselineRunId: string;
  /** Which scorers are better when higher, by name. Only `assertImproved()` uses it. Default: all. */
  readonly greaterIsBetter?: Readonly<Record<string, boolean>>;
  /** The confidence level of the interval of the difference, between 0 and 1. Default: 0.95. */
  readonly confidenceLevel?: number;
  /** Whether to log the comparison to the candidate run. Default: false. */
  readonly logResults?: boolean;
}

export const CALLER = "compareEvaluations()";

const booleans: Kind<Readonly<Record<string, boolean>>> = {
  want: "an object such as { scorer: false }",
  read: (value) => {
    const entries = isDictionary(value) ? Object.entries(value) : undefined;
    return entries?.every(([, field]) => typeof field === "boolean")
      ? Object.fromEntries(entries)
      : undefined;
  },
};

const KINDS: NamedKinds<CompareEvaluationsOptions> = {
  candidateRunId: required(filledText),
  baselineRunId: required(filledText),
  greaterIsBetter: booleans,
  confidenceLevel: kindOf<number>(
    "a number between 0 and 1",
    (value) => typeof value === "number" && value > 0 && value < 1,
  ),
  logResults: flag,
};

/** @throws MlflowException INVALID_PARAMETER_VALUE for options that are unknown, invalid, missing, or name one run twice. */
export function readCompareOptions(options: unknown): CompareEvaluationsOptions {
  const given = readNamed<CompareEvaluationsOptions>(CALLER, options, KINDS);
  checkRunId(given.candidateRunId);
  checkRunId(given.baselineRunId);
  if (given.candidateRunId === given.baselineRunId) {
    throw invalidParameter(
      `${CALLER} received the run ${given.candidateRunId} as \`candidateRunId\` and as \`baselineRunId\`. Pass two runs.`,
    );
  }
  return given;
}
