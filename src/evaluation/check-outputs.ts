import { invalidParameter } from "../base/errors.js";
import type { EvaluationRow } from "../datasets/evaluation-row.js";
import { CALLER } from "./options.js";

/**
 * Refuses a row that no scorer could judge, because no model is called and the row has no answer.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE with the place of the row.
 */
export function checkOutputs({ outputs, trace }: EvaluationRow, where: string): void {
  if (outputs !== undefined || trace) return;
  throw invalidParameter(
    `${where} has no \`outputs\` and no trace, and ${CALLER} received no model. Pass \`predictFn\` or \`model\`, or give each row \`outputs\` or a \`trace\`.`,
  );
}
