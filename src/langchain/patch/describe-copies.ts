import { readVariable } from "../../settings/settings.js";
import { AUTOLOG_IS_OFF, type FoundModule, foundModules } from "./copies.js";
import { BUNDLE_FIX, COPY_FIX, unreachedCopies } from "./untraced.js";
import { coreVersionAt, rootOfCore } from "./versions.js";

/** One copy of `@langchain/core` in this process, in one format. */
export interface CopyDescription {
  /** The folder of the package. A bundle: its file. Undefined if it is not known, or came by `modules` or a plugin. */
  readonly path: string | undefined;
  readonly version: string | undefined;
  /** A package can be loaded in both formats: then it is two copies. Undefined if not known. */
  readonly format: "esm" | "cjs" | undefined;
  readonly isPatched: boolean;
  /** Why it is not patched. */
  readonly reason: string | undefined;
  /** What the user can do about it. */
  readonly fix: string | undefined;
}

/**
 * Lists every copy of core that was seen in this process, and whether it is patched. An ES module that was imported
 * before the preload or `autolog()` is seen only if it is the copy of this package or of the app.
 */
export function describeCopies(): readonly CopyDescription[] {
  const copies = new Map<string, CopyDescription>();
  for (const module of foundModules()) {
    const copy = describe(module);
    const key = `${copy.path} ${copy.format} ${copy.version}`;
    const known = copies.get(key);
    if (!known || (known.isPatched && !copy.isPatched)) copies.set(key, copy);
  }
  const { bundles, packages } = unreachedCopies();
  return [
    ...copies.values(),
    ...bundles.map((path) => unreached(path, "it is in a bundle", BUNDLE_FIX)),
    ...packages.map((path) =>
      unreached(
        path,
        "it was loaded before autolog(), or by a loader other than that of Node.js",
        COPY_FIX,
      ),
    ),
  ];
}

function unreached(path: string, reason: string, fix: string): CopyDescription {
  return { path, version: coreVersionAt(path), format: undefined, isPatched: false, reason, fix };
}

function describe({ path, version, refusal }: FoundModule): CopyDescription {
  return {
    path: path === undefined ? undefined : (rootOfCore(path) ?? path),
    version,
    format: path === undefined ? undefined : formatOf(path),
    isPatched: !refusal,
    reason: refusal?.reason,
    fix: refusal === AUTOLOG_IS_OFF ? fixOfSwitch() : refusal?.fix,
  };
}

/** The preload does not start if the variable is set. */
function fixOfSwitch(): string {
  const name = "MLFLOW_LANGCHAIN_DISABLE";
  return readVariable(name) === undefined ? AUTOLOG_IS_OFF.fix : `remove the variable ${name}`;
}

function formatOf(path: string): CopyDescription["format"] {
  if (/\.cjs(?:[?#].*)?$/.test(path)) return "cjs";
  return /\.js(?:[?#].*)?$/.test(path) ? "esm" : undefined;
}
