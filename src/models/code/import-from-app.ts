import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Runnable } from "@langchain/core/runnables";
import { createCodeFolder } from "./app-modules.js";

type Module = Readonly<Record<string, unknown>>;

/** Loads a package as the app does. */
export type ImportFromApp = (specifier: string) => Promise<Module>;

/** LangChain's packages come in two formats, with classes of their own in each. */
export type ModuleFormat = "esm" | "cjs";

/**
 * Makes what imports packages by name from these folders, in the given format: so what is loaded has the
 * classes the app has.
 */
export async function importFrom(
  directories: readonly string[],
  format: ModuleFormat,
): Promise<ImportFromApp> {
  const directory = createCodeFolder(directories);
  if (format === "cjs") {
    const require = createRequire(join(directory, "import.cjs"));
    return async (specifier) => require(specifier);
  }
  const file = join(directory, "import.mjs");
  writeFileSync(file, "export const load = (specifier) => import(specifier);\n");
  const { load } = (await import(pathToFileURL(file).href)) as { load: ImportFromApp };
  return load;
}

const CJS_BASE = /[\\/]@langchain[\\/]core[\\/]dist[\\/]runnables[\\/]base\.cjs$/;

/** The format of the copy of core that an object is made with; without an object, of the copy this package runs on. */
export function formatOf(model?: object): ModuleFormat {
  // Any absolute path will do: the cache is the same everywhere.
  const { cache } = createRequire(process.execPath);
  for (const [file, module] of Object.entries(cache)) {
    if (!CJS_BASE.test(file)) continue;
    const base = (module?.exports as { Runnable?: typeof Runnable } | undefined)?.Runnable;
    if (model ? base && isMadeBy(base, model) : base === Runnable) return "cjs";
  }
  return "esm";
}

function isMadeBy({ prototype }: { readonly prototype: object }, model: object): boolean {
  return Object.prototype.isPrototypeOf.call(prototype, model);
}
