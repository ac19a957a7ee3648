import { cutText, nameOfClass, nameOfFunction } from "./bounded-text.js";
import type { Budget } from "./budget.js";
import {
  type BuiltIn,
  builtInOf,
  builtInOfPrototype,
  entriesOf,
  isForeignPlain,
  isNumberVector,
  membersOf,
  unbox,
} from "./built-ins.js";
import { boundedBigint, type Plain, type PlainObject, setField, toJson } from "./plain.js";
import { withoutKeys } from "./secret-texts.js";
import { holdsNoSecret, isSchema, withoutSecretHeaders } from "./secret-values.js";
import { kindOfName, type NameKind, REDACTED } from "./secrets.js";
import { Holes } from "./sparse-list.js";

/** Converts an instance of a known class to a new object. Returns undefined for an unknown class. */
export type ReadInstance = (value: object, redactsSecrets: boolean) => object | undefined;

/** MLflow's server rejects objects nested deeper than 31 levels. Deeper objects become JSON text. */
const MAX_DEPTH = 24;
/** The depth limit inside that JSON text. */
const MAX_TEXT_DEPTH = 120;
const MAX_NAME_CHARACTERS = 1000;

type Live = { readonly [name: string | number]: unknown };

/** Copies one value as plain data. */
export class Walk {
  readonly #budget: Budget;
  readonly #readInstance: ReadInstance;
  readonly #path: object[] = [];
  #maxDepth = MAX_DEPTH;

  constructor(budget: Budget, readInstance: ReadInstance) {
    this.#budget = budget;
    this.#readInstance = readInstance;
  }

  /** `kind` comes from the name of the value's field. */
  visit(value: unknown, depth: number, kind: NameKind): Plain | undefined {
    this.#budget.nodes += 1;
    switch (typeof value) {
      case "string":
        return this.#budget.text(value);
      case "number":
      case "boolean":
        this.#budget.characters += 8;
        return value;
      case "bigint":
        this.#budget.characters += 8;
        return boundedBigint(value);
      case "undefined":
        return undefined;
      case "symbol":
        return this.#budget.text(String(value));
      case "function":
        return this.#budget.text(`[Function ${nameOfFunction(value)}]`);
      default:
        return value === null ? null : this.#object(value as object, depth, kind);
    }
  }

