import { MlflowException } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { isLiteral } from "../data/plain.js";
import { isDictionary } from "../settings/kinds.js";
import { FEEDBACK_KINDS, pick, typeOf } from "../store/assessment-kinds.js";
import { Feedback, type FeedbackOptions } from "../store/assessments.js";

const DEFAULT_NAME = "feedback";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Turns what a scorer returns into feedback. Results of other libraries are recognized by their shape. Two results with
 * one name are both kept.
 *
 * @param name the name of the scorer: of feedback without a name, and of the source.
 * @throws MlflowException INVALID_PARAMETER_VALUE for a value that cannot be feedback. The message shows it.
 */
export function readResult(name: string, result: unknown): Feedback[] {
  if (result === undefined || result === null) return [];
  if (Array.isArray(result)) return result.flatMap((item) => readResult(name, item));
  const source = { sourceType: "CODE", sourceId: name } as const;
  if (isScalar(result)) return [new Feedback({ name, source, value: checkNumber(name, result) })];
  if (typeOf(result) === "feedback") return [named(name, result as Feedback)];
  if (!isDictionary(result)) throw unusable(name, result);
  const fields = { ...result } as Fields;
  // LangSmith's evaluators return several results in this form.
  if (Array.isArray(fields.results)) return readResult(name, fields.results);
  const options = optionsOf(name, fields);
  if (options === undefined) return [];
  return [new Feedback({ name, source, ...options })];
}

function isScalar(value: unknown): value is boolean | number | string {
  return /^(boolean|number|string)$/.test(typeof value);
}

function checkNumber<T>(name: string, value: T): T {
  if (typeof value !== "number" || Number.isFinite(value)) return value;
  throw resultError(`The scorer "${name}" returned ${value}. A number must be finite.`);
}

/** Feedback of this or another copy of the package, or its plain data. */
function named(name: string, feedback: Feedback): Feedback {
  const options = pick(feedback, FEEDBACK_KINDS) as FeedbackOptions;
  checkNumber(name, feedback.value);
  const hasName = options.name !== undefined && options.name !== DEFAULT_NAME;
  return new Feedback({ ...options, name: hasName ? (options.name as string) : name });
}

/** Returns undefined if the evaluator did not apply to the row. */
function optionsOf(name: string, fields: Fields): FeedbackOptions | undefined {
  if (isText(fields.key) && hasOne(fields, "score", "value")) return fromLangSmith(name, fields);
  if (hasOne(fields, "score", "label")) {
    return "explanation" in fields || !isText(fields.name)
      ? fromPhoenix(name, fields)
      : fromAutoevals(name, fields);
  }
  if (!hasOne(fields, "value", "error") || !isFeedbackLike(fields)) throw unusable(name, fields);
  checkNumber(name, fields.value);
  return fields as unknown as FeedbackOptions;
}

/** openevals, agentevals and LangSmith: `{ key, score, value, comment, metadata }`. */
function fromLangSmith(name: string, fields: Fields): FeedbackOptions | undefined {
  const value = fields.score ?? fields.value;
  if (value === undefined || value === null) return undefined;
  return withoutMissing({
    name: fields.key,
    value: checkNumber(name, value),
    rationale: textOf(fields.comment),
    metadata: textsOf(fields.metadata),
  });
}

/** autoevals: `{ name, score, metadata, error }`. A score of null means that the evaluator did not apply. */
function fromAutoevals(name: string, fields: Fields): FeedbackOptions | undefined {
  const { rationale, ...metadata } = isDictionary(fields.metadata)
    ? (fields.metadata as Fields)
    : ({} as Fields);
  const common = {
    name: fields.name,
    rationale: textOf(rationale),
    metadata: textsOf(metadata),
  };
  if (fields.error !== undefined && fields.error !== null) {
    const error = fields.error instanceof Error ? fields.error : textOf(fields.error);
    return withoutMissing({ ...common, error });
  }
  if (fields.score === null || fields.score === undefined) return undefined;
  return withoutMissing({ ...common, value: checkNumber(name, fields.score) });
}

/** Phoenix: `{ score, label, explanation }`. The label is the value if there is no score. */
function fromPhoenix(name: string, fields: Fields): FeedbackOptions | undefined {
  const { score, label, explanation } = fields;
  const value = score ?? label;
  if (value === undefined || value === null) return undefined;
  const known = isDictionary(fields.metadata) ? (fields.metadata as Fields) : {};
  const hasBoth = score !== undefined && score !== null && label !== undefined && label !== null;
  return withoutMissing({
    name: isText(fields.name) ? fields.name : undefined,
    value: checkNumber(name, value),
    rationale: textOf(explanation),
    metadata: textsOf(hasBoth ? { ...known, label } : known),
  });
}

function withoutMissing(options: Readonly<Record<string, unknown>>): FeedbackOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as FeedbackOptions;
}

function isFeedbackLike(fields: Fields): boolean {
  return Object.keys(fields).every((name) => name in FEEDBACK_KINDS || name === "type");
}

function hasOne(fields: Fields, ...names: readonly string[]): boolean {
  return names.some((name) => name in fields);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}

/** Other libraries return objects where MLflow stores text: they become JSON. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  return attempt(() => JSON.stringify(value)) ?? show(value);
}

function textsOf(metadata: unknown): Record<string, string> | undefined {
  if (!isDictionary(metadata)) return undefined;
  const entries = Object.entries(metadata).flatMap(([key, value]) => {
    const text = textOf(value);
    return text === undefined ? [] : [[key, text] as const];
  });
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function unusable(name: string, result: unknown): MlflowException {
  const hint =
    isLiteral(result) && "passed" in result
      ? " Return its field `passed` alone, or as `value`."
      : "";
  return resultError(
    `The scorer "${name}" returned ${show(result)}. A scorer returns a boolean, a number, a string, a Feedback, an object ` +
      `such as { value, rationale }, an array of them, or null or undefined for no feedback.${hint}`,
  );
}

function resultError(message: string): MlflowException {
  return new MlflowException(message, "INVALID_PARAMETER_VALUE");
}
