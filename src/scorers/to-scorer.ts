import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { FunctionScorer, type ScorerFunction } from "./function-scorer.js";
import { SCORER_KINDS, Scorer } from "./scorer.js";

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
  const known = values.map((value) => {
    const scorer = toScorer(caller, value);
    if (!(scorer instanceof Scorer)) return scorer;
    checkName(caller, scorer);
    if (names.has(scorer.name)) {
      throw invalidParameter(
        `${caller} received two scorers with the name '${scorer.name}'. Give one of them another \`name\`.`,
      );
    }
    names.add(scorer.name);
    return scorer;
  });
  // The others receive a name that no scorer has, wherever it stands in the list.
  return known.map((one) => {
    if (one instanceof Scorer) return one;
    const name = freeName(names);
    names.add(name);
    return new FunctionScorer({ name }, one);
  });
}

/** A subclass may replace the name that its constructor has checked. */
function checkName(caller: string, { name }: Scorer): void {
  if (SCORER_KINDS.name.read(name) !== undefined) return;
  throw invalidParameter(
    `${caller} received a scorer with the name ${show(name)}. The name of a scorer is ${SCORER_KINDS.name.want}.`,
  );
}

/** Returns the scorer, or its function if it has no name. */
function toScorer(caller: string, value: unknown): Scorer | ScorerFunction {
  if (value instanceof Scorer) return value;
  if (typeof value === "function") {
    if (value.prototype instanceof Scorer) throw isClass(caller, value.name);
    return named(value.name, (argument) => Reflect.apply(value, undefined, [argument]));
  }
  const evaluate = attempt(() => Reflect.get(Object(value), "evaluate"));
  if (typeof evaluate === "function") {
    const name = attempt(() => Reflect.get(Object(value), "name"));
    return named(name, (argument) => Reflect.apply(evaluate, value, [argument]));
  }
  throw invalidParameter(
    `${caller} option \`scorers\` takes scorers, functions, evaluators of other libraries and registered scorers, got ${show(value)}.`,
  );
}

function isClass(caller: string, name: string): Error {
  return invalidParameter(
    `${caller} option \`scorers\` received the class ${name}. Pass an instance: new ${name}().`,
  );
}

/** Functions that libraries create often have no name, or the same one, which starts with `_`. */
function named(name: unknown, call: ScorerFunction): Scorer | ScorerFunction {
  const own = typeof name === "string" ? name.replace(/^bound /, "").trim() : "";
  return own === "" || own.startsWith("_") ? call : new FunctionScorer({ name: own }, call);
}

function freeName(names: ReadonlySet<string>): string {
  let name = "scorer";
  for (let number = 2; names.has(name); number++) name = `scorer_${number}`;
  return name;
}
