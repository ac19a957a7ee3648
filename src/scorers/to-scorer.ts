import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { FunctionScorer } from "./function-scorer.js";
import { Scorer } from "./scorer.js";

/** An evaluator of another library: a function, or an object with a method `evaluate()`, as Phoenix has them. */
export type ForeignEvaluator =
  // biome-ignore lint/suspicious/noExplicitAny: each library declares its own arguments
  | ((...args: any[]) => unknown)
  // biome-ignore lint/suspicious/noExplicitAny: each library declares its own arguments
  | { readonly name?: string; evaluate(...args: any[]): unknown };

/**
 * Makes scorers of what an evaluation receives. A function without a name of its own gets one.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if a value is no scorer, or two of them have the same name.
 */
export function toScorers(caller: string, values: readonly unknown[]): Scorer[] {
  const names = new Set<string>();
  return values.map((value) => {
    const scorer = toScorer(caller, value, (base) => freeName(base, names));
    if (names.has(scorer.name)) {
      throw invalidParameter(
        `${caller} received two scorers with the name '${scorer.name}'. Give one of them another \`name\`.`,
      );
    }
    names.add(scorer.name);
    return scorer;
  });
}

function toScorer(caller: string, value: unknown, free: (base: string) => string): Scorer {
  if (value instanceof Scorer) return value;
  if (typeof value === "function") {
    if (value.prototype instanceof Scorer) throw isClass(caller, value.name);
    const call = (argument: unknown) => Reflect.apply(value, undefined, [argument]);
    return new FunctionScorer({ name: nameOf(value.name, free) }, call);
  }
  const evaluate = attempt(() => Reflect.get(Object(value), "evaluate"));
  if (typeof evaluate === "function") {
    const name = attempt(() => Reflect.get(Object(value), "name"));
    const call = (argument: unknown) => Reflect.apply(evaluate, value, [argument]);
    return new FunctionScorer({ name: nameOf(name, free) }, call);
  }
  throw invalidParameter(
    `${caller} option \`scorers\` takes scorers, functions and evaluators of other libraries, got ${show(value)}.`,
  );
}

function isClass(caller: string, name: string): Error {
  return invalidParameter(
    `${caller} option \`scorers\` received the class ${name}. Pass an instance: new ${name}().`,
  );
}

/** Functions that libraries create often have no name, or the same one. */
function nameOf(name: unknown, free: (base: string) => string): string {
  const own = typeof name === "string" ? name.replace(/^bound /, "").trim() : "";
  return own === "" || own.startsWith("_") ? free("scorer") : own;
}

function freeName(base: string, names: ReadonlySet<string>): string {
  let name = base;
  for (let number = 2; names.has(name); number++) name = `${base}_${number}`;
  return name;
}
