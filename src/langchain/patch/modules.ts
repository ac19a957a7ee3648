import { invalidParameter } from "../../base/errors.js";
import type { Class, CoreClasses } from "./core-classes.js";

/** What the option `modules` must contain, and the module to import for it. */
const PARTS = [
  { name: "Runnable", module: "@langchain/core/runnables" },
  { name: "CallbackManager", module: "@langchain/core/callbacks/manager" },
];

/**
 * Reads the option `modules`. The result has one class of core in each item.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE if an item has no class to patch, or if a class is missing.
 */
export function readModules(modules: readonly object[]): readonly CoreClasses[] {
  const read = modules.map(readModule);
  const found = read.flat();
  for (const { name, module } of modules.length > 0 ? PARTS : []) {
    if (found.some((classes) => name in classes)) continue;
    throw invalidParameter(
      `autolog() option \`modules\` needs ${name}: add the module of \`import * as … from "${module}"\`, imported by the file that the bundler builds.`,
    );
  }
  return found;
}

function readModule(module: object, index: number): readonly CoreClasses[] {
  const { CallbackManager, Runnable, AsyncLocalStorageProviderSingleton, ...others } =
    module as CoreClasses;
  const parts: CoreClasses[] = [
    ...(hasMethod(CallbackManager, "_configureSync") ? [{ CallbackManager, ...others }] : []),
    ...(isRunnableClass(Runnable) ? [{ Runnable, ...others }] : []),
    ...(hasMethod(AsyncLocalStorageProviderSingleton, "runWithConfig")
      ? [{ AsyncLocalStorageProviderSingleton }]
      : []),
  ];
  if (parts.length > 0) return parts;
  const names = Object.keys(module).slice(0, 5).join(", ") || "nothing";
  const wanted = PARTS.map(({ name, module }) => `${name} (of ${module})`).join(" or ");
  throw invalidParameter(
    `autolog() option \`modules\`: item ${index} has no ${wanted} of a supported version. It exports ${names}.`,
  );
}

function isRunnableClass(value: unknown): value is Class {
  return typeof value === "function" && hasMethod(value.prototype, "_streamIterator");
}

function hasMethod(value: unknown, name: string): value is object {
  return typeof (value as Record<string, unknown> | undefined | null)?.[name] === "function";
}
