import { types } from "node:util";
import { invalidParameter } from "../base/errors.js";
import { attempt, show } from "../base/show.js";
import { openSpan } from "./open-span.js";
import { argumentNamer } from "./parameters.js";
import { readTraceOptions, type TraceOptions } from "./span-options.js";
import { callInSpan } from "./spans.js";
import { traceGenerator } from "./traced-generator.js";

// biome-ignore lint/suspicious/noExplicitAny: a parameter of a wrapped function without a type is then `any`, not `never`.
type AnyFunction = (...args: any[]) => unknown;
type LooseFunction = (this: unknown, ...args: unknown[]) => unknown;

/** A decorator of methods, for TypeScript's `experimentalDecorators` and for standard decorators. */
export interface TraceDecorator {
  <T extends AnyFunction>(method: T, context: ClassMethodDecoratorContext): T;
  <T>(
    target: object,
    name: string | symbol,
    descriptor: TypedPropertyDescriptor<T>,
  ): TypedPropertyDescriptor<T>;
}

/**
 * Returns a function that does the same within a span. The span has the arguments as inputs, by the names of the
 * parameters, and the result as outputs: for a promise, its value; for a generator, the list of its values. Without a
 * function, returns a decorator of methods. Mirrors `mlflow.trace`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option, and for a class. Errors of the function
 * are thrown unchanged.
 * @example
 * const search = trace(async (query: string) => index.find(query), { name: "search", spanType: SpanType.RETRIEVER });
 * @example
 * class Search {
 *   @trace({ spanType: SpanType.TOOL })
 *   async find(query: string) { … }
 * }
 */
export function trace<T extends AnyFunction>(func: T, options?: TraceOptions): T;
export function trace<T extends AnyFunction>(method: T, context: ClassMethodDecoratorContext): T;
export function trace<T>(
  target: object,
  name: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
): TypedPropertyDescriptor<T>;
export function trace(options?: TraceOptions): TraceDecorator;
export function trace(first: unknown = {}, second: unknown = {}, third?: unknown): unknown {
  // As a decorator without options: @trace.
  if (isDecorated(second, third)) return decorate({}, first, second, third);
  if (typeof first === "function") return wrap(first as AnyFunction, readTraceOptions(second));
  if (!isObject(first)) {
    throw invalidParameter(
      `trace() takes a function, or an object of options as a decorator, got ${show(first)}.`,
    );
  }
  const options = readTraceOptions(first);
  return (target: unknown, place: unknown, descriptor?: unknown) =>
    decorate(options, target, place, descriptor);
}

/** Whether the arguments are those that a decorator receives. */
function isDecorated(place: unknown, descriptor: unknown): boolean {
  if (typeof place === "string" || typeof place === "symbol") return isObject(descriptor);
  return (
    isObject(place) && attempt(() => typeof Reflect.get(place, "addInitializer")) === "function"
  );
}

function decorate(
  options: TraceOptions,
  target: unknown,
  place: unknown,
  descriptor: unknown,
): unknown {
  const isStandard = isObject(place);
  const method = isStandard ? target : isObject(descriptor) && Reflect.get(descriptor, "value");
  if (typeof method !== "function" || (isStandard && Reflect.get(place, "kind") !== "method")) {
    throw invalidParameter("trace() decorates methods only. Wrap a function instead: trace(fn).");
  }
  const name = isStandard ? Reflect.get(place, "name") : place;
  const traced = wrap(method as AnyFunction, { name: textOf(name), ...options });
  return isStandard ? traced : { ...(descriptor as object), value: traced };
}

function textOf(name: unknown): string {
  return typeof name === "symbol" ? (name.description ?? "") : String(name);
}

function wrap(fn: AnyFunction, given: TraceOptions): AnyFunction {
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    throw invalidParameter("trace() takes a function, got a class. Decorate its methods instead.");
  }
  const original = fn as LooseFunction;
  const inputsOf = argumentNamer(fn);
  const name = given.name || fn.name;
  const options = (args: readonly unknown[]) => ({
    ...given,
    ...(name && { name }),
    inputs: attempt(() => inputsOf(args)) ?? { args },
  });
  const traced: LooseFunction = types.isGeneratorFunction(fn)
    ? function (this: unknown, ...args) {
        const generator = original.apply(this, args) as Generator;
        return traceGenerator(generator, () => openSpan(options(args), { isActive: true }));
      }
    : function (this: unknown, ...args) {
        return callInSpan(options(args), () => original.apply(this, args));
      };
  // Name, length, prototype, and the app's own properties.
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(fn))) {
    attempt(() => Object.defineProperty(traced, key, descriptor));
  }
  return traced;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
