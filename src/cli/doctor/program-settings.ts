import type { Environment, Settings } from "../../settings/settings.js";
import { openStore } from "../../store/open.js";
import type { ProgramReport } from "./program-report.js";

/** The environment, in which MLflow's variables are those of the program that was run, also from its `.env` file. */
export function environmentOf(reports: readonly ProgramReport[], env: Environment): Environment {
  const report = mainReport(reports);
  if (!report) return env;
  const others = Object.entries(env).filter(([name]) => !name.startsWith("MLFLOW_"));
  return { ...Object.fromEntries(others), ...report.environment };
}

/** The tracking URI of the program: that of its environment, unless its code has set another one. */
export async function trackingUriOf(
  reports: readonly ProgramReport[],
  settings: Settings,
): Promise<string | undefined> {
  const inUse = mainReport(reports)?.trackingUri;
  if (inUse === undefined) return settings.trackingUri;
  try {
    const store = openStore(settings.trackingUri, settings);
    await store.close();
    // The one in use has no credentials.
    if (store.uri === inUse) return settings.trackingUri;
  } catch {
    // A wrong variable does not matter if the code has set a URI.
  }
  return inUse;
}

/** The process that traced most, or else one that loaded LangChain, or else the one with most variables. */
function mainReport(reports: readonly ProgramReport[]): ProgramReport | undefined {
  const rank = ({ traces, copies, environment }: ProgramReport) =>
    traces * 1e6 + copies.length * 1e3 + Object.keys(environment).length;
  return reports.toSorted((one, other) => rank(other) - rank(one))[0];
}
