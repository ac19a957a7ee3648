import * as nodeModule from "node:module";
import { debug, guard } from "../log.js";
import { shared } from "../shared.js";
import type { CoreClasses } from "./patch-core.js";
import type { Undo } from "./wrap.js";

const ESM_FILE = /\/@langchain\/core\/dist\/(callbacks\/manager|runnables\/base)\.js(?:[?#].*)?$/;

/** Where the line appended to core's modules hands its class. */
const SINK = Symbol.for("langchain-mlflow.v0.sink");

/** Each module has one of the two; `typeof` as another load hook may have put a wrapper in its place. */
const CLASSES = ["CallbackManager", "Runnable"].map(
  (name) => `${name}:typeof ${name}=="undefined"?undefined:${name}`,
);
const LINE = `\n;try{globalThis[Symbol.for(${JSON.stringify(Symbol.keyFor(SINK))})]?.({${CLASSES}},import.meta.url)}catch{}\n`;

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
  const hooks: ModuleHooks = nodeModule;
  if (hooks.registerHooks) {
    hooks.registerHooks({
      load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => Loaded) {
        return appendLine(url, nextLoad(url, context));
      },
    });
    return true;
  }
  if (hooks.register) {
    hooks.register(`data:text/javascript,${encodeURIComponent(THREAD_HOOK)}`, "data:");
    return true;
  }
  debug("no module hooks: ES modules loaded later are not seen");
  return false;
}

function appendLine(url: string, loaded: Loaded): Loaded {
  if (loaded.format !== "module" || loaded.source == null || !ESM_FILE.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
  return { ...loaded, source: text + LINE };
}

/** The same for Node before 22.15, whose hooks live in a thread of their own and so are text. */
const THREAD_HOOK = `
const file = ${ESM_FILE};
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || loaded.source == null || !file.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === "string" ? source : Buffer.from(source).toString();
  return { ...loaded, source: text + ${JSON.stringify(LINE)} };
}`;
