import { guard } from "../../base/log.js";
import { EventStreams } from "../streams/event-streams.js";
import { type ModelStreamEffects, wrapModelStream } from "../streams/model-streams.js";
import { wrapGenerator, wrapStream } from "../streams/streams.js";
import { CallerPatcher } from "./callers.js";
import { wrapCall } from "./calls.js";
import { LivingSet } from "./living-set.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

/** A class of LangChain's, as far as we touch it. */
export type Class = abstract new (...args: never[]) => object;

export interface ClassEffects extends Omit<ModelStreamEffects, "discover"> {
  /** Remembers which Runnable a serialized form came from: LangChain hands handlers only that. */
  readonly onSerialized: (serialized: object, self: object) => void;
  readonly addUndo: (undo: Undo) => void;
}

/** Wraps the calling methods of Runnable, and of every subclass as soon as one is made or runs. */
export class ClassPatcher {
  readonly #effects: ClassEffects;
  readonly #wrappers: Readonly<Record<string, (original: Method) => Method>>;
  readonly #callers: CallerPatcher;
  /** By prototype. Apps make classes in functions: those are not to live for us. */
  readonly #wrapped = new WeakMap<object, readonly Undo[]>();
  readonly #patched = new WeakSet<object>();
  /** Prototypes met so far, by their copy's Runnable: switched on again, we meet instances made before. */
  readonly #known = new Map<Class, LivingSet<object>>();

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
    };
  }

  /** `others` are what stands beside Runnable in its module: subclasses may have instances already. */
  patchRunnable(Runnable: Class, others: readonly unknown[] = []): void {
    const known = this.#known.get(Runnable) ?? new LivingSet([Runnable.prototype]);
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

  /** An object made before we were there shows its class when a method it inherits is called. */
  #discover(self: object): void {
    this.#callers.meet(self);
    const prototype = Object.getPrototypeOf(self);
    if (this.#wrapped.has(prototype)) return;
    for (const Runnable of this.#known.keys()) {
      if (isBelow(Runnable, prototype)) this.#meet(prototype, Runnable);
    }
  }

  #meet(prototype: object, Runnable: Class): void {
    if (!this.#wrapped.has(prototype)) this.#wrapPrototypes(prototype, Runnable);
  }

  /** Wraps what the prototypes from this one up to Runnable's own themselves define. */
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

  /** A derived constructor looks up its parent when it runs: one class above Runnable sees them all. */
  #watchConstruction(Runnable: Class): void {
    const Base = Object.getPrototypeOf(Runnable) as new (...args: unknown[]) => object;
    const see = guard("discovery", (prototype: object) => {
      this.#meet(prototype, Runnable);
    });
    const Watched = class extends Base {
      constructor(...args: unknown[]) {
        super(...args);
        see(new.target.prototype);
      }
    };
    Object.setPrototypeOf(Runnable, Watched);
    this.#effects.addUndo(() => {
      if (Object.getPrototypeOf(Runnable) === Watched) Object.setPrototypeOf(Runnable, Base);
    });
  }

  /** LangChain serializes a Runnable for its handlers at each run: so its object is known, and its class. */
  #watchSerialization(Runnable: Class): void {
    const prototype = Runnable.prototype as Record<string, unknown>;
    const above = Object.getPrototypeOf(prototype) as Record<string, Method>;
    const see = guard("serialization", (serialized: unknown, self: object) => {
      if (typeof serialized === "object" && serialized !== null) {
        this.#effects.onSerialized(serialized, self);
      }
      this.#meet(Object.getPrototypeOf(self), Runnable);
    });
    for (const name of ["toJSON", "toJSONNotImplemented"]) {
      if (Object.hasOwn(prototype, name)) continue;
      const value = function (this: object) {
        const serialized = above[name]?.call(this);
        see(serialized, this);
        return serialized;
      };
      Object.defineProperty(value, "name", { value: name, configurable: true });
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
      this.#effects.addUndo(() => {
        if (prototype[name] === value) delete prototype[name];
      });
    }
  }
}

function isBelow(Runnable: Class, prototype: unknown): prototype is object {
  return Object.prototype.isPrototypeOf.call(Runnable.prototype, prototype as object);
}
