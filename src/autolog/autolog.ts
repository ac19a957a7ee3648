import { CallbackManager } from "@langchain/core/callbacks/manager";
import * as runnables from "@langchain/core/runnables";
import { AsyncLocalStorageProviderSingleton } from "@langchain/core/singletons";
import type { CoreClasses } from "../langchain/patch/patch-core.js";
import type { AutologOptions } from "../settings/options.js";
import { startAutolog } from "./start.js";

/** The copy of core that this module runs on. */
const OWN_COPY: CoreClasses = {
  CallbackManager,
  AsyncLocalStorageProviderSingleton,
  ...runnables,
};

/**
 * Traces every call of every LangChain.js and LangGraph.js object of this process from now on, those
 * made before included. May be called again: the options then replace the earlier ones, those not
 * named falling back to their environment variable and default. `{ disable: true }` takes all back.
 * Mirrors `mlflow.langchain.autolog()`.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or wrong option, a wrong
 * environment variable, or a tracking URI that is not supported.
 */
export function autolog(options: Partial<AutologOptions> = {}): void {
  startAutolog(options, { ownCopy: OWN_COPY });
}
