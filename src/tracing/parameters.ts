/** A parameter of a function, as its source names it. */
interface Parameter {
  /** Undefined for a pattern such as `{ a, b }`. */
  readonly name: string | undefined;
  readonly isRest: boolean;
}

const IDENTIFIER = /^(\.\.\.)?\s*([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)/u;
/** A parameter list starts at the first bracket that is not in a computed method name. */
const SINGLE = /^(?:async\s+)?([\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*)\s*=>/u;
const OPENING = "([{";
const CLOSING = ")]}";
const QUOTES = "\"'`";

/** Returns a function that makes an object of the arguments of `fn`, by the names of its parameters. */
export function argumentNamer(
  fn: (...args: never[]) => unknown,
): (args: readonly unknown[]) => unknown {
  let parameters: readonly Parameter[] | undefined;
  return (args) => {
    parameters ??= parametersOf(Function.prototype.toString.call(fn));
    return nameArguments(parameters, args);
  };
}

function nameArguments(parameters: readonly Parameter[], args: readonly unknown[]): unknown {
  const [only] = parameters;
  // The fields of the one object that a function takes are its parameters.
  if (parameters.length === 1 && args.length === 1 && only?.name === undefined) return args[0];
  const named = new Map<string, unknown>();
  for (const [index, { name, isRest }] of parameters.entries()) {
    if (index >= args.length) break;
    named.set(name ?? `arg${index}`, isRest ? args.slice(index) : args[index]);
  }
  const hasRest = parameters.at(-1)?.isRest === true;
  if (!hasRest && args.length > parameters.length) named.set("args", args.slice(parameters.length));
  return Object.fromEntries(named);
}

/** The parameters in the source of a function. A function without source, such as a bound one, has none. */
function parametersOf(source: string): readonly Parameter[] {
  const text = withoutComments(source);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) return [];
  const single = SINGLE.exec(text)?.[1];
  if (single !== undefined && single !== "async") return [{ name: single, isRest: false }];
  return listAfter(text, startOfList(text)).map((item) => {
    const [, rest, name] = IDENTIFIER.exec(item) ?? [];
    return { name, isRest: rest !== undefined || item.startsWith("...") };
  });
}

/** The index after the bracket that opens the parameter list. Skips a computed name: `[f(1)](a) {}`. */
function startOfList(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (QUOTES.includes(character)) at = endOfQuote(text, at);
    else if (character === "(" && depth === 0) return at + 1;
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
  }
  return text.length;
}

/** Splits the list at its commas, up to its closing bracket. */
function listAfter(text: string, start: number): readonly string[] {
  const items: string[] = [];
  let depth = 0;
  let from = start;
  const take = (to: number) => {
    const item = text.slice(from, to).trim();
    if (item !== "") items.push(item);
    from = to + 1;
  };
  for (let at = start; at < text.length; at++) {
    const character = text.charAt(at);
    if (QUOTES.includes(character)) at = endOfQuote(text, at);
    else if (character === "," && depth === 0) take(at);
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) {
      if (depth === 0) {
        take(at);
        return items;
      }
      depth -= 1;
    }
  }
  return [];
}

function endOfQuote(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at += 1;
    else if (character === quote) return at;
  }
  return text.length;
}

/** Comments before and in the parameter list. A text that looks like one is not in a list often, and only a name is lost. */
function withoutComments(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, " ").trim();
}
