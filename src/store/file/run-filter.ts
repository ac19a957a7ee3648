import { invalidParameter } from "../../base/errors.js";
import type { Run } from "../run-store.js";
import { COMPARISONS, type Compare, type Value } from "./comparisons.js";

export type RunFilter = (run: Run) => boolean;

/** Reads what a key like `metrics.accuracy` names of a run. */
export interface RunKey {
  readonly kind: "number" | "text";
  readonly scope: "metrics" | "params" | "tags" | "attributes";
  readonly read: (run: Run) => Value | undefined;
}

const ATTRIBUTES: Readonly<Record<string, RunKey["read"]>> = {
  run_id: ({ info }) => info.runId,
  run_name: ({ info }) => info.runName,
  "run name": ({ info }) => info.runName,
  "Run name": ({ info }) => info.runName,
  "Run Name": ({ info }) => info.runName,
  status: ({ info }) => info.status,
  user_id: ({ info }) => info.userId,
  experiment_id: ({ info }) => info.experimentId,
  artifact_uri: ({ info }) => info.artifactUri,
  start_time: ({ info }) => info.startTimeMs,
  created: ({ info }) => info.startTimeMs,
  Created: ({ info }) => info.startTimeMs,
  end_time: ({ info }) => info.endTimeMs,
};
const NUMBERS = new Set(["start_time", "created", "Created", "end_time"]);

const KEY = String.raw`(?:(metrics?|params?|parameters?|tags?|attributes?|attr|run)\.)?(\`[^\`]+\`|"[^"]+"|[\w./:-]+)`;
const LITERAL = String.raw`'[^']*'|"[^"]*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const CLAUSE = new RegExp(
  String.raw`^\s*${KEY}\s*(?:(IS\s+(?:NOT\s+)?NULL)\b|((?:NOT\s+)?IN)\s*\(([^)]*)\)|(!=|<=|>=|=|<|>|I?LIKE\b)\s*(${LITERAL}))\s*(AND\b|$)`,
  "i",
);
const ONE_KEY = new RegExp(`^${KEY}$`, "i");

/**
 * The part of MLflow's filter language for runs that a local store understands.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for everything else, naming what is understood.
 */
export function parseRunFilter(filter: string | undefined): RunFilter {
  const clauses: RunFilter[] = [];
  let rest = filter?.trim() ?? "";
  while (rest !== "") {
    const match = CLAUSE.exec(rest);
    const clause = match && toClause(match);
    const after = rest.slice(match?.[0].length ?? 0).trim();
    if (!clause || (after === "" && match[8])) throw notUnderstood(rest);
    clauses.push(clause);
    rest = after;
  }
  return (run) => clauses.every((clause) => clause(run));
}

/** Undefined for what is no such key. */
export function parseRunKey(text: string): RunKey | undefined {
  const match = ONE_KEY.exec(text);
  return match ? runKey(match[1], match[2] ?? "") : undefined;
}

function toClause(match: RegExpExecArray): RunFilter | undefined {
  const [, scope, quotedKey = "", isNull, inWord, list = "", word = "", literal = ""] = match;
  const key = runKey(scope, quotedKey);
  if (!key) return undefined;
  if (isNull !== undefined) return nullClause(key, /NOT/i.test(isNull));
  if (inWord !== undefined) return listClause(key, /NOT/i.test(inWord), list);
  const operator = word.toUpperCase();
  const compare = COMPARISONS[operator];
  const wanted = literalValue(literal);
  const isFitting = key.kind === (typeof wanted === "number" ? "number" : "text");
  if (!compare || !isFitting || !isAllowed(key, operator)) return undefined;
  return compareClause(key, compare, wanted);
}

/** Texts are compared for order nowhere in MLflow. */
function isAllowed({ kind }: RunKey, operator: string): boolean {
  const isOrder = /^[<>]/.test(operator);
  return operator.endsWith("=") && !isOrder ? true : isOrder === (kind === "number");
}

function compareClause({ read }: RunKey, compare: Compare, wanted: Value): RunFilter {
  return (run) => {
    const found = read(run);
    return found !== undefined && compare(found, wanted);
  };
}

function nullClause({ scope, read }: RunKey, isNegated: boolean): RunFilter | undefined {
  if (scope !== "params" && scope !== "tags") return undefined;
  return (run) => (read(run) === undefined) !== isNegated;
}

function listClause({ kind, scope, read }: RunKey, isNegated: boolean, list: string) {
  const items = list.match(/'[^']*'|"[^"]*"/g) ?? [];
  const isList =
    list.replace(/'[^']*'|"[^"]*"/g, "x").replace(/\s/g, "") === items.map(() => "x").join();
  if (kind !== "text" || scope !== "attributes" || !isList || items.length === 0) return undefined;
  const wanted = new Set(items.map((item) => item.slice(1, -1)));
  return (run: Run) => wanted.has(String(read(run))) !== isNegated;
}

function runKey(scope = "attributes", quotedKey: string): RunKey | undefined {
  const key = quotedKey.replace(/^[`"]|[`"]$/g, "");
  const word = scope.toLowerCase();
  if (word.startsWith("metric")) {
    return { kind: "number", scope: "metrics", read: ({ data }) => own(data.metrics, key) };
  }
  if (word.startsWith("param")) {
    return { kind: "text", scope: "params", read: ({ data }) => own(data.params, key) };
  }
  if (word.startsWith("tag")) {
    return { kind: "text", scope: "tags", read: ({ data }) => own(data.tags, key) };
  }
  const read = own(ATTRIBUTES, key);
  return read && { kind: NUMBERS.has(key) ? "number" : "text", scope: "attributes", read };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function literalValue(literal: string): Value {
  return /^['"]/.test(literal) ? literal.slice(1, -1) : Number(literal);
}

function notUnderstood(rest: string): Error {
  return invalidParameter(
    `A local store does not understand the filter from '${rest}' on. It takes metrics.<key> and attributes.start_time, end_time ` +
      "compared by =, !=, <, <=, >, >= with a number; params.<key>, tags.<key> and attributes.run_id, run_name, status, user_id, " +
      "artifact_uri, experiment_id compared by =, !=, LIKE or ILIKE with 'text'; params and tags by IS NULL, IS NOT NULL; attributes " +
      "by IN ('a', 'b'), NOT IN; joined by AND. Other keys stand in backticks. An MLflow server takes more.",
  );
}
