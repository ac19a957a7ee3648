import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { wellFormedJson } from "../data/well-formed-json.js";
import { isDictionary, jsonValue } from "../settings/kinds.js";
import { Feedback } from "../store/assessments.js";

/** The name of feedback that has none of its own. */
const DEFAULT_NAME = "feedback";

/**
 * Turns the result of a scorer into feedback. Besides values and `Feedback`, these results of other libraries are known by
 * their fields: `{ key, score, comment }` (openevals, agentevals, LangSmith), `{ name, score, metadata }` (autoevals),
 * `{ score, label, explanation }` (Phoenix), and `{ results: [...] }` of them. An array is a list of results.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another result.
 */
export function feedbackOf(scorerName: string, result: unknown): Feedback[] {
  if (result === undefined || result === null) return [];
  if (Array.isArray(result)) return result.flatMap((one) => feedbackOf(scorerName, one));
  if (result instanceof Feedback) return [named(scorerName, result)];
  if (!isDictionary(result)) return valueFeedback(scorerName, { value: result });
  const fields = new Map(Object.entries(result).filter(([, value]) => value !== undefined));
  const list = fields.get("results");
  if (Array.isArray(list)) return feedbackOf(scorerName, list);
  const read = [ofKey, ofFeedback, ofScore].find(({ knows }) => knows(fields));
  if (!read) throw unknownResult(scorerName, result);
  return valueFeedback(scorerName, read.fields(fields));
}

/** The fields of feedback, as a result has them. */
interface Given {
  readonly name?: unknown;
  readonly value?: unknown;
  readonly rationale?: unknown;
  readonly error?: unknown;
  readonly metadata?: unknown;
  readonly source?: unknown;
  readonly spanId?: unknown;
}

type Fields = ReadonlyMap<string, unknown>;

interface Shape {
  readonly knows: (fields: Fields) => boolean;
  readonly fields: (fields: Fields) => Given;
}

/** openevals, agentevals and LangSmith. */
const ofKey: Shape = {
  knows: (fields) => fields.has("key"),
  fields: (fields) => ({
    name: fields.get("key"),
    value: fields.get("score") ?? fields.get("value"),
    rationale: fields.get("comment") ?? undefined,
    metadata: fields.get("metadata"),
  }),
};

/** Plain data with the fields of `Feedback`, also of another copy of this package. */
const ofFeedback: Shape = {
  knows: (fields) => fields.has("value") || (fields.has("error") && !fields.has("score")),
  fields: (fields) => Object.fromEntries(fields),
};

/** autoevals, whose score may be null, and Phoenix. */
const ofScore: Shape = {
  knows: (fields) => fields.has("score") || fields.has("label"),
  fields: (fields) => {
    const metadata = { ...Object(fields.get("metadata")) };
    const label = fields.get("label");
    const score = fields.get("score") ?? undefined;
    if (typeof label === "string" && score !== undefined) metadata.label = label;
    return {
      name: fields.get("name"),
      value: score ?? label,
      rationale: fields.get("explanation") ?? metadata.rationale ?? undefined,
      error: fields.get("error") ?? undefined,
      metadata,
    };
  },
};

function valueFeedback(scorerName: string, given: Given): Feedback[] {
  const { value, error, rationale, source, spanId } = given;
  if (error === undefined && (value === undefined || value === null)) return [];
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw invalidParameter(
      `The scorer '${scorerName}' returned ${value}, which is not a finite number.`,
    );
  }
  if (error === undefined && attempt(() => jsonValue.read(value)) === undefined) {
    throw unknownResult(scorerName, value);
  }
  const metadata = metadataOf(given.metadata);
  const feedback = new Feedback({
    name: nameOf(scorerName, given.name),
    source: (source ?? { sourceType: "CODE", sourceId: scorerName }) as { sourceType: "CODE" },
    ...(error === undefined ? { value: value as string } : { error: errorOf(error) }),
    ...(rationale !== undefined && { rationale: String(rationale) }),
    ...(metadata && { metadata }),
    ...(typeof spanId === "string" && { spanId }),
  });
  return [feedback];
}

function nameOf(scorerName: string, name: unknown): string {
  const isOwn = typeof name === "string" && name.trim() !== "" && name !== DEFAULT_NAME;
  return isOwn ? name : scorerName;
}

function named(scorerName: string, feedback: Feedback): Feedback {
  if (feedback.name !== DEFAULT_NAME) return feedback;
  return Object.assign(Object.create(Feedback.prototype), feedback, { name: scorerName });
}

/** Metadata has texts. Other values become JSON. */
function metadataOf(metadata: unknown): Record<string, string> | undefined {
  if (!isDictionary(metadata)) return undefined;
  const texts = Object.entries(metadata).flatMap(([key, value]: [string, unknown]) => {
    if (value === undefined || value === null) return [];
    return [[key, typeof value === "string" ? value : (wellFormedJson(value) ?? show(value))]];
  });
  return texts.length > 0 ? Object.fromEntries(texts) : undefined;
}

function errorOf(error: unknown): Error | string | { readonly errorCode: string } {
  if (error instanceof Error || typeof error === "string") return error;
  const code = isDictionary(error) && "errorCode" in error ? error.errorCode : undefined;
  return typeof code === "string" ? (error as { errorCode: string }) : show(error);
}

function unknownResult(scorerName: string, result: unknown): Error {
  return invalidParameter(
    `The scorer '${scorerName}' returned ${show(result)}. A scorer returns a boolean, a number, a string, a Feedback, an array of them, the result of an evaluator of openevals, LangSmith, autoevals or Phoenix, or nothing.`,
  );
}
