import { attempt } from "../base/show.js";
import type { NamedKinds } from "../settings/check-options.js";
import { isDictionary, kindOf, required } from "../settings/kinds.js";
import type { Feedback } from "../store/assessments.js";
import { answerText } from "./answer-text.js";
import { CodeScorer, type CodeScorerOptions } from "./code-scorer.js";
import type { ScoredRow } from "./scorer.js";

/** The options of {@link IsJson}. */
export interface IsJsonOptions extends CodeScorerOptions {}

/**
 * Scores whether the answer is JSON. Outputs that are objects or arrays are JSON.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option.
 * @example
 * new genai.scorers.IsJson();
 */
export class IsJson extends CodeScorer<object> {
  constructor(options?: IsJsonOptions) {
    super(options, { caller: "new IsJson()", defaultName: "is_json", kinds: {} });
  }

  override score(row: ScoredRow): boolean {
    return dataOf(row.outputs, this.textOf(row)) !== undefined;
  }
}

interface Own {
  /** A schema of zod (3 or 4), of another library with Standard Schema, or a JSON Schema. */
  readonly schema: object;
}

/** The options of {@link MatchesSchema}. */
export interface MatchesSchemaOptions extends Own, CodeScorerOptions {}

const KINDS: NamedKinds<Own> = {
  schema: required(
    kindOf(
      "a zod schema or a JSON Schema object",
      (value) => isDictionary(value) || isStandardSchema(value),
    ),
  ),
};

/** Schemas of some libraries are functions. */
function isStandardSchema(value: unknown): boolean {
  return typeof value === "function" && "~standard" in value;
}

/**
 * Scores `"yes"` if the answer is JSON that a schema accepts, else `"no"` with the reasons.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown, invalid or missing option.
 * @example
 * new genai.scorers.MatchesSchema({ schema: z.object({ city: z.string() }) });
 */
export class MatchesSchema extends CodeScorer<Own> {
  constructor(options: MatchesSchemaOptions) {
    const caller = "new MatchesSchema()";
    super(options, { caller, defaultName: "matches_schema", kinds: KINDS });
  }

  override async score(row: ScoredRow): Promise<Feedback> {
    const data = dataOf(row.outputs, this.textOf(row));
    if (data === undefined) return this.rated(false, "The answer is not JSON.");
    const { problemsOf } = await import("./check-schema.js");
    const problems = await problemsOf(this.options.schema, data);
    const isGood = problems.length === 0;
    return this.rated(isGood, isGood ? "The schema accepts the answer." : problems.join("; "));
  }
}

function dataOf(outputs: unknown, text: string | undefined): unknown {
  const isData = Array.isArray(outputs) || isDictionary(outputs);
  if (isData && answerText(outputs) === undefined) return outputs;
  if (text === undefined) return undefined;
  // Models like to write JSON in a block of Markdown.
  const json = /^\s*```(?:json)?\s*([\s\S]*?)```\s*$/.exec(text)?.[1] ?? text;
  return attempt(() => JSON.parse(json) ?? null);
}
