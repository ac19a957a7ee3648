import { debug, guard } from "../../base/log.js";
import type { Collector } from "../../recording/collector.js";
import { currentScope, type Instances, runInScope } from "../../recording/scopes.js";
import type { ModelStreamEffects } from "../streams/model-streams.js";
import { type Class, ClassPatcher } from "./classes.js";
import { Glances } from "./glances.js";
import { patchManager } from "./managers.js";
import type { Undo } from "./wrap.js";

/**
 * The two classes of one copy of `@langchain/core` that everything hangs on, what makes it cheap, and
 * whatever else their modules export.
 */
export interface CoreClasses {
  readonly CallbackManager?: object | undefined;
  readonly Runnable?: Class | undefined;
  readonly AsyncLocalStorageProviderSingleton?: object | undefined;
  readonly [name: string]: unknown;
}

export interface PatchEffects {
  readonly collector: Collector;
  readonly handler: object;
  readonly isOurs: (handler: unknown) => boolean;
  readonly isOn: () => boolean;
  /** Shared with the handler: which Runnable a serialized form came from. */
  readonly instances: Instances;
  readonly tellStream: ModelStreamEffects["tellStream"];
}

/** Patches any number of copies of core, and takes it all back. */
export class CorePatcher {
  readonly #effects: PatchEffects;
  readonly #classes: ClassPatcher;
  readonly #glances = new Glances();
  /** What of the copies' is patched, besides Runnables. */
  readonly #patched = new WeakSet<object>();
  #undos: Undo[] = [];
  #isPatched = true;

  constructor(effects: PatchEffects) {
    this.#effects = effects;
    const isOn = () => this.#isPatched && effects.isOn();
    this.#classes = new ClassPatcher({
      collector: effects.collector,
      here: currentScope,
      runInScope,
      isOn,
      tellStream: effects.tellStream,
      onSerialized: effects.instances.add,
      addUndo: (undo) => this.#undos.push(undo),
    });
  }

  /** Safe to call with the same classes again. A class that lacks what we patch is left alone. */
  patch = guard("patch", (classes: CoreClasses): void => {
    this.#isPatched = true;
    const { CallbackManager, Runnable, AsyncLocalStorageProviderSingleton: provider } = classes;
    if (CallbackManager) this.#patchManager(CallbackManager);
    if (provider) this.#patchProvider(Object.getPrototypeOf(provider));
    if (Runnable && Object.hasOwn(Runnable.prototype, "_streamIterator")) {
      this.#classes.patchRunnable(Runnable, Object.values(classes));
    }
  });

  #patchManager(CallbackManager: object): void {
    if (this.#patched.has(CallbackManager)) return;
    const undo = patchManager(CallbackManager, {
      handler: this.#effects.handler,
      isOurs: this.#effects.isOurs,
      // Inside a root that is not sampled no handler is needed, and LangChain's cheap path stays open.
      isOn: () =>
        !this.#glances.take() && this.#isPatched && this.#effects.isOn() && !isUnsampled(),
    });
    if (undo) this.#keep(CallbackManager, undo);
    else debug("CallbackManager without _configureSync: not patched");
  }

  #patchProvider(provider: object): void {
    if (this.#patched.has(provider)) return;
    const undo = this.#glances.patch(provider);
    if (undo) this.#keep(provider, undo);
  }

  #keep(patched: object, undo: Undo): void {
    this.#patched.add(patched);
    this.#undos.push(() => {
      undo();
      this.#patched.delete(patched);
    });
  }

  /** Every descriptor and prototype is as it was. */
  undo(): void {
    this.#isPatched = false;
    for (const undo of this.#undos.reverse()) guard("undo", undo)();
    this.#undos = [];
  }
}

function isUnsampled(): boolean {
  const call = currentScope()?.call;
  return call !== undefined && !call.sampled && call.state === "open";
}
