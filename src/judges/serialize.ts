import { invalidParameter } from "../base/errors.js";
import type { PlainObject } from "../data/plain.js";
import { MLFLOW_VERSION } from "../models/folder/ml-model.js";
import type { Scorer } from "../scorers/scorer.js";
import type { BuiltInFields, BuiltInName } from "./declarations.js";
import type { AskingJudge } from "./judge-fields.js";
import { judgedData } from "./judged-data.js";
import type { SerializedScorer } from "./serialized-scorer.js";
import { type FeedbackValueType, schemaOf } from "./value-type.js";

type Judge = Scorer & AskingJudge;

/** The stored form of a built-in judge. The headers of requests may be secrets and are not stored. */
export function serializeBuiltIn(
  judge: Judge & BuiltInFields & { readonly builtIn: BuiltInName },
  modelUri: string | undefined,
): SerializedScorer {
  const { guidelines, shouldExactMatch, shouldConsiderOrdering } = judge;
  const common = commonFields(judge);
  return {
    ...common,
    builtin_scorer_class: judge.builtIn,
    builtin_scorer_pydantic_data: {
      name: common.name,
      description: common.description,
      aggregations: common.aggregations,
      model: modelUri ?? null,
      ...parameterField(judge),
      ...(guidelines !== undefined && { guidelines }),
      ...(shouldExactMatch !== undefined && { should_exact_match: shouldExactMatch }),
      ...(shouldConsiderOrdering !== undefined && {
        should_consider_ordering: shouldConsiderOrdering,
      }),
    },
    instructions_judge_pydantic_data: null,
  };
}

interface WithInstructions extends Judge {
  readonly instructions: string;
  readonly feedbackValueType: FeedbackValueType;
  readonly generateRationaleFirst: boolean;
}

/** The stored form of a judge with instructions of the app. The URL and the headers of requests are not stored, as in Python. */
export function serializeInstructions(
  judge: WithInstructions,
  modelUri: string | undefined,
): SerializedScorer {
  return {
    ...commonFields(judge),
    builtin_scorer_class: null,
    builtin_scorer_pydantic_data: null,
    instructions_judge_pydantic_data: {
      instructions: judge.instructions,
      model: modelUri,
      feedback_value_type: { title: "Result", ...schemaOf(judge.feedbackValueType) },
      ...parameterField(judge),
      ...(judge.generateRationaleFirst && { generate_rationale_first: true }),
    },
  };
}

function commonFields({
  name,
  description,
  aggregations,
  sessionLevel,
  isSessionLevelScorer,
}: Scorer) {
  return {
    name,
    description: description ?? null,
    aggregations:
      aggregations?.map((one) => {
        if (typeof one === "string") return one;
        throw invalidParameter(
          `The judge \`${name}\` cannot be registered, because an aggregation of it is a function. Use names of aggregations.`,
        );
      }) ?? null,
    is_session_level_scorer: isSessionLevelScorer,
    session_level: typeof sessionLevel === "string" ? sessionLevel : null,
    mlflow_version: MLFLOW_VERSION,
    serialization_version: 1,
  };
}

/** Python's names: `maxTokens` is stored as `max_tokens`. */
function parameterField({ inferenceParams }: AskingJudge): PlainObject {
  if (!inferenceParams) return {};
  const entries = Object.entries(inferenceParams).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    judgedData(value),
  ]);
  return { inference_params: Object.fromEntries(entries) };
}
