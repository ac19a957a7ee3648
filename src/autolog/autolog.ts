import * as managers from "@langchain/core/callbacks/manager";
import * as runnables from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { CoreClasses } from "../langchain/patch/core-classes.js";
import { pathOfOwnCopy } from "../langchain/patch/own-copy.js";
import type { AutologOptions } from "../settings/options.js";
import { startAutolog } from "./start.js";

/** The copy of core that this module imports. */
const OWN_COPY: CoreClasses = {
  ...managers,
  AsyncLocalStorageProviderSingleton,
  ...runnables,
};

/** Undefined in a CommonJS bundle. */
const here: string | undefined = import.meta.url;

/**
 * Traces every call of every LangChain.js and LangGraph.js object of this process from now on, including
 * objects created before. A further call replaces all options: an option that is not given falls back to its
 * environment variable, then to its default. `{ disable: true }` undoes everything. Mirrors
 * `mlflow.langchain.autolog()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, a wrong
 * environment variable, or a tracking URI that is not supported.
 */
export function autolog(options: Partial<AutologOptions> = {}): void {
  startAutolog(options, { ownCopy: { classes: OWN_COPY, path: pathOfOwnCopy(here) } });
}
