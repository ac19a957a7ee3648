import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { AutologOptions } from "./options.js";
import type { Environment } from "./settings.js";

/**
 * The folder for traces that are not sent yet, by default below the user's own state folder. Undefined for a user without a
 * home.
 */
export function spoolFolder(
  { spoolDirectory }: Pick<AutologOptions, "spoolDirectory">,
  env: Environment = process.env,
): string | undefined {
  const { XDG_STATE_HOME, LOCALAPPDATA } = env;
  const base = XDG_STATE_HOME || LOCALAPPDATA || homeState();
  const folder = spoolDirectory ?? (base && join(base, "langchain-mlflow", "spool"));
  // Messages name it, and the app may change its working directory.
  return folder && resolve(folder);
}

function homeState(): string | undefined {
  try {
    return join(homedir(), ".local", "state");
  } catch {
    return undefined;
  }
}
