import { guard } from "../../base/log.js";
import { EventStreams } from "../streams/event-streams.js";
import { type ModelStreamEffects, wrapModelStream } from "../streams/model-streams.js";
import { wrapGenerator, wrapStream } from "../streams/streams.js";
import { CallerPatcher } from "./callers.js";
import { wrapCall } from "./calls.js";
import type { Class } from "./core-classes.js";
import { shortForm } from "./short-form.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

export interface ClassEffects extends Omit<ModelStreamEffects, "discover"> {
  /** Called with the serialized form of a Runnable, which is all that LangChain passes to handlers. */
  readonly onSerialized: (serialized: object, self: object) => void;
  readonly addUndo: (undo: Undo) => void;
}

/** Wraps the methods of Runnable, and of each subclass when an instance is created or called. */
export class ClassPatcher {
  readonly #effects: ClassEffects;
  readonly #wrappers: Readonly<Record<string, (original: Method) => Method>>;
  readonly #callers: CallerPatcher;
  /** By prototype. Weak, since an app may create classes at runtime. */
  readonly #wrapped = new WeakMap<object, readonly Undo[]>();
  readonly #patched = new WeakSet<object>();
  /** The prototypes found so far, by the Runnable of their copy. `patchRunnable` patches them again after an undo. */
  readonly #known = new Map<Class, IterableWeakSet<object>>();

  constructor(effects: ClassEffects) {
    this.#effects = effects;
    this.#callers = new CallerPatcher(effects);
    const callEffects = { ...effects, discover: (self: object) => this.#discover(self) };
    const eventStreams = new EventStreams();
    this.#wrappers = {
      invoke: wrapCall(callEffects, "invoke"),
      batch: wrapCall(callEffects, "batch"),
      stream: wrapStream(callEffects, eventStreams),
      streamEvents: eventStreams.wrapMethod,
      _streamEventsV2: eventStreams.wrapGenerator,
      _streamChatModelEvents: wrapModelStream(callEffects, eventStreams),
      _streamIterator: wrapGenerator(callEffects, eventStreams, "_streamIterator"),
      transform: wrapGenerator(callEffects, eventStreams, "transform"),
      // Methods of the app, which may throw or have side effects.
      toJSON: (original) => this.#wrapSerialization(original),
      toJSONNotImplemented: (original) => this.#wrapSerialization(original),
    };
  }

