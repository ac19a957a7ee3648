import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const folder = fileURLToPath(new URL("../../.cache/evaluators/", import.meta.url));

/** Imports a library of evaluators as an app that has installed it. */
// biome-ignore lint/suspicious/noExplicitAny: the types of the library are not installed with this package
export async function importEvaluators(name: string): Promise<any> {
  return import(pathToFileURL(createRequire(folder).resolve(name)).href);
}
