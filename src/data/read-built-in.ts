import { nameOfClass } from "./bounded-text.js";
import type { Budget } from "./budget.js";
import { type BuiltIn, entriesOf, isNumberVector, membersOf, unbox } from "./built-ins.js";
import type { Plain, PlainObject } from "./plain.js";
import { withoutKeys } from "./secret-texts.js";
import { type NameKind, REDACTED } from "./secrets.js";

/** The walk that reaches a built-in object. It reads the values in the object. */
export interface Walker {
  readonly budget: Budget;
  visit(value: unknown, depth: number, kind: NameKind): Plain | undefined;
  list(list: ArrayLike<unknown>, depth: number, length?: number): Plain;
  fields(value: object, depth: number, kind: NameKind, length?: number): PlainObject;
  kindOf(name: string): NameKind;
}

/** Copies a date, an error, a Map, a Set, bytes or another built-in object as plain data. */
export function readBuiltIn(
  walk: Walker,
  value: object,
  builtIn: BuiltIn,
  depth: number,
  kind: NameKind,
): Plain {
  switch (builtIn) {
    case "date":
      walk.budget.characters += 24;
      return new Date(value as Date);
    case "error":
      return readError(walk, value, depth);
    case "map":
      return readMap(walk, value, depth, kind);
    case "set":
      return readSet(walk, value, depth);
    case "boxed":
      return walk.visit(unbox(value), depth, "data") ?? null;
    case "text":
      return walk.budget.text(String(value));
    case "buffer":
      return readBytes(walk, value, new Uint8Array(value as ArrayBuffer), depth);
    case "view":
      return readBytes(walk, value, value as ArrayBufferView, depth);
  }
}

function readError(walk: Walker, value: object, depth: number): Plain {
  const { message, cause, errors } = value as { readonly [name: string]: unknown };
  // The end of a message that is cut could start in the middle of a key, which `withoutKeys` would not find.
  const isText = typeof message === "string";
  const shown = isText ? walk.budget.text(message, false) : walk.visit(message, depth + 1, "data");
  const isSearched = typeof shown === "string" && walk.budget.redactsSecrets;
  return {
    type: nameOfClass(value),
    message: isSearched ? withoutKeys(shown) : shown,
    ...(cause === undefined ? {} : { cause: walk.visit(cause, depth + 1, "data") }),
    ...(Array.isArray(errors) ? { errors: walk.visit(errors, depth + 1, "data") } : {}),
  };
}

function readSet(walk: Walker, value: object, depth: number): Plain {
  const members = membersOf(value, walk.budget.limits.maxValueNodes);
  return walk.list(members, depth, (value as ReadonlySet<unknown>).size);
}

function readMap(walk: Walker, value: object, depth: number, kind: NameKind): Plain {
  const { size } = value as ReadonlyMap<unknown, unknown>;
  const entries = entriesOf(value, walk.budget.limits.maxValueNodes);
  if (entries.every(([key]) => typeof key === "string")) {
    return walk.fields(Object.fromEntries(entries), depth, kind, size);
  }
  const shown = entries.map(([key, entry]) =>
    typeof key === "string" && walk.kindOf(key) === "secret" ? [key, REDACTED] : [key, entry],
  );
  return walk.list(shown, depth, size);
}

function readBytes(walk: Walker, value: object, view: ArrayBufferView, depth: number): Plain {
  if (isNumberVector(view)) return walk.list(view, depth);
  const { byteLength } = view;
  if (byteLength > walk.budget.room) return { type: nameOfClass(value), byteLength };
  walk.budget.characters += byteLength;
  return new Uint8Array(view.buffer, view.byteOffset, byteLength).slice();
}