  #object(value: object, depth: number, kind: NameKind): Plain {
    if (this.#budget.isFull) return "[dropped: too large]";
    if (depth >= this.#maxDepth) return this.#deep(value, depth, kind);
    if (this.#path.includes(value)) return "[Circular]";
    this.#path.push(value);
    try {
      const plain = this.#open(value, depth, kind);
      if (kind === "headers") withoutSecretHeaders(plain);
      return plain;
    } catch {
      return { type: nameOfClass(value) };
    } finally {
      this.#path.pop();
    }
  }

  /** Copies an object below the depth limit, then writes it as JSON text. */
  #deep(value: object, depth: number, kind: NameKind): Plain {
    if (depth >= MAX_TEXT_DEPTH) return "[dropped: too deep]";
    const outer = this.#maxDepth;
    this.#maxDepth = MAX_TEXT_DEPTH;
    const plain = this.#object(value, depth, kind);
    this.#maxDepth = outer;
    return outer === MAX_DEPTH && typeof plain === "object" ? toJson(plain) : plain;
  }

  #open(value: object, depth: number, kind: NameKind): Plain {
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.#fields(value, depth, kind);
    }
    const common = builtInOfPrototype(prototype);
    if (common) return this.#builtIn(value, common, depth, kind);
    const read = this.#readInstance(value, this.#budget.redactsSecrets);
    if (read) return this.#ownFields(read as Record<string, unknown>, depth);
    const builtIn = builtInOf(value);
    if (builtIn) return this.#builtIn(value, builtIn, depth, kind);
    return isForeignPlain(prototype)
      ? this.#fields(value, depth, kind)
      : { type: nameOfClass(value) };
  }

  /** `list` may have only the first of `length` items. */
  #array(list: ArrayLike<unknown>, depth: number, length = list.length): Plain {
    const items: Plain[] = [];
    const holes = new Holes(list, length);
    for (let index = 0; index < length; index += 1) {
      if (this.#budget.isFull) {
        items.push(`[dropped: ${length - index} more items]`);
        break;
      }
      const count = holes.countFrom(index);
      if (count > 0) {
        items.push(this.#budget.text(`[${count} empty items]`));
        index += count - 1;
      } else items.push(this.#read(list, index, depth, "data") ?? null);
    }
    return items;
  }

  /** `value` may have only the first of `length` fields. */
  #fields(value: object, depth: number, kind: NameKind, length?: number): PlainObject {
    const fields: Record<string, Plain> = {};
    const names = Object.keys(value);
    let index = 0;
    for (; index < names.length && !this.#budget.isFull; index += 1) {
      const name = names[index] as string;
      const entry = this.#field(value, name, depth, kind);
      if (entry === undefined) continue;
      if (name === "__proto__") setField(fields, name, entry);
      else if (name.length <= MAX_NAME_CHARACTERS) fields[name] = entry;
      else fields[cutText(name, MAX_NAME_CHARACTERS)] = entry;
    }
    const missing = (length ?? names.length) - index;
    if (missing > 0) fields["[dropped]"] = `${missing} more fields`;
    return fields;
  }

  #field(value: object, name: string, depth: number, owner: NameKind): Plain | undefined {
    this.#budget.characters += Math.min(name.length, MAX_NAME_CHARACTERS);
    const kind = this.#kindOf(name);
    if (kind === "secret" && !this.#isShown(value, name, owner)) return REDACTED;
    return this.#read(value, name, depth, kind);
  }

  #kindOf(name: string): NameKind {
    return this.#budget.redactsSecrets ? kindOfName(name) : "data";
  }

  #isShown(value: object, name: string, owner: NameKind): boolean {
    try {
      const isParameter = owner === "properties" && isSchema((value as Live)[name]);
      return isParameter || holdsNoSecret(value, name);
    } catch {
      return false;
    }
  }

  #read(value: object, name: string | number, depth: number, kind: NameKind): Plain | undefined {
    try {
      return this.visit((value as Live)[name], depth + 1, kind);
    } catch {
      return "[unreadable]";
    }
  }

  /** Replaces the fields of an object from `readInstance` in place: the object is new, and its names are safe. */
  #ownFields(read: Record<string, unknown>, depth: number): PlainObject {
    for (const name of Object.keys(read)) {
      this.#budget.characters += name.length;
      read[name] = this.visit(read[name], depth + 1, "data");
    }
    return read as PlainObject;
  }

  #builtIn(value: object, builtIn: BuiltIn, depth: number, kind: NameKind): Plain {
    switch (builtIn) {
      case "date":
        this.#budget.characters += 24;
        return new Date(value as Date);
      case "error":
        return this.#error(value, depth);
      case "map":
        return this.#map(value, depth, kind);
      case "set":
        return this.#set(value, depth);
      case "boxed":
        return this.visit(unbox(value), depth, "data") ?? null;
      case "text":
        return this.#budget.text(String(value));
      case "buffer":
        return this.#binary(value, new Uint8Array(value as ArrayBuffer), depth);
      case "view":
        return this.#binary(value, value as ArrayBufferView, depth);
    }
  }

  #error(value: object, depth: number): Plain {
    const { message, cause, errors } = value as Live;
    const shown = this.visit(message, depth + 1, "data");
    const isSearched = typeof shown === "string" && this.#budget.redactsSecrets;
    return {
      type: nameOfClass(value),
      message: isSearched ? withoutKeys(shown) : shown,
      ...(cause === undefined ? {} : { cause: this.visit(cause, depth + 1, "data") }),
      ...(Array.isArray(errors) ? { errors: this.visit(errors, depth + 1, "data") } : {}),
    };
  }

  #set(value: object, depth: number): Plain {
    const members = membersOf(value, this.#budget.limits.maxValueNodes);
    return this.#array(members, depth, (value as ReadonlySet<unknown>).size);
  }

  #map(value: object, depth: number, kind: NameKind): Plain {
    const { size } = value as ReadonlyMap<unknown, unknown>;
    const entries = entriesOf(value, this.#budget.limits.maxValueNodes);
    if (entries.every(([key]) => typeof key === "string")) {
      return this.#fields(Object.fromEntries(entries), depth, kind, size);
    }
    const shown = entries.map(([key, entry]) =>
      typeof key === "string" && this.#kindOf(key) === "secret" ? [key, REDACTED] : [key, entry],
    );
    return this.#array(shown, depth, size);
  }

  #binary(value: object, view: ArrayBufferView, depth: number): Plain {
    if (isNumberVector(view)) return this.#array(view, depth);
    const { byteLength } = view;
    if (byteLength > this.#budget.room) return { type: nameOfClass(value), byteLength };
    this.#budget.characters += byteLength;
    return new Uint8Array(view.buffer, view.byteOffset, byteLength).slice();
  }
}