  /** `others`: the other exports of Runnable's module. Subclasses among them may already have instances. */
  patchRunnable(Runnable: Class, others: readonly unknown[] = []): void {
    const known = this.#known.get(Runnable) ?? new IterableWeakSet([Runnable.prototype]);
    this.#known.set(Runnable, known);
    for (const other of others) {
      const prototype = (other as { prototype?: unknown } | undefined)?.prototype;
      if (isBelow(Runnable, prototype)) known.add(prototype);
    }
    for (const prototype of known) this.#wrapPrototypes(prototype, Runnable);
    if (this.#patched.has(Runnable)) return;
    this.#patched.add(Runnable);
    this.#effects.addUndo(() => {
      for (const owner of known) this.#unwrap(owner);
      this.#patched.delete(Runnable);
    });
    this.#watchConstruction(Runnable);
    this.#watchSerialization(Runnable);
  }

  /** Finds the class of an object that was created before the patch, when an inherited method is called. */
  #discover(self: object): void {
    this.#callers.patchCallerOf(self);
    const prototype = Object.getPrototypeOf(self);
    if (this.#wrapped.has(prototype)) return;
    for (const Runnable of this.#known.keys()) {
      if (isBelow(Runnable, prototype)) this.#patchClass(prototype, Runnable);
    }
  }

  #patchClass(prototype: object, Runnable: Class): void {
    if (!this.#wrapped.has(prototype)) this.#wrapPrototypes(prototype, Runnable);
  }

  /** Wraps the own methods of each prototype from this one up to Runnable's. */
  #wrapPrototypes(prototype: object, Runnable: Class): void {
    const base = Object.getPrototypeOf(Runnable.prototype);
    for (let owner = prototype; owner && owner !== base; owner = Object.getPrototypeOf(owner)) {
      if (this.#wrapped.has(owner)) return;
      this.#known.get(Runnable)?.add(owner);
      const wraps = Object.entries(this.#wrappers);
      const undos = wraps.map(([name, wrapper]) => wrapOwnMethod(owner, name, wrapper));
      this.#wrapped.set(
        owner,
        undos.filter((undo) => undo !== undefined),
      );
    }
  }

  #unwrap(owner: object): void {
    for (const undo of this.#wrapped.get(owner) ?? []) undo();
    this.#wrapped.delete(owner);
  }

  /** Inserts a class above Runnable. Its constructor runs for every new instance of Runnable and its subclasses. */
  #watchConstruction(Runnable: Class): void {
    const Base = Object.getPrototypeOf(Runnable) as new (...args: unknown[]) => object;
    const onConstructed = guard("discovery", (prototype: object) => {
      this.#patchClass(prototype, Runnable);
    });
    const Watched = class extends Base {
      constructor(...args: unknown[]) {
        super(...args);
        onConstructed(new.target.prototype);
      }
    };
    Object.setPrototypeOf(Runnable, Watched);
    this.#effects.addUndo(() => {
      if (Object.getPrototypeOf(Runnable) === Watched) Object.setPrototypeOf(Runnable, Base);
    });
  }

  /** LangChain serializes a Runnable at the start of each run. This finds the object of the run, and its class. */
  #watchSerialization(Runnable: Class): void {
    const prototype = Runnable.prototype as Record<string, unknown>;
    const above = Object.getPrototypeOf(prototype) as Record<string, Method>;
    for (const name of ["toJSON", "toJSONNotImplemented"]) {
      if (Object.hasOwn(prototype, name)) continue;
      const inherited = function (this: unknown) {
        return above[name]?.call(this);
      };
      const value = this.#wrapSerialization(inherited, Runnable);
      Object.defineProperty(value, "name", { value: name, configurable: true });
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
      this.#effects.addUndo(() => {
        if (prototype[name] === value) delete prototype[name];
      });
    }
  }

  /** For a lean manager, returns the short form and does not call the original. */
  #wrapSerialization(original: Method, Runnable?: Class): Method {
    const effects = this.#effects;
    const isOwnScope = (self: object) => {
      const scope = effects.here();
      return scope?.self === self && scope.serialized === undefined;
    };
    const shortFormOf = guard("serialization", shortForm);
    const noteSerialized = guard("serialization", (serialized: unknown, self: object) => {
      if (typeof serialized === "object" && serialized !== null) {
        effects.onSerialized(serialized, self);
      }
      if (Runnable) this.#patchClass(Object.getPrototypeOf(self), Runnable);
    });
    return function (this: unknown, ...args: unknown[]) {
      const self = this as object;
      const serialized = shortFormOf(self, isOwnScope) ?? original.apply(this, args);
      noteSerialized(serialized, self);
      return serialized;
    };
  }
}

function isBelow(Runnable: Class, prototype: unknown): prototype is object {
  return Object.prototype.isPrototypeOf.call(Runnable.prototype, prototype as object);
}

/** A WeakSet that can be iterated. */
class IterableWeakSet<T extends object> implements Iterable<T> {
  readonly #references = new Set<WeakRef<T>>();
  readonly #members = new WeakMap<T, WeakRef<T>>();
  readonly #collected = new FinalizationRegistry<WeakRef<T>>((reference) => {
    this.#references.delete(reference);
  });

  constructor(members: Iterable<T> = []) {
    for (const member of members) this.add(member);
  }

  add(member: T): void {
    if (this.#members.has(member)) return;
    const reference = new WeakRef(member);
    this.#members.set(member, reference);
    this.#references.add(reference);
    this.#collected.register(member, reference);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const reference of this.#references) {
      const member = reference.deref();
      if (member) yield member;
    }
  }
}
