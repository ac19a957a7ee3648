import { invalidParameter } from "../../base/errors.js";
import { faultOf } from "../artifact-path.js";

const ALIAS = /^[\w-]{1,255}$/;
const RESERVED_ALIAS = /^(latest|v\d+)$/i;

/** As MLflow's local registry wants the name of a model: a folder is called so. */
export function checkModelName(name: string): string {
  const fault = /[/:%]/.test(name) ? "has '/', ':' or '%'" : faultOf(name);
  if (fault === undefined && name.trim() !== "" && Buffer.byteLength(name) <= 255) return name;
  throw invalidParameter(
    `Invalid model name ${JSON.stringify(name)}: it ${fault ?? "is empty or too long"}. Names cannot contain '/', ':' or '%'.`,
  );
}

/** Throws for those that MLflow reads as a version. */
export function checkAlias(alias: string): string {
  if (!ALIAS.test(alias)) {
    throw invalidParameter(
      `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
    );
  }
  if (RESERVED_ALIAS.test(alias)) throw invalidParameter(`Alias name '${alias}' is reserved.`);
  return alias;
}

export function checkVersion(version: string): string {
  if (/^\d{1,15}$/.test(version)) return String(Number(version));
  throw invalidParameter(`Parameter 'version' must be an integer, got '${version}'`);
}
