import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MlflowException } from "../../errors.js";
import { isId, type Layout, META_FILE } from "./layout.js";
import { parseYaml } from "./meta-yaml.js";
import { exists, perform } from "./steps.js";
import { readText } from "./trace-files.js";

/** Where a run is, in whichever experiment; undefined when there is none. */
async function findRunFolder(layout: Layout, runId: string): Promise<string | undefined> {
  if (!isId(runId)) return undefined;
  for (const name of await readdir(layout.root).catch(() => [])) {
    const folder = join(layout.root, name, runId);
    if (isId(name) && (await perform(exists(join(folder, META_FILE))))) return folder;
  }
  return undefined;
}

/** Throws RESOURCE_DOES_NOT_EXIST, in Python's words. */
export async function requireRunFolder(layout: Layout, runId: string): Promise<string> {
  const folder = await findRunFolder(layout, runId);
  if (folder) return folder;
  throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
}

/** Where a run's artifacts are, as its file says, else where MLflow keeps them; undefined when there is no such run. */
export async function artifactUriOfRun(layout: Layout, runId: string): Promise<string | undefined> {
  const folder = await findRunFolder(layout, runId);
  if (folder === undefined) return undefined;
  const meta = await parseYaml((await readText(join(folder, META_FILE))) ?? "");
  return String(meta?.artifact_uri || pathToFileURL(join(folder, "artifacts")).href);
}
