import { posix } from "node:path";
import { invalidParameter, type MlflowException, messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import { attempt, show } from "../base/show.js";
import { wellFormedJson } from "../data/well-formed-json.js";
import { dictionary } from "../settings/kinds.js";
import { readSettings } from "../settings/settings.js";

// The rules and error texts of Python MLflow's client, checked before any data is sent.

const IS_WINDOWS = process.platform === "win32";
const NAME = IS_WINDOWS ? /^[/\p{L}\p{N}_.\- ]*$/u : /^[/\p{L}\p{N}_.\- :]*$/u;
const BAD_CHARACTER =
  "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), " +
  `spaces ( )${IS_WINDOWS ? "" : ", colon(:)"} and slashes (/).`;
const MAX_KEY_CHARACTERS = 250;
const MAX_PARAM_CHARACTERS = 6000;
const MAX_TAG_CHARACTERS = 8000;
const RUN_ID = /^[a-zA-Z0-9][\w-]{0,255}$/;

/** Returns a param's key and value as MLflow stores them. Errors name the parameter by `path`, as in `params[1].value`. */
export function checkParam(key: unknown, value: unknown, path = ""): [key: string, value: string] {
  const name = checkName(key, join(path, "key"), () =>
    invalidValue(join(path, "key"), "", "A key name must be provided."),
  );
  checkLength("Param key", name, MAX_KEY_CHARACTERS);
  const text = toText(value, join(path, "value"));
  return [name, cut("Param value", text, MAX_PARAM_CHARACTERS)];
}

export function checkTag(key: unknown, value: unknown, path = ""): [key: string, value: string] {
  const name = checkName(key, join(path, "key"), () => missing(join(path, "key")));
  checkLength(join(path, "key"), name, MAX_KEY_CHARACTERS);
  const text = toText(value, join(path, "value"));
  return [name, cut(join(path, "value"), text, MAX_TAG_CHARACTERS)];
}

/** Checks each entry of an object; errors name it as in `params[1].key`. */
export function checkEntries<T>(
  name: string,
  entries: unknown,
  check: (key: string, value: unknown, path: string) => T,
): T[] {
  // Copied, so that each getter runs once.
  const copy = attempt(() => dictionary.read(entries));
  if (!copy) throw invalidValue(name, entries, "It must be an object such as { name: value }.");
  return Object.entries(copy).map(([key, value], index) => check(key, value, `${name}[${index}]`));
}

/** Returns the tags of a run as MLflow stores them. */
export function checkTags(tags: unknown): Record<string, string> {
  return Object.fromEntries(checkEntries("tags", tags, (key, value) => checkTag(key, value)));
}

export interface MetricPoint {
  readonly value: unknown;
  readonly step: unknown;
  readonly timestampMs: unknown;
}

/** Returns a metric point as MLflow stores it. As in Python, `true` is 1. */
export function checkMetric(key: unknown, { value, step, timestampMs }: MetricPoint, path = "") {
  const name = checkName(key, join(path, "name"), () =>
    invalidValue(
      join(path, "name"),
      key,
      "Metric name cannot be None. A key name must be provided.",
    ),
  );
  if (value === undefined || value === null) throw missing(join(path, "value"));
  if (!["number", "bigint", "boolean"].includes(typeof value)) {
    throw invalidValue(
      join(path, "value"),
      value,
      `(timestamp=${show(timestampMs)}). Please specify value as a valid double (64-bit floating point)`,
    );
  }
  const what = `metric '${name}' (value=${value}).`;
  if (!Number.isSafeInteger(timestampMs) || (timestampMs as number) < 0) {
    throw invalidValue(
      join(path, "timestamp"),
      timestampMs,
      `${what} Timestamp must be a nonnegative long (64-bit integer) `,
    );
  }
  if (!Number.isSafeInteger(step)) {
    throw invalidValue(
      join(path, "step"),
      step,
      `${what} Step must be a valid long (64-bit integer).`,
    );
  }
  checkLength("Metric name", name, MAX_KEY_CHARACTERS);
  return {
    key: name,
    value: Number(value),
    step: step as number,
    timestampMs: timestampMs as number,
  };
}

export function checkTagKey(key: unknown): string {
  return checkName(key, "key", () => missing("key"));
}

export function checkRunId(runId: unknown, path = "run_id"): string {
  if (typeof runId === "string" && RUN_ID.test(runId)) return runId;
  throw invalidValue(path, runId);
}

function checkName(key: unknown, path: string, onMissing: () => MlflowException): string {
  if (key === undefined || key === null) throw onMissing();
  if (typeof key !== "string" || !NAME.test(key)) throw invalidValue(path, key, BAD_CHARACTER);
  if (isOwnPath(key)) return key;
  throw invalidValue(
    path,
    key,
    "Names may be treated as files in certain cases, and must not resolve to other names when " +
      `treated as such. This name would resolve to '${normalPath(key)}'`,
  );
}

function normalPath(name: string): string {
  return posix.normalize(name).replace(/(?<=.)\/$/, "");
}

function isOwnPath(name: string): boolean {
  const normal = normalPath(name);
  return normal === name && normal !== "." && !/^(\.\.|\/)/.test(normal);
}

/** Whether MLflow accepts the name for a metric. */
export function isMetricName(name: string): boolean {
  return name.length <= MAX_KEY_CHARACTERS && NAME.test(name) && isOwnPath(name);
}

/** Returns a name that MLflow accepts for a metric. Characters that it refuses become `_`. */
export function toMetricName(name: string, maxCharacters: number): string {
  const characters = [...name.slice(0, maxCharacters)];
  const text = characters.map((one) => (NAME.test(one) ? one : "_")).join("");
  const words = text.split("/").filter((word) => word !== "");
  // MLflow stores metrics as files in some stores.
  const safe = words.map((word) => word.replace(/^\.$|^\.{2,}/, (dots) => "_".repeat(dots.length)));
  return safe.join("/") || "_";
}

/** Returns strings unchanged, objects as JSON, and other values as `String(value)`. */
function toText(value: unknown, path: string): string {
  switch (typeof value) {
    case "string":
      return value;
    case "undefined":
      throw missing(path);
    case "function":
    case "symbol":
      throw invalidValue(path, value, "It must be a string, number, boolean or JSON value.");
    case "object":
      return toJsonText(value, path);
    default:
      return String(value);
  }
}

function toJsonText(value: object | null, path: string): string {
  try {
    return value instanceof Date ? value.toISOString() : (wellFormedJson(value) ?? String(value));
  } catch (cause) {
    throw invalidValue(path, value, `It cannot be converted to JSON: ${messageOf(cause)}`);
  }
}

function checkLength(what: string, text: string, limit: number): void {
  if (text.length <= limit) return;
  throw invalidParameter(`'${what}' exceeds the maximum length of ${limit} characters`);
}

function cut(what: string, text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (!readSettings().truncatesLongValues) checkLength(what, text, limit);
  const message =
    `${what} '${text.slice(0, 100)}...' (${text.length} characters) is truncated to ` +
    `${limit} characters to meet the length limit.`;
  warnOnce(`truncated ${what}`, message.replace(/\s*\n\s*/g, " "));
  return text.slice(0, limit).toWellFormed();
}

function missing(path: string): MlflowException {
  return invalidParameter(`Missing value for required parameter '${path}'.`);
}

function invalidValue(path: string, value: unknown, message?: string): MlflowException {
  const shown = typeof value === "string" ? JSON.stringify(value) : show(value);
  const why = message === undefined ? " supplied." : ` supplied: ${message}`;
  return invalidParameter(`Invalid value ${shown} for parameter '${path}'${why}`);
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}
