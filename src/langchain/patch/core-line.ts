import type { CoreClasses } from "./core-classes.js";
import { EVENTS } from "./manager-classes.js";

/** The files of core that have the classes to patch. Go's regular expressions, which esbuild uses, accept it too. */
export const CORE_FILE =
  /[\\/]@langchain[\\/]core[\\/]dist[\\/](callbacks[\\/]manager|runnables[\\/]base|singletons[\\/]async_local_storage[\\/]index)\.c?js(?:[?#].*)?$/;

/** The global function that the line appended to core's modules calls. */
export const SINK = Symbol.for("langchain-mlflow.v0.sink");

/** A global list of the arguments of such calls that were made before the function existed. */
export const EARLIER = Symbol.for("langchain-mlflow.v0.bundled");

/** Receives the classes of a module of core. `version` is known if a bundler appended the line. */
export type Sink = (classes: CoreClasses, path?: string, version?: string) => void;

/** Each module has some of these classes. `typeof` since another load hook may have replaced the module. */
const CLASSES = [...Object.keys(EVENTS), "Runnable", "AsyncLocalStorageProviderSingleton"].map(
  (name) => `${name}:typeof ${name}=="undefined"?undefined:${name}`,
);

/** The line that a load hook appends, by module format. */
export const LINES: Readonly<Record<string, string>> = {
  module: lineCalling(`({${CLASSES}},import.meta.url)`),
  commonjs: lineCalling("(module.exports,__filename)"),
};

function lineCalling(call: string): string {
  return `\n;try{globalThis[${symbol(SINK)}]?.${call}}catch{}\n`;
}

/**
 * The line that a bundler appends, in both formats. The bundle may run before `autolog()` is called, so the line keeps
 * the classes until then.
 */
export function bundledLine(version: string | undefined): string {
  const values = `{${CLASSES}},undefined,${JSON.stringify(version)}`;
  const sink = `globalThis[${symbol(SINK)}]`;
  const earlier = `(globalThis[${symbol(EARLIER)}]??=[])`;
  return `\n;try{${sink}?${sink}(${values}):${earlier}.push([${values}])}catch{}\n`;
}

function symbol(key: symbol): string {
  return `Symbol.for(${JSON.stringify(Symbol.keyFor(key))})`;
}
