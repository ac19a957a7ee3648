import { invalidParameter } from "../../base/errors.js";
import { ownField } from "../../data/plain.js";
import type { EntityQuery, Page } from "../pages.js";

export type Value = string | number;

/** A key of a filter or an order, such as `metrics.accuracy`. */
export interface QueryKey<T> {
  readonly kind: "number" | "text";
  /** The operators that the local store supports for this key. */
  readonly operators: readonly string[];
  /** Returns undefined if the item has no value for this key. */
  readonly read: (item: T) => Value | undefined;
}

/** The keys of one kind of item. */
export interface QueryKeys<T> {
  /** `scope` is in lower case, `attributes` if the query names none. Returns undefined for an unknown key. */
  find(scope: string, name: string): QueryKey<T> | undefined;
  /** The keys and their operators, for error messages. */
  readonly supported: string;
  /** The keys of an order, for error messages. */
  readonly sortable?: string;
}

export const EQUALITY = ["=", "!="];
export const ORDER = ["<", "<=", ">", ">="];
export const PATTERN = ["LIKE", "ILIKE"];

type Compare = (found: Value, wanted: Value) => boolean;
type Filter<T> = (item: T) => boolean;

const COMPARISONS: Readonly<Record<string, Compare>> = {
  "=": (found, wanted) => found === wanted,
  "!=": (found, wanted) => found !== wanted,
  "<": (found, wanted) => found < wanted,
  "<=": (found, wanted) => found <= wanted,
  ">": (found, wanted) => found > wanted,
  ">=": (found, wanted) => found >= wanted,
  LIKE: (found, wanted) => likePattern(wanted, "s").test(String(found)),
  ILIKE: (found, wanted) => likePattern(wanted, "is").test(String(found)),
};

const KEY = String.raw`(?:(?<scope>\w+)\.)?(?<name>\`[^\`]+\`|"[^"]+"|[\w./:-]+)`;
const TEXT = `'[^']*'|"[^"]*"`;
const CLAUSE = new RegExp(
  String.raw`^\s*${KEY}\s*(?:IS\s+(?<notNull>NOT\s+)?NULL\b|(?<notIn>NOT\s+)?IN\s*(?<list>\([^)]*\))|(?<word>!=|<=|>=|=|<|>|I?LIKE\b)\s*(?<literal>${TEXT}|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?))\s*(?<and>AND\b|$)`,
  "i",
);
const LIST = new RegExp(String.raw`^\(\s*(?:${TEXT})(?:\s*,\s*(?:${TEXT}))*\s*\)$`);
const ONE_KEY = new RegExp(`^${KEY}$`);

/**
 * Parses the part of MLflow's filter language that a local store supports.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for any other filter. The message lists what is supported.
 */
export function parseFilter<T>(filter: string | undefined, keys: QueryKeys<T>): Filter<T> {
  const clauses: Filter<T>[] = [];
  let rest = filter?.trim() ?? "";
  while (rest !== "") {
    const match = CLAUSE.exec(rest);
    const clause = match && parseClause(match, keys);
    const after = rest.slice(match?.[0].length ?? 0).trim();
    const endsInAnd = after === "" && match?.groups?.and !== "";
    if (!clause || endsInAnd) {
      throw invalidParameter(
        `The local store does not support the filter at '${rest}'. It supports ${keys.supported}. ` +
          "Join conditions with AND, and put keys with other characters in backticks. An MLflow server supports more.",
      );
    }
    clauses.push(clause);
    rest = after;
  }
  return (item) => clauses.every((clause) => clause(item));
}

/** Returns undefined for an unknown key. */
function parseKey<T>(text: string, keys: QueryKeys<T>): QueryKey<T> | undefined {
  const match = ONE_KEY.exec(text);
  return match ? findKey(match, keys) : undefined;
}

