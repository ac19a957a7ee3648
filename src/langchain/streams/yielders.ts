import { guard } from "../../base/log.js";

interface Step {
  readonly bound?: unknown;
  readonly first?: unknown;
  readonly middle?: unknown;
  readonly last?: unknown;
  readonly lc_namespace?: unknown;
  readonly _llmType?: unknown;
}

const MAX_STEPS = 20;

/**
 * The objects whose streams yield what the stream of `self` yields: the object that a binding binds, the last step of a
 * sequence, and the model before a StringOutputParser, since the parser passes on its text.
 */
export const yieldersOf = guard("the steps of a stream", (self: object): readonly object[] => {
  const found: object[] = [];
  const steps: unknown[] = [self];
  for (const step of steps) {
    if (!isStep(step) || steps.length > MAX_STEPS) continue;
    if (step !== self) found.push(step);
    if (isStep(step.bound)) steps.push(step.bound);
    else if (Array.isArray(step.middle)) {
      steps.push(step.last);
      if (isTextParser(step.last)) steps.push(modelIn(step.middle.at(-1) ?? step.first));
    }
  }
  return found;
});

function modelIn(step: unknown): object | undefined {
  let model = step;
  for (let depth = 0; depth < MAX_STEPS && isStep(model) && isStep(model.bound); depth++) {
    model = model.bound;
  }
  return isStep(model) && typeof model._llmType === "function" ? model : undefined;
}

function isTextParser(step: unknown): boolean {
  const path = isStep(step) ? step.lc_namespace : undefined;
  return Array.isArray(path) && path[1] === "output_parsers" && path[2] === "string";
}

function isStep(value: unknown): value is Step & object {
  return typeof value === "object" && value !== null;
}
