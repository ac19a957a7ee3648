import * as mlflow from "../../../src/index.js";

type AnyFunction = (...args: never[]) => unknown;

/** A function, method or constructor of the public API. */
export interface PublicFunction {
  /** For example `logParam`, `models.setModel`, `new Schema`, `Schema.fromJson` or `Schema#toJson`. */
  readonly name: string;
  /** Calls it; a method is called on this object. */
  readonly call: (args: readonly unknown[], self?: unknown) => unknown;
}

/** Lists what the package exports, so that a new function cannot be left out. */
export function publicFunctions(): PublicFunction[] {
  const found = new Map<unknown, PublicFunction>();
  const add = (key: unknown, one: PublicFunction) => {
    if (!found.has(key)) found.set(key, one);
  };
  const addValue = (name: string, value: unknown) => {
    if (isClass(value)) {
      for (const one of functionsOfClass(value)) add(one.key, one);
    } else if (typeof value === "function") {
      add(value, { name, call: (args) => Reflect.apply(value, undefined, args) });
    }
  };
  const visit = (holder: object, prefix: string) => {
    for (const [name, value] of Object.entries(holder)) {
      if (typeof value === "object" && value !== null) visit(value, `${prefix}${name}.`);
      else addValue(prefix + name, value);
    }
  };
  visit(mlflow, "");
  return [...found.values()];
}

/** Lists the functions of an object that a public function returns. `name` is the name of that function. */
export function functionsOfObject(name: string, object: object): PublicFunction[] {
  return Reflect.ownKeys(object)
    .filter((key) => typeof Reflect.get(object, key) === "function")
    .map((key) => ({
      name: `${name}()#${key === Symbol.asyncDispose ? "asyncDispose" : String(key)}`,
      call: (args) => Reflect.apply(Reflect.get(object, key), object, args),
    }));
}

function isClass(value: unknown): value is new (...args: never[]) => object {
  return typeof value === "function" && /^class\b/.test(Function.prototype.toString.call(value));
}

/** Methods of scorers that an evaluation calls, which checks and reports what they throw. The others are protected. */
const CALLED_BY_EVALUATION = new Set("judge serialize score textOf feedback rated".split(" "));

function isInternal(Class: object, key: string | symbol): boolean {
  if (key === "constructor") return true;
  let above: object | null = Class;
  while (above !== null && above !== mlflow.genai.Scorer) above = Object.getPrototypeOf(above);
  return above !== null && CALLED_BY_EVALUATION.has(String(key));
}

function functionsOfClass(Class: new (...args: never[]) => object) {
  const { name } = Class;
  const functions: (PublicFunction & { readonly key: unknown })[] = [
    { key: Class, name: `new ${name}`, call: (args) => Reflect.construct(Class, args) },
  ];
  for (const key of Reflect.ownKeys(Class)) {
    const value: unknown = Reflect.get(Class, key);
    if (typeof value !== "function") continue;
    const label = `${name}.${String(key)}`;
    functions.push({ key: value, name: label, call: (args) => Reflect.apply(value, Class, args) });
  }
  const builtIn: unknown[] = [Object.prototype, Error.prototype];
  let prototype = Class.prototype;
  while (prototype !== null && !builtIn.includes(prototype)) {
    for (const key of Reflect.ownKeys(prototype)) {
      const { value } = Object.getOwnPropertyDescriptor(prototype, key) ?? {};
      if (typeof value !== "function" || isInternal(Class, key)) continue;
      functions.push({
        key: `${name}#${String(key)}`,
        name: `${name}#${String(key)}`,
        call: (args, self) => Reflect.apply(value as AnyFunction, self, args),
      });
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return functions;
}
