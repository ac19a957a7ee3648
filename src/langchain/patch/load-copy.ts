import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { debug } from "../../base/log.js";
import type { CoreClasses } from "./core-classes.js";

/** The ES modules of a copy of core that have the classes to patch. */
const MODULES = [
  "dist/callbacks/manager.js",
  "dist/runnables/base.js",
  "dist/singletons/async_local_storage/index.js",
];

/**
 * Loads the modules of a copy and passes each to `onModule`. If the app has loaded them already, they are the same.
 * If this version of Node.js cannot `require` ES modules, `onModule` is called later.
 */
export function loadCopy(
  root: string,
  onModule: (classes: CoreClasses, path: string) => void,
): void {
  const load = createRequire(join(root, "package.json"));
  const features: { readonly require_module?: boolean } = process.features;
  for (const file of MODULES.map((module) => join(root, module)).filter(existsSync)) {
    const url = pathToFileURL(file).href;
    const fail = (cause: unknown) => debug("loading %s failed: %o", url, cause);
    if (!features.require_module) {
      import(url).then((classes: CoreClasses) => onModule(classes, url)).catch(fail);
      continue;
    }
    try {
      onModule(load(file) as CoreClasses, url);
    } catch (cause) {
      fail(cause);
    }
  }
}
