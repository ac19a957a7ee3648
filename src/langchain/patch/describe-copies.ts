import { foundModules, type NotPatched } from "./copies.js";
import { coreVersionAt, rootOfCore } from "./versions.js";

/** One copy of `@langchain/core` in this process, in one format. */
export interface CopyDescription {
  /** The folder of the package. A bundle: its file. Undefined if neither is known. */
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
  for (const { path, refusal } of foundModules()) {
    const folder = path === undefined ? undefined : (rootOfCore(path) ?? path);
    const format = path === undefined ? undefined : formatOf(path);
    const key = `${folder} ${format}`;
    const known = copies.get(key);
    if (!known || (known.isPatched && refusal)) copies.set(key, describe(folder, format, refusal));
  }
  return [...copies.values()];
}

function describe(
  path: string | undefined,
  format: CopyDescription["format"],
  refusal: NotPatched | undefined,
): CopyDescription {
  const version = path === undefined ? undefined : coreVersionAt(path);
  const { reason, fix } = refusal ?? {};
  return { path, version, format, isPatched: !refusal, reason, fix };
}

function formatOf(path: string): CopyDescription["format"] {
  if (/\.cjs(?:[?#].*)?$/.test(path)) return "cjs";
  return /\.js(?:[?#].*)?$/.test(path) ? "esm" : undefined;
}
