import { fileURLToPath } from "node:url";
import { warnOnce } from "../../base/log.js";
import { foundModules, hasUnmarkedCopy, isWatchingCopies } from "./copies.js";
import { unreachedFiles } from "./unreached.js";
import { rootOfCore } from "./versions.js";

/**
 * Logs a warning, once, if a copy of core has run a call in this process and is not patched.
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
  const { bundles, packages } = unreachedCopies();
  if (bundles.length > 0) {
    return `${what}: the bundle ${bundles.join(", ")} contains a copy of @langchain/core, which cannot be patched from outside. ${BUNDLE_FIX}`;
  }
  if (packages.length === 0) return undefined;
  return `${what}: the copy of @langchain/core in ${packages.join(", ")} was loaded before autolog(), or by a loader other than that of Node.js. ${COPY_FIX}`;
}

export interface UnreachedCopies {
  /** Files that contain core. */
  readonly bundles: readonly string[];
  /** Folders of core. */
  readonly packages: readonly string[];
}

/** The copies of core that have run a call and are not patched. */
export function unreachedCopies(): UnreachedCopies {
  const [bundles, packages] = [new Set<string>(), new Set<string>()];
  for (const file of hasUnmarkedCopy() ? [] : unreachedFiles()) {
    const root = rootOfCore(file);
    if (root === undefined) bundles.add(file.startsWith("file:") ? fileURLToPath(file) : file);
    else if (!isFound(file)) packages.add(root);
  }
  return { bundles: [...bundles], packages: [...packages] };
}

/** Whether the copy of core that a file belongs to was found, in the same format. */
export function isFound(file: string): boolean {
  const root = rootOfCore(file);
  return foundModules().some(
    ({ path }) =>
      path !== undefined && rootOfCore(path) === root && isCommonJs(path) === isCommonJs(file),
  );
}

function isCommonJs(file: string): boolean {
  return /\.cjs(?:[?#].*)?$/.test(file);
}
