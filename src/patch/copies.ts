import * as nodeModule from "node:module";
import { join } from "node:path";
import ritm from "require-in-the-middle";
import { debug, guard } from "../log.js";
import { shared } from "../shared.js";
import type { CoreClasses } from "./patch-core.js";
import type { Undo } from "./wrap.js";

/** Takes the classes of a copy of core as it is found, and where it was found. */
export type OnCopy = (classes: CoreClasses, path: string) => void;

/** The two files that hold them, in every version and format. */
const CORE_FILES = ["callbacks/manager", "runnables/base"] as const;
const CJS_FILE =
  /[\\/]@langchain[\\/]core[\\/]dist[\\/](callbacks[\\/]manager|runnables[\\/]base)\.cjs$/;
const ESM_FILE = /\/@langchain\/core\/dist\/(callbacks\/manager|runnables\/base)\.js(?:[?#].*)?$/;

/** Finds the copies that `require` has loaded already. */
export function findLoadedCopies(onCopy: OnCopy): void {
  const { cache } = nodeModule.createRequire(join(process.cwd(), "noop.js"));
  for (const [path, module] of Object.entries(cache)) {
    if (CJS_FILE.test(path) && module?.loaded) onCopy(module.exports as CoreClasses, path);
  }
}

/** Sees every copy that `require` loads from now on. */
export function watchRequire(onCopy: OnCopy): Undo {
  const see = guard("require", onCopy);
  // The full file names: given the bare package, copies without a main entry would be missed.
  const files = CORE_FILES.map((file) => `@langchain/core/dist/${file}.cjs`);
  const hook = new ritm.Hook(files, (exports, name, basedir) => {
    see(exports as CoreClasses, basedir ?? name);
    return exports;
  });
  return () => hook.unhook();
}

/** Where the line appended to core's modules hands its class. */
const SINK = Symbol.for("langchain-mlflow.v0.sink");
const APPENDED = CORE_FILES.map((file) =>
  file === "callbacks/manager" ? "CallbackManager" : "Runnable",
)
  .map((name) => `${name}:typeof ${name}=="undefined"?undefined:${name}`)
  .join(",");
const LINE = `\n;try{globalThis[Symbol.for("langchain-mlflow.v0.sink")]?.({${APPENDED}},import.meta.url)}catch{}\n`;

/** Sees every copy that is imported as an ES module from now on: one guarded line tells us of its class. */
export function watchImport(onCopy: OnCopy): Undo {
  const sink = guard("import", onCopy);
  const registry = globalThis as Record<symbol, unknown>;
  registry[SINK] = sink;
  shared("load hook", () => guard("load hook", registerLoadHook)() ?? true);
  return () => {
    if (registry[SINK] === sink) delete registry[SINK];
  };
}

interface Loaded {
  readonly format?: string | null;
  readonly source?: unknown;
}

function registerLoadHook(): void {
  const { registerHooks, register } = nodeModule as unknown as {
    registerHooks?: (hooks: object) => void;
    register?: (specifier: string, parent: string) => void;
  };
  if (registerHooks) {
    registerHooks({
      load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => Loaded) {
        return appendLine(url, nextLoad(url, context));
      },
    });
  } else if (register) register(`data:text/javascript,${encodeURIComponent(WORKER_HOOK)}`, "data:");
  else debug("no module hooks: ES modules loaded later are not seen");
}

function appendLine(url: string, loaded: Loaded): Loaded {
  if (loaded.format !== "module" || loaded.source == null || !ESM_FILE.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
  return { ...loaded, source: text + LINE };
}

/** The same for Node before 22.15, whose hooks live in a thread of their own and so are text. */
const WORKER_HOOK = `
const file = ${ESM_FILE};
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (loaded.format !== "module" || loaded.source == null || !file.test(url)) return loaded;
  const { source } = loaded;
  const text = typeof source === "string" ? source : Buffer.from(source).toString();
  return { ...loaded, source: text + ${JSON.stringify(LINE)} };
}`;
