import * as nodeModule from "node:module";
import { debug, guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { isAtLeast, isInRange } from "../../base/version.js";
import type { CoreClasses } from "./patch-core.js";
import type { Undo } from "./wrap.js";

const CORE_FILE =
  /\/@langchain\/core\/dist\/(callbacks\/manager|runnables\/base|singletons\/async_local_storage\/index)\.c?js(?:[?#].*)?$/;

/** Where the line appended to core's modules hands its class. */
const SINK = Symbol.for("langchain-mlflow.v0.sink");

/** Each module has one of them; `typeof` as another load hook may have put a wrapper in its place. */
const CLASSES = ["CallbackManager", "Runnable", "AsyncLocalStorageProviderSingleton"].map(
  (name) => `${name}:typeof ${name}=="undefined"?undefined:${name}`,
);

/**
 * What is appended, by the module's format. CommonJS comes here, with its source, only where another
 * hook made Node load it as it loads ES modules: past `require`, and what watches that.
 */
const LINES: Readonly<Record<string, string>> = {
  module: lineCalling(`({${CLASSES}},import.meta.url)`),
  commonjs: lineCalling("(module.exports,__filename)"),
};

function lineCalling(call: string): string {
  const key = JSON.stringify(Symbol.keyFor(SINK));
  return `\n;try{globalThis[Symbol.for(${key})]?.${call}}catch{}\n`;
}

/**
 * Sees every copy of core that is imported as an ES module from now on: a line appended to its two
 * modules hands us the classes. The hook itself stays for the life of the process; `undo` takes the
 * receiver away, and the line does nothing.
 */
export function watchImport(onCopy: (classes: CoreClasses, url: string) => void): Undo {
  const registry = globalThis as Record<symbol, unknown>;
  const sink = guard("import", onCopy);
  registry[SINK] = sink;
  canSeeImports();
  return () => {
    if (registry[SINK] === sink) delete registry[SINK];
  };
}

/** Whether this runtime has hooks for ES modules, and lets us use them. They are installed once. */
export function canSeeImports(): boolean {
  return shared("load hook", () => guard("load hook", registerLoadHook)() ?? false);
}

interface Loaded {
  readonly format?: string | null;
  readonly source?: unknown;
}

/** What this Node may or may not have. */
interface ModuleHooks {
  registerHooks?(hooks: object): void;
  register?(specifier: string, parent: string): void;
}

function registerLoadHook(): boolean {
  const { registerHooks, register }: ModuleHooks = nodeModule;
  if (registerHooks && areSyncHooksSound(process.versions.node)) {
    registerHooks({
      load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => Loaded) {
        return appendLine(url, nextLoad(url, context));
      },
    });
    return true;
  }
  if (register) {
    register(`data:text/javascript,${encodeURIComponent(THREAD_HOOK)}`, "data:");
    return true;
  }
  debug("no module hooks: ES modules loaded later are not seen");
  return false;
}

/**
 * Before these versions a synchronous load hook, whatever it does, changes the app: CommonJS that an
 * ES module imports loses `require.cache` and `require.extensions`, and `require` goes past who
 * watches it (https://github.com/nodejs/node/pull/59929).
 */
export function areSyncHooksSound(nodeVersion: string): boolean {
  return (
    isInRange(nodeVersion, "22.22.3", "23") ||
    isInRange(nodeVersion, "24.11.1", "25") ||
    isAtLeast(nodeVersion, "25.1.0")
  );
}

function appendLine(url: string, loaded: Loaded): Loaded {
  const line = LINES[loaded.format ?? ""];
  if (!line || loaded.source == null || !CORE_FILE.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
  return { ...loaded, source: text + line };
}

/**
 * The same for a Node without sound synchronous hooks: its others live in a thread of their own and
 * so are text. There CommonJS may come without its source, to be read later past all hooks: what
 * tsx makes of a CommonJS app does. No package lets core's CommonJS files be imported otherwise.
 */
const THREAD_HOOK = `
import { readFile } from "node:fs/promises";
const file = ${CORE_FILE};
const lines = ${JSON.stringify(LINES)};
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  const line = lines[loaded.format];
  if (!line || !file.test(url)) return loaded;
  const source = loaded.source ?? (await readFile(new URL(url)));
  const text = typeof source === "string" ? source : Buffer.from(source).toString();
  return { ...loaded, source: text + line };
}`;
