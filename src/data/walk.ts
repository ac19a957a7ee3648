import { cutText, nameOfClass, nameOfFunction } from "./bounded-text.js";
import type { Budget } from "./budget.js";
import { builtInOf, builtInOfPrototype, isForeignPlain } from "./built-ins.js";
import { keepCopy, reuseCopy } from "./instance-copies.js";
import { type KeptMedia, mediaOfField, mediaText } from "./media.js";
import { isDataUrl, isMediaField } from "./media-texts.js";
import type { Meter } from "./meter.js";
import { boundedBigint, type Plain, type PlainObject, setField, toJson } from "./plain.js";
import { readBuiltIn } from "./read-built-in.js";
import { isShown, withoutSecretHeaders } from "./secret-values.js";
import { kindOfName, type NameKind, REDACTED } from "./secrets.js";
import { Holes } from "./sparse-list.js";

/** Converts an instance of a known class to a new object. Returns undefined for an unknown class. */
export type ReadInstance = (value: object, redactsSecrets: boolean) => object | undefined;

/** MLflow's server rejects objects nested deeper than 31 levels. Deeper objects become JSON text. */
const MAX_DEPTH = 24;
/** The depth limit inside that JSON text. */
const MAX_TEXT_DEPTH = 120;
const MAX_NAME_CHARACTERS = 1000;
/** An instance with more characters is shortened where it repeats in a trace that is nearly full. */
const LONG_CHARACTERS = 1000;
const REPEATED_TEXT_CHARACTERS = 200;
/** How many of the last items or fields of a value are recorded whose first ones filled the budget. */
const MAX_LAST = 20;
const SHORT_CHARACTERS = 64;

type Fields = Record<string, Plain>;
/** The depth of an object, and the kind of the field that holds it. */
type Place = readonly [depth: number, kind: NameKind];
type Live = { readonly [name: string | number]: unknown };

/** Copies one value as plain data. */
export class Walk {
  readonly budget: Budget;
  readonly #readInstance: ReadInstance;
  readonly #meter: Meter;
  /** Whether the texts of such an instance are cut where it is recorded again. */
  readonly #shortens: boolean;
  /** Whether the walk is in the last item of the innermost list. */
  #isLastItem = false;
  readonly #path: object[] = [];
  #maxDepth = MAX_DEPTH;

  constructor(budget: Budget, readInstance: ReadInstance, meter: Meter, shortens: boolean) {
    this.budget = budget;
    this.#readInstance = readInstance;
    this.#meter = meter;
    this.#shortens = shortens;
  }

