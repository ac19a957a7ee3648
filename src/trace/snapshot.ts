import { type Plain, type PlainObject, toJson } from "./plain.js";
import { isSecretName, REDACTED, withoutUrlCredentials } from "./secrets.js";

export interface SnapshotLimits {
  readonly maxStringCharacters: number;
  readonly maxValueCharacters: number;
  readonly maxValueNodes: number;
  readonly maxTraceCharacters: number;
}

/** Counts what one trace holds; every snapshot of that trace adds to it. */
export interface Meter {
  characters: number;
}

/** What a class instance of a library means as data, or undefined when it is not known. */
export type ReadInstance = (value: object) => object | undefined;

export type Snapshot = (value: unknown, meter: Meter) => Plain | undefined;

/** MLflow's server refuses objects nested deeper than 31; what lies below this becomes JSON text. */
const MAX_DEPTH = 24;
/** Below the depth limit the text is still made by walking, and that has an end too. */
const MAX_TEXT_DEPTH = 120;

/**
 * Makes the one walk over a live value that turns it into plain data. It never throws, never calls
 * a foreign `toJSON`, never follows a cycle, and stops at the limits with a mark in the data.
 */
export function createSnapshot(limits: () => SnapshotLimits, readInstance: ReadInstance): Snapshot {
  return (value, meter) => {
    const bounds = limits();
    if (meter.characters >= bounds.maxTraceCharacters) return "[dropped: the trace is full]";
    const walk = new Walk(bounds, readInstance);
    const plain = walk.visit(value, 0);
    meter.characters += walk.characters;
    return plain;
  };
}

class Walk {
  characters = 0;
  #nodes = 0;
  #maxDepth = MAX_DEPTH;
  readonly #path: object[] = [];
  readonly #limits: SnapshotLimits;
  readonly #readInstance: ReadInstance;

  constructor(limits: SnapshotLimits, readInstance: ReadInstance) {
    this.#limits = limits;
    this.#readInstance = readInstance;
  }

  visit(value: unknown, depth: number): Plain | undefined {
    this.#nodes += 1;
    switch (typeof value) {
      case "string":
        return this.#text(value);
      case "number":
      case "boolean":
        this.characters += 8;
        return value;
      case "undefined":
        return undefined;
      case "bigint":
        this.characters += 8;
        return value;
      case "symbol":
        return this.#text(String(value));
      case "function":
        return this.#text(`[Function ${nameOf(value)}]`);
      default:
        return value === null ? null : this.#object(value as object, depth);
    }
  }

  #text(value: string): string {
    const { maxStringCharacters, maxValueCharacters } = this.#limits;
    const room = Math.min(maxStringCharacters, maxValueCharacters - this.characters);
    if (value.length <= room) {
      this.characters += value.length + 8;
      return withoutUrlCredentials(value);
    }
    const kept = Math.max(room, 0);
    this.characters += kept + 8;
    // Copied: a slice would keep the whole text in memory.
    const head = Buffer.from(value.slice(0, kept)).toString();
    return `${withoutUrlCredentials(head)}[cut: ${value.length - kept} of ${value.length} characters]`;
  }

  #object(value: object, depth: number): Plain {
    if (this.#nodes > this.#limits.maxValueNodes) return "[dropped: too many nodes]";
    if (this.characters >= this.#limits.maxValueCharacters) return "[dropped: too long]";
    if (depth >= this.#maxDepth) return this.#deep(value, depth);
    if (this.#path.includes(value)) return "[Circular]";
    this.#path.push(value);
    try {
      return this.#open(value, depth);
    } catch {
      return { type: nameOfClass(value) };
    } finally {
      this.#path.pop();
    }
  }

  /** Below the depth limit: walked on, then written as text. */
  #deep(value: object, depth: number): Plain {
    if (depth >= MAX_TEXT_DEPTH) return "[dropped: too deep]";
    const outer = this.#maxDepth;
    this.#maxDepth = MAX_TEXT_DEPTH;
    const plain = this.#object(value, depth);
    this.#maxDepth = outer;
    return outer === MAX_DEPTH && typeof plain === "object" ? toJson(plain) : plain;
  }

  #open(value: object, depth: number): Plain {
    if (Array.isArray(value)) return this.#array(value, depth);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) return this.#fields(value, depth);
    const atom = this.#builtIn(value, depth);
    if (atom !== undefined) return atom;
    const read = this.#readInstance(value);
    if (read !== undefined) return this.#fields(read, depth);
    return isForeignPlain(prototype) ? this.#fields(value, depth) : { type: nameOfClass(value) };
  }

  #array(value: readonly unknown[], depth: number): Plain {
    const items: Plain[] = [];
    for (let index = 0; index < value.length; index += 1) {
      if (this.#nodes > this.#limits.maxValueNodes) {
        items.push(`[dropped: ${value.length - index} more items]`);
        break;
      }
      items.push(this.visit(value[index], depth + 1) ?? null);
    }
    return items;
  }

  #fields(value: object, depth: number): PlainObject {
    const fields: Record<string, Plain> = {};
    for (const key of Object.keys(value)) {
      if (this.#nodes > this.#limits.maxValueNodes) {
        fields["[dropped]"] = "too many nodes";
        break;
      }
      this.characters += key.length;
      const entry = isSecretName(key) ? redact(value, key) : this.#field(value, key, depth);
      if (entry === undefined) continue;
      if (key === "__proto__")
        Object.defineProperty(fields, key, { value: entry, enumerable: true });
      else fields[key] = entry;
    }
    return fields;
  }

  #field(value: object, key: string, depth: number): Plain | undefined {
    let entry: unknown;
    try {
      entry = (value as Record<string, unknown>)[key];
    } catch {
      return "[unreadable]";
    }
    return this.visit(entry, depth + 1);
  }

  #builtIn(value: object, depth: number): Plain | undefined {
    if (value instanceof Date) return new Date(value);
    if (value instanceof Error) {
      return { type: nameOfClass(value), message: this.#text(String(value.message)) };
    }
    if (value instanceof Map) return this.#map(value, depth);
    if (value instanceof Set) return this.#array([...value], depth);
    if (value instanceof URL || value instanceof RegExp) return this.#text(String(value));
    if (ArrayBuffer.isView(value)) return this.#binary(value);
    return undefined;
  }

  #map(value: ReadonlyMap<unknown, unknown>, depth: number): Plain {
    const named = [...value.keys()].every((key) => typeof key === "string");
    return named
      ? this.#fields(Object.fromEntries(value), depth)
      : this.#array([...value.entries()], depth);
  }

  #binary(value: ArrayBufferView): Plain {
    const room = Math.min(this.#limits.maxStringCharacters, this.#limits.maxValueCharacters);
    if (value.byteLength > room) return { type: nameOfClass(value), byteLength: value.byteLength };
    this.characters += value.byteLength;
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
  }
}

function redact(value: object, key: string): Plain | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(value, key);
  return descriptor?.value === undefined && !descriptor?.get ? undefined : REDACTED;
}

/** An object literal of another realm (a worker's, a vm's) is plain data too. */
function isForeignPlain(prototype: unknown): boolean {
  return (
    Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf")
  );
}

function nameOf(value: { readonly name?: unknown }): string {
  return typeof value.name === "string" && value.name ? value.name : "anonymous";
}

/** The class an object is of, for people; reading it may fail on a hostile object. */
export function nameOfClass(value: object): string {
  try {
    const maker = value.constructor as { readonly name?: unknown } | undefined;
    return typeof maker?.name === "string" && maker.name ? maker.name : "Object";
  } catch {
    return "Object";
  }
}
