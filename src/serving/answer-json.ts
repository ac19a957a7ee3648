import { MlflowException } from "../base/errors.js";
import { attempt } from "../base/show.js";

/**
 * Writes an answer of a model as JSON. A number that JSON does not have becomes null, a large integer a number.
 *
 * @throws MlflowException INTERNAL_ERROR for a function or a symbol, TypeError for an object that contains itself.
 */
export function answerJson(value: unknown): string {
  const answer = value ?? null;
  // A replacer makes the common case several times slower.
  const text: string | undefined =
    attempt(() => JSON.stringify(answer)) ??
    JSON.stringify(answer, (_name, field) => (typeof field === "bigint" ? Number(field) : field));
  if (text !== undefined) return text;
  throw new MlflowException(
    `The model returned a ${typeof value}, which cannot be written as JSON. Return JSON data.`,
  );
}
