import { guard } from "../log.js";
import { type CallEffects, wrapCall } from "./calls.js";
import { wrapGenerator, wrapStream } from "./streams.js";
import { type Method, type Undo, wrapOwnMethod } from "./wrap.js";

/** A class of LangChain's, as far as we touch it. */
export type Class = abstract new (...args: never[]) => object;

export interface ClassEffects extends CallEffects {
  /** Remembers which Runnable a serialized form came from: LangChain hands handlers only that. */
  readonly onSerialized: (serialized: object, self: object) => void;
  readonly addUndo: (undo: Undo) => void;
}

/** Wraps the calling methods of Runnable, and of every subclass as soon as one is made or runs. */
export class ClassPatcher {
  readonly #effects: ClassEffects;
  readonly #wrappers: Readonly<Record<string, (original: Method) => Method>>;
  readonly #wrapped = new WeakSet<object>();
  readonly #runnables = new WeakSet<object>();

  constructor(effects: ClassEffects) {
    this.#effects = effects;
    this.#wrappers = {
      invoke: wrapCall(effects, "invoke"),
      batch: wrapCall(effects, "batch"),
      stream: wrapStream(effects),
      _streamIterator: wrapGenerator(effects, "_streamIterator"),
      transform: wrapGenerator(effects, "transform"),
    };
  }

  patchRunnable(Runnable: Class): void {
    if (this.#runnables.has(Runnable)) return;
    this.#runnables.add(Runnable);
    this.#effects.addUndo(() => this.#runnables.delete(Runnable));
    this.#wrapPrototypes(Runnable.prototype, Runnable);
    this.#watchConstruction(Runnable);
    this.#watchSerialization(Runnable);
  }

  /** Wraps what the prototypes from this one up to Runnable's own themselves define. */
  #wrapPrototypes(prototype: object, Runnable: Class): void {
    const base = Object.getPrototypeOf(Runnable.prototype);
    for (let owner = prototype; owner && owner !== base; owner = Object.getPrototypeOf(owner)) {
      if (this.#wrapped.has(owner)) return;
      this.#wrapped.add(owner);
      for (const [name, wrapper] of Object.entries(this.#wrappers)) {
        const undo = wrapOwnMethod(owner, name, wrapper);
        if (undo) this.#effects.addUndo(undo);
      }
      const done = owner;
      this.#effects.addUndo(() => this.#wrapped.delete(done));
    }
  }

  /** A derived constructor looks up its parent when it runs: one class above Runnable sees them all. */
  #watchConstruction(Runnable: Class): void {
    const Base = Object.getPrototypeOf(Runnable) as new (...args: unknown[]) => object;
    const see = guard("discovery", (prototype: object) => {
      if (!this.#wrapped.has(prototype)) this.#wrapPrototypes(prototype, Runnable);
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
      const own = Object.getPrototypeOf(self);
      if (!this.#wrapped.has(own)) this.#wrapPrototypes(own, Runnable);
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
