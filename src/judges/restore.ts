import { MlflowException } from "../base/errors.js";
import type { PlainObject } from "../data/plain.js";
import { isPlainObject, type Plain } from "../data/plain.js";
import { isDictionary } from "../settings/kinds.js";
import type { ScorerVersion } from "../store/scorer-store.js";
import * as conversations from "./conversation-judges.js";
import type { Judge } from "./judge.js";
import { makeJudge } from "./make-judge.js";
import * as rows from "./row-judges.js";
import { feedbackValueType } from "./value-type.js";

/**
 * Creates the judge that a registered scorer describes.
 *
 * @throws MlflowException NOT_IMPLEMENTED for a scorer that only Python can run.
 */
export function restoreJudge({ name, serializedScorer }: ScorerVersion): Judge {
  const stored: Plain = JSON.parse(serializedScorer);
  const scorer = isPlainObject(stored) ? stored : {};
  const ofJudge = scorer.instructions_judge_pydantic_data;
  const ofBuiltIn = scorer.builtin_scorer_pydantic_data;
  if (isPlainObject(ofJudge)) return restoreInstructions(name, scorer, ofJudge);
  const judge = builtIn(String(scorer.builtin_scorer_class), {
    ...commonOptions(name, scorer, isPlainObject(ofBuiltIn) ? ofBuiltIn : {}),
    ...(isPlainObject(ofBuiltIn) && ownOptions(ofBuiltIn)),
  });
  if (judge) return judge;
  throw new MlflowException(
    `The registered scorer '${name}' cannot run in JavaScript: it is not a judge with instructions, or a built-in judge of this package. Run it with Python's MLflow.`,
    "NOT_IMPLEMENTED",
  );
}

/** Replaces registered scorers, as `listScorers()` returns them, by their judges. Keeps other values. */
export function restoreRegistered(values: readonly unknown[]): unknown[] {
  return values.map((value) => (isScorerVersion(value) ? restoreJudge(value) : value));
}

function isScorerVersion(value: unknown): value is ScorerVersion {
  return (
    isDictionary(value) &&
    ["name", "serializedScorer"].every((field) => typeof Reflect.get(value, field) === "string")
  );
}

function restoreInstructions(name: string, scorer: PlainObject, data: PlainObject): Judge {
  const type = feedbackValueType.read(data.feedback_value_type);
  return makeJudge({
    ...commonOptions(name, scorer, data),
    name,
    instructions: String(data.instructions),
    ...(type !== undefined && { feedbackValueType: type }),
    ...(typeof scorer.session_level === "string" && { sessionLevel: scorer.session_level }),
    ...(data.generate_rationale_first === true && { generateRationaleFirst: true }),
  });
}

/** Fields that are null are missing. */
function commonOptions(name: string, scorer: PlainObject, data: PlainObject) {
  const { description, aggregations } = scorer;
  const parameters = data.inference_params;
  return {
    name,
    ...(typeof description === "string" && { description }),
    ...(Array.isArray(aggregations) && { aggregations }),
    ...(typeof data.model === "string" && { model: data.model }),
    ...(isPlainObject(parameters) && { inferenceParams: parameters }),
  };
}

function ownOptions({ guidelines, should_exact_match, should_consider_ordering }: PlainObject) {
  return {
    ...(guidelines !== undefined && { guidelines }),
    ...(typeof should_exact_match === "boolean" && { shouldExactMatch: should_exact_match }),
    ...(typeof should_consider_ordering === "boolean" && {
      shouldConsiderOrdering: should_consider_ordering,
    }),
  };
}

/** The options are checked by the class. */
const CLASSES = new Map<string, new (options: never) => Judge>(
  Object.entries({ ...rows, ...conversations }),
);

function builtIn(className: string, options: object): Judge | undefined {
  const Class = CLASSES.get(className);
  return Class && new Class(options as never);
}
