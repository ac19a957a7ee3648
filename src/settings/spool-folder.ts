import { homedir } from "node:os";
import { join } from "node:path";
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
  return spoolDirectory ?? (base && join(base, "langchain-mlflow", "spool"));
}

function homeState(): string | undefined {
  try {
    return join(homedir(), ".local", "state");
  } catch {
    return undefined;
  }
}
