import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { invalidParameter } from "../../base/errors.js";
import { createCodeFolder, type Module } from "../code/app-modules.js";

/** The file of a model that contains its code and all packages. */
export const BUNDLE_FILE = "bundle.mjs";
const MAP_FILE = `${BUNDLE_FILE}.map`;

/** The exports of the file. */
export interface Bundle {
  /** Runs the model file of a model from code. `codeUrl` is the URL of the folder with its other files, with a slash at the end. */
  readonly runModelFile?: (codeUrl: string) => Promise<unknown>;
  /** Imports the packages that the data of a model needs, by name. */
  readonly packages: Readonly<Record<string, () => Promise<Module>>>;
}

/** Loads the bundle of a model as a new module, from a folder in which no package is found. */
export async function importBundle(folder: string): Promise<Bundle> {
  const copy = createCodeFolder([]);
  await copyFile(join(folder, BUNDLE_FILE), join(copy, BUNDLE_FILE));
  // Only the stacks of errors need its source map.
  await copyFile(join(folder, MAP_FILE), join(copy, MAP_FILE)).catch(() => {});
  return import(pathToFileURL(join(copy, BUNDLE_FILE)).href);
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if the bundle does not have the package. */
export async function importFromBundle({ packages }: Bundle, name: string): Promise<Module> {
  const load = Object.hasOwn(packages, name) ? packages[name] : undefined;
  if (load) return load();
  throw invalidParameter(
    `The model's ${BUNDLE_FILE} does not contain ${name}. Log the model again.`,
  );
}