  /** `kind` comes from the name of the value's field. */
  visit(value: unknown, depth: number, kind: NameKind): Plain | undefined {
    this.budget.nodes += 1;
    switch (typeof value) {
      case "string":
        return isDataUrl(value)
          ? mediaText(value, this.budget, this.#keptMedia)
          : this.budget.text(value);
      case "number":
      case "boolean":
        this.budget.characters += 8;
        return value;
      case "bigint":
        this.budget.characters += 8;
        return boundedBigint(value);
      case "undefined":
        return undefined;
      case "symbol":
        return this.budget.text(String(value));
      case "function":
        return this.budget.text(`[Function ${nameOfFunction(value)}]`);
      default:
        return value === null ? null : this.#object(value as object, depth, kind);
    }
  }

  #object(value: object, depth: number, kind: NameKind): Plain {
    if (this.budget.isFull) return "[dropped: too large]";
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
    if (Array.isArray(value)) return this.list(value, depth);
    const prototype: object | null = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return this.fields(value, depth, kind);
    }
    const common = builtInOfPrototype(prototype);
    if (common) return readBuiltIn(this, value, common, depth, kind);
    const read = this.#readInstance(value, this.budget.redactsSecrets);
    if (read) return this.#instance(value, read as Record<string, unknown>, depth);
    const builtIn = builtInOf(value);
    if (builtIn) return readBuiltIn(this, value, builtIn, depth, kind);
    return isForeignPlain(prototype)
      ? this.fields(value, depth, kind)
      : { type: nameOfClass(value) };
  }

  /** `list` may have only the first of `length` items. */
  list(list: ArrayLike<unknown>, depth: number, length = list.length): Plain {
    const items: Plain[] = [];
    const isLastItem = this.#isLastItem;
    const holes = new Holes(list, length);
    for (let index = 0; index < length; index += 1) {
      if (this.budget.isFull) {
        const last = this.#lastItems(list, index, length, depth);
        const missing = length - index - last.length;
        if (missing > 0) items.push(`[dropped: ${missing} more items]`);
        items.push(...last);
        break;
      }
      const count = holes.countFrom(index);
      if (count > 0) {
        items.push(this.budget.text(`[${count} empty items]`));
        index += count - 1;
      } else {
        this.#isLastItem = index === length - 1;
        items.push(this.#read(list, index, depth, "data") ?? null);
      }
    }
    this.#isLastItem = isLastItem;
    return items;
  }

  /** The last items of a list whose items from `from` on do not fit. Stops at a hole. */
  #lastItems(list: ArrayLike<unknown>, from: number, length: number, depth: number): Plain[] {
    const last: Plain[] = [];
    this.budget.useReserve(() => {
      for (let index = length - 1; index >= from && last.length < MAX_LAST; index -= 1) {
        if (this.budget.isFull || !(index in list)) break;
        last.unshift(this.#read(list, index, depth, "data") ?? null);
      }
    });
    return last;
  }

  /** `value` may have only the first of `length` fields. */
  fields(value: object, depth: number, kind: NameKind, length?: number): PlainObject {
    const fields: Record<string, Plain> = {};
    const names = Object.keys(value);
    let index = 0;
    for (; index < names.length && !this.budget.isFull; index += 1) {
      this.#addField(fields, value, names[index] as string, depth, kind);
    }
    let missing = (length ?? names.length) - index;
    if (missing > 0) {
      missing -= this.#addLastFields(fields, value, names.slice(index), depth, kind);
      if (missing > 0) fields["[dropped]"] = `${missing} more fields`;
    }
    return fields;
  }

  /** Returns how many of the fields fit. */
  #addLastFields(fields: Fields, value: object, names: readonly string[], ...place: Place): number {
    let added = 0;
    this.budget.useReserve(() => {
      for (const name of names.slice(-MAX_LAST).reverse()) {
        if (this.budget.isFull) break;
        this.#addField(fields, value, name, ...place);
        added += 1;
      }
    });
    return added;
  }

  #addField(fields: Fields, value: object, name: string, ...[depth, kind]: Place): void {
    const entry = this.#field(value, name, depth, kind);
    if (entry === undefined) return;
    if (name === "__proto__") setField(fields, name, entry);
    else if (name.length <= MAX_NAME_CHARACTERS) fields[name] = entry;
    else fields[cutText(name, MAX_NAME_CHARACTERS)] = entry;
  }

  #field(value: object, name: string, depth: number, owner: NameKind): Plain | undefined {
    this.budget.characters += Math.min(name.length, MAX_NAME_CHARACTERS);
    const kind = this.kindOf(name);
    if (kind === "secret" && !isShown(value, name, owner)) return REDACTED;
    return this.#read(value, name, depth, kind);
  }

  kindOf(name: string): NameKind {
    return this.budget.redactsSecrets ? kindOfName(name) : "data";
  }

  #read(value: object, name: string | number, depth: number, kind: NameKind): Plain | undefined {
    try {
      const entry = (value as Live)[name];
      const media = isMediaField(name) && mediaOfField(entry, this.budget, this.#keptMedia);
      return media || this.visit(entry, depth + 1, kind);
    } catch {
      return "[unreadable]";
    }
  }

  /** Undefined in an object that becomes JSON text, where a reference could not replace media. */
  get #keptMedia(): KeptMedia | undefined {
    return this.#maxDepth === MAX_DEPTH ? this.#meter.media : undefined;
  }

  #instance(value: object, read: Record<string, unknown>, depth: number): PlainObject {
    const known = this.#meter.copies?.get(value);
    // The last message of a conversation is the one that a reader looks for.
    if (known && known.characters > LONG_CHARACTERS && this.#shortens && !this.#isLastItem) {
      return this.budget.withShortTexts(REPEATED_TEXT_CHARACTERS, () =>
        this.#ownFields(read, depth),
      );
    }
    const reused = reuseCopy(this.#meter, known, read, depth, this.budget);
    if (reused) return reused;
    const { characters, nodes } = this.budget;
    const plain = this.#ownFields(read, depth);
    keepCopy(this.#meter, value, { plain, depth, ...this.budget.usedSince(characters, nodes) });
    return plain;
  }

  /** Replaces the fields of an object from `readInstance` in place: the object is new, and its names are safe. */
  #ownFields(read: Record<string, unknown>, depth: number): PlainObject {
    for (const name of Object.keys(read)) {
      this.budget.characters += name.length;
      const value = read[name];
      // Short fields, such as the type and id of a message, are few, and other values depend on them.
      const isShort = typeof value === "string" && value.length <= SHORT_CHARACTERS;
      read[name] = isShort ? this.budget.wholeText(value) : this.visit(value, depth + 1, "data");
    }
    return read as PlainObject;
  }
}
