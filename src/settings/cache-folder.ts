import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./settings.js";

/** The variable that names the folder of {@link cacheFolder}. */
const CACHE_DIRECTORY = "MLFLOW_LANGCHAIN_CACHE_DIR";

/**
 * The folder for what can be computed or requested again: answers of judges, copies of prompts. By default below the user's
 * own cache folder.
 */
export function cacheFolder(env: Environment = process.env): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA, [CACHE_DIRECTORY]: chosen } = env;
  if (chosen) return chosen;
  const base = XDG_CACHE_HOME || LOCALAPPDATA || join(homedir(), ".cache");
  return join(base, "langchain-mlflow");
}
