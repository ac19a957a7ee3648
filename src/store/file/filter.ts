import { invalidParameter } from "../../base/errors.js";
import { type TraceInfo, TraceTagKey } from "../../trace/trace.js";
import { COMPARISONS, type Value } from "./comparisons.js";

export type TraceFilter = (info: TraceInfo) => boolean;

const ATTRIBUTES: Readonly<Record<string, (info: TraceInfo) => Value | undefined>> = {
  status: (info) => info.state,
  name: (info) => info.tags[TraceTagKey.NAME],
  timestamp_ms: (info) => info.requestTime,
  execution_time_ms: (info) => info.executionDuration,
};

const NUMBERS = new Set(["timestamp_ms", "execution_time_ms"]);
const TEXT_ONLY = new Set(["LIKE", "ILIKE"]);

/** `[scope.]key operator value`; a key with dots may stand in backticks. */
const CLAUSE =
  /^\s*(?:(attributes?|trace|tags?|metadata|request_metadata)\.)?(`[^`]+`|[\w./-]+)\s*(!=|<=|>=|=|<|>|I?LIKE\b)\s*('[^']*'|"[^"]*"|-?\d+(?:\.\d+)?)\s*(AND\b|$)/i;

/**
 * The part of MLflow's filter language that a local store understands.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for everything else, naming what is understood.
 */
export function parseFilter(filter: string | undefined): TraceFilter {
  const clauses: TraceFilter[] = [];
  let rest = filter?.trim() ?? "";
  while (rest !== "") {
    const match = CLAUSE.exec(rest);
    const clause = match && toClause(match);
    const after = rest.slice(match?.[0].length ?? 0);
    if (!clause || (after === "" && match[5])) throw notUnderstood(rest);
    clauses.push(clause);
    rest = after;
  }
  return (info) => clauses.every((clause) => clause(info));
}

function toClause(match: RegExpExecArray): TraceFilter | undefined {
  const [, scope = "attributes", quotedKey = "", word = "", literal = ""] = match;
  const key = quotedKey.replaceAll("`", "");
  const operator = word.toUpperCase();
  const read = reader(scope.toLowerCase(), key);
  const compare = COMPARISONS[operator];
  const wanted = /^['"]/.test(literal) ? literal.slice(1, -1) : Number(literal);
  const isNumber = read === ATTRIBUTES[key] && NUMBERS.has(key);
  if (!read || !compare || isNumber !== (typeof wanted === "number")) return undefined;
  if (isNumber && TEXT_ONLY.has(operator)) return undefined;
  return (info) => {
    const found = read(info);
    return found !== undefined && compare(found, wanted);
  };
}

function reader(scope: string, key: string) {
  if (scope.startsWith("tag")) return (info: TraceInfo) => info.tags[key];
  if (scope.endsWith("metadata")) return (info: TraceInfo) => info.traceMetadata[key];
  return Object.hasOwn(ATTRIBUTES, key) ? ATTRIBUTES[key] : undefined;
}

function notUnderstood(rest: string): Error {
  return invalidParameter(
    `A local store does not understand the filter from '${rest}' on. It takes ` +
      "attributes.status, attributes.name, attributes.timestamp_ms, attributes.execution_time_ms, tags.<key> and metadata.<key> " +
      "(dotted keys in backticks), compared by =, !=, <, <=, >, >=, LIKE or ILIKE with 'text' or a number, joined by AND. " +
      "An MLflow server takes more.",
  );
}
