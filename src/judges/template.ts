import { invalidParameter } from "../base/errors.js";

const VARIABLES = ["inputs", "outputs", "trace", "expectations", "conversation"] as const;
export type TemplateVariable = (typeof VARIABLES)[number];

const PLACEHOLDER = /\{\{\s*([a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*)*)\s*\}\}/g;

/**
 * Returns the variables in instructions such as `Is {{ outputs }} polite?`, in the order in which they appear.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE without a variable, for an unknown one, or if they cannot be used together.
 */
export function templateVariables(instructions: string): readonly TemplateVariable[] {
  const names = [...new Set([...instructions.matchAll(PLACEHOLDER)].map(([, name = ""]) => name))];
  const known = VARIABLES.filter((name) => names.includes(name));
  const unknown = names.filter((name) => !known.some((one) => one === name));
  if (unknown.length > 0) {
    throw invalidParameter(
      `Instructions template contains unsupported variables: ${unknown.join(", ")}. Only the following variables are allowed: ${VARIABLES.join(", ")}`,
    );
  }
  if (known.length === 0) {
    throw invalidParameter(
      "Instructions template must contain at least one variable (e.g., {{ inputs }}, {{ outputs }}, {{ trace }}, {{ expectations }}, or {{ conversation }}).",
    );
  }
  const besides = known.filter((name) => name !== "conversation" && name !== "expectations");
  if (known.includes("conversation") && besides.length > 0) {
    throw invalidParameter(
      "Instructions template must not contain any template variables other than {{ expectations }} if {{ conversation }} is provided.",
    );
  }
  return known.sort((one, other) => names.indexOf(one) - names.indexOf(other));
}

/** Replaces the placeholders by the names of the fields of the data. No judged text is part of the result. */
export function renderInstructions(instructions: string): string {
  return instructions.replace(PLACEHOLDER, "data.$1");
}
