import { warnOnce } from "../../base/log.js";
import { findBundledCore } from "./bundled-core.js";
import { foundModules, isWatchingCopies } from "./copies.js";
import { unreachedPaths } from "./unreached.js";
import { rootOfCore } from "./versions.js";

/**
 * Logs a warning, once, if LangChain runs in this process and a copy of core is not patched.
 *
 * @param confirm Called before the warning. Returns whether tracing is on.
 */
export function warnIfUntraced(confirm: () => boolean): void {
  if (!isWatchingCopies()) return;
  const message = describeUntraced();
  if (message && confirm()) warnOnce("untraced", message);
}

export const BUNDLE_FIX =
  "Build it with the plugin of langchain-mlflow/esbuild or langchain-mlflow/vite, keep @langchain/core external, or call autolog({ modules: […] }) in it.";
export const COPY_FIX =
  "Call autolog() before it is imported, start the program with node --import langchain-mlflow/register, or install only one copy (npm ls @langchain/core).";

function describeUntraced(): string | undefined {
  const what = foundModules().length === 0 ? "nothing is traced" : "some calls are not traced";
  const bundle = unreachedBundle();
  if (bundle) {
    return `${what}: the bundle ${bundle} contains a copy of @langchain/core, which cannot be patched from outside. ${BUNDLE_FIX}`;
  }
  const paths = unreachedPaths();
  if (paths.length === 0) return undefined;
  return `${what}: the copy of @langchain/core in ${paths.join(", ")} was loaded before autolog(), or by a loader other than that of Node.js. ${COPY_FIX}`;
}

/** The bundle that contains a copy of core which is not patched. */
export function unreachedBundle(): string | undefined {
  return hasPatchedBundle() ? undefined : findBundledCore(process.argv[1]);
}

/** Whether a copy was found that is not in a package of its own: in a bundle, or passed with `modules`. */
function hasPatchedBundle(): boolean {
  return foundModules().some(({ path }) => path === undefined || rootOfCore(path) === undefined);
}
