import { MlflowException } from "../../base/errors.js";

/** The versions of core whose `load` takes no data of a user for an object of LangChain's (CVE-2025-68665). */
const SAFE_CORE = ">=0.3.80 <0.4 or >=1.1.8 <2";

/**
 * Whether objects may be logged as data, and loaded from it, with this core.
 *
 * @throws MlflowException INVALID_STATE where not, naming the version that is needed.
 */
export function checkCoreVersion(version: string | undefined): void {
  if (version !== undefined && isSafe(version)) return;
  throw new MlflowException(
    `@langchain/core ${version ?? "of an unknown version"} has a known flaw: what it loads may run what a user wrote (CVE-2025-68665). Models are logged as data and loaded with ${SAFE_CORE} only: update @langchain/core, or log the model from code.`,
    "INVALID_STATE",
  );
}

export function isSafe(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number.parseFloat);
  if (major === 0) return minor === 3 && patch >= 80;
  return major === 1 && (minor > 1 || (minor === 1 && patch >= 8));
}