function findKey<T>({ groups = {} }: RegExpExecArray, keys: QueryKeys<T>) {
  const { scope = "attributes", name = "" } = groups;
  return keys.find(scope.toLowerCase(), name.replace(/^[`"]|[`"]$/g, ""));
}

function parseClause<T>(match: RegExpExecArray, keys: QueryKeys<T>): Filter<T> | undefined {
  const { notNull, notIn, list, word, literal = "" } = match.groups ?? {};
  const key = findKey(match, keys);
  if (!key) return undefined;
  const operator = word?.toUpperCase() ?? (list === undefined ? "IS NULL" : "IN");
  if (!key.operators.includes(operator)) return undefined;
  if (list !== undefined) return listClause(key, notIn !== undefined, list);
  const compare = COMPARISONS[operator];
  if (!compare) return (item) => (key.read(item) === undefined) !== (notNull !== undefined);
  const wanted = /^['"]/.test(literal) ? literal.slice(1, -1) : Number(literal);
  if (key.kind !== (typeof wanted === "number" ? "number" : "text")) return undefined;
  return (item) => {
    const found = key.read(item);
    return found !== undefined && compare(found, wanted);
  };
}

function listClause<T>({ read }: QueryKey<T>, isNegated: boolean, list: string) {
  if (!LIST.test(list)) return undefined;
  const items = list.match(new RegExp(TEXT, "g")) ?? [];
  const wanted = new Set(items.map((item) => item.slice(1, -1)));
  return (item: T) => wanted.has(String(read(item))) !== isNegated;
}

/** `%` matches any text and `_` any character, as in SQL. */
function likePattern(pattern: Value, flags: string): RegExp {
  const source = String(pattern)
    .replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")
    .replaceAll("%", ".*")
    .replaceAll("_", ".");
  return new RegExp(`^${source}$`, flags);
}

/** Reads an own property: `tags.constructor` is not a tag. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return ownField(record, key);
}

/** For `Array.prototype.sort`. Texts are in the order of their UTF-16 code units. */
export function compareValues(one: Value, other: Value): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** @throws MlflowException INVALID_PARAMETER_VALUE if `maxResults` is not an integer from 1 to `max`. */
export function checkMaxResults(maxResults: number, max: number): number {
  if (Number.isInteger(maxResults) && maxResults > 0 && maxResults <= max) return maxResults;
  throw invalidParameter(`maxResults must be an integer from 1 to ${max}, got ${maxResults}.`);
}

/** The last item of a page. */
export interface PageEnd {
  /** The item's sort value, or its index. */
  readonly position: number;
  readonly id: string;
}

/** A token names the last item, so items that are written between two pages do not shift the next page. */
export function toPageToken({ position, id }: PageEnd): string {
  return Buffer.from(`${position} ${id}`).toString("base64url");
}

/** @throws MlflowException INVALID_PARAMETER_VALUE for a token that another store made. */
export function parsePageToken(token: string | undefined): PageEnd | undefined {
  if (!token) return undefined;
  const [, position, id] =
    /^(\d+) ([\w-]+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (id !== undefined) return { position: Number(position), id };
  throw invalidParameter(
    `Invalid page token '${token}'. Pass the nextPageToken of the previous page of the same search.`,
  );
}

type Order<T> = (one: T, other: T) => number;

/** Parses `key [ASC|DESC]`. Items without a value come last in both directions. */
function parseOrder<T>(clause: string, keys: QueryKeys<T>): Order<T> {
  const match = /^\s*(.*?)(?:\s+(ASC|DESC))?\s*$/i.exec(clause);
  const key = parseKey(match?.[1] ?? "", keys);
  if (!key) {
    throw invalidParameter(
      `The local store cannot sort by '${clause}'. It sorts by ${keys.sortable ?? "no key"}, each with an optional ASC or DESC.`,
    );
  }
  const sign = match?.[2]?.toUpperCase() === "DESC" ? -1 : 1;
  return (one, other) => {
    const first = key.read(one);
    const second = key.read(other);
    if (isPresent(first) && isPresent(second)) return sign * compareValues(first, second);
    return Number(isPresent(second)) - Number(isPresent(first));
  };
}

function isPresent(value: Value | undefined): value is Value {
  return value !== undefined && !Number.isNaN(value);
}

export interface ListRules<T> {
  readonly keys: QueryKeys<T>;
  /** The order of items that `orderBy` does not decide. */
  readonly lastOrder: Order<T>;
  readonly idOf: (item: T) => string;
  readonly defaultMaxResults: number;
  readonly greatestMaxResults: number;
}

/** Returns one page of the items that match the filter, in the order of the query. */
export function pageOf<T>(all: readonly T[], query: EntityQuery, rules: ListRules<T>): Page<T> {
  const { keys, lastOrder, idOf, defaultMaxResults, greatestMaxResults } = rules;
  const matches = parseFilter(query.filter, keys);
  const clauses = query.orderBy ?? [];
  const orders = [...clauses.map((clause) => parseOrder(clause, keys)), lastOrder];
  const limit = checkMaxResults(query.maxResults ?? defaultMaxResults, greatestMaxResults);
  const sorted = all.filter(matches).sort((one, other) => {
    for (const order of orders) {
      const result = order(one, other);
      if (result !== 0) return result;
    }
    return 0;
  });
  const tokenId = (item: T) => Buffer.from(idOf(item)).toString("base64url");
  const end = parsePageToken(query.pageToken);
  // Uses the position in the token if the last item of the previous page was deleted.
  const last = end ? sorted.findIndex((item) => tokenId(item) === end.id) : -1;
  const start = last < 0 ? (end?.position ?? 0) : last + 1;
  const items = sorted.slice(start, start + limit);
  const lastItem = items.at(-1);
  if (!lastItem || start + limit >= sorted.length) return { items };
  return { items, nextPageToken: toPageToken({ position: start + limit, id: tokenId(lastItem) }) };
}
