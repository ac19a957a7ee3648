import * as nodeModule from "node:module";
import { debug, guard } from "../../base/log.js";
import { shared } from "../../base/process-state.js";
import { isAtLeast, isInRange } from "../../base/version.js";
import { CORE_FILE, EARLIER, LINES, SINK, type Sink } from "./core-line.js";
import type { Undo } from "./wrap.js";

/**
 * Calls `onCopy` for every copy of core that is imported as an ES module from now on, and for the copies in bundles that
 * were built with a plugin of this package. A load hook, or the plugin, appends a line to core's modules, which passes
 * their classes. The hook cannot be removed: after the undo, the line does nothing.
 */
export function watchImport(onCopy: Sink): Undo {
  const registry = globalThis as Record<symbol, unknown>;
  const sink = guard("import", onCopy);
  registry[SINK] = sink;
  const earlier = registry[EARLIER] as Parameters<Sink>[] | undefined;
  for (const call of earlier?.splice(0) ?? []) sink(...call);
  canSeeImports();
  return () => {
    if (registry[SINK] === sink) delete registry[SINK];
  };
}

/** Whether this runtime supports and allows hooks for ES modules. Installs the hook, once. */
function canSeeImports(): boolean {
  return shared("load hook", () => guard("load hook", registerLoadHook)() ?? false);
}

interface Loaded {
  readonly format?: string | null;
  readonly source?: unknown;
}

/** The hook functions of `node:module`, which some versions of Node.js lack. */
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
  debug("no module hooks: ES modules that are loaded later are not traced");
  return false;
}

/**
 * Before these versions of Node.js, any synchronous load hook changes the app: in CommonJS modules that an ES module
 * imports, `require` has no `cache` and `extensions`, and bypasses hooks of `require`
 * (https://github.com/nodejs/node/pull/59929).
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
 * The load hook for a version of Node.js without sound synchronous hooks. It runs in a separate thread, so it is source
 * text. Node.js may pass a CommonJS module without its source, for example for a CommonJS app that tsx runs.
 */
// No line of it starts with `import`: the build changes such lines of a CommonJS file.
const THREAD_HOOK = `import { readFile } from "node:fs/promises";
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
