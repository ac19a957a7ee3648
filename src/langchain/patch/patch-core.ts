import { debug, guard } from "../../base/log.js";
import type { Collector } from "../../recording/collector.js";
import { currentScope, type Instances, runInScope } from "../../recording/scopes.js";
import type { CallbackListeners } from "../events/callbacks.js";
import type { ModelStreamEffects } from "../streams/model-streams.js";
import { ClassPatcher } from "./classes.js";
import type { CoreClasses } from "./core-classes.js";
import { ContextReads, markReads, patchManager } from "./managers.js";
import type { Undo } from "./wrap.js";

export interface PatchEffects {
  readonly collector: Collector;
  readonly handler: object;
  /** What the handler does at each event. */
  readonly listeners: Required<CallbackListeners>;
  readonly isOurs: (handler: unknown) => boolean;
  readonly isOn: () => boolean;
  /** Shared with the handler. Finds the Runnable of a serialized form. */
  readonly instances: Instances;
  readonly recordModelStream: ModelStreamEffects["recordModelStream"];
}

/** Patches any number of copies of core, and undoes all patches. */
export class CorePatcher {
  readonly #effects: PatchEffects;
  readonly #classes: ClassPatcher;
  readonly #contextReads = new ContextReads();
  /** The patched objects that are not Runnables. */
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
      recordModelStream: effects.recordModelStream,
      onSerialized: effects.instances.add,
      addUndo: (undo) => this.#undos.push(undo),
    });
  }

  /** Can be called again with the same classes. Skips a class that lacks the methods to patch. */
  patch = guard("patch", (classes: CoreClasses): void => {
    this.#isPatched = true;
    const { CallbackManager, Runnable, AsyncLocalStorageProviderSingleton: provider } = classes;
    if (CallbackManager) this.#patchManager(CallbackManager, classes);
    if (provider) this.#patchProvider(Object.getPrototypeOf(provider));
    if (Runnable && Object.hasOwn(Runnable.prototype, "_streamIterator")) {
      this.#classes.patchRunnable(Runnable, Object.values(classes));
    }
  });

  /** Whether a call that starts here is recorded. */
  isRecording(): boolean {
    return this.#isPatched && this.#effects.isOn() && !isUnsampled();
  }

  #patchManager(CallbackManager: object, classes: CoreClasses): void {
    if (this.#patched.has(CallbackManager)) return;
    const { handler, listeners, isOurs } = this.#effects;
    const undo = patchManager(CallbackManager, classes, {
      handler,
      listeners,
      isOurs,
      takeContextRead: () => this.#contextReads.take(),
      // Inside a root that is not sampled, no handler is needed. Without one, LangChain is faster.
      isOn: () => this.isRecording(),
    });
    if (undo) this.#keep(CallbackManager, undo);
    else debug("CallbackManager has no _configureSync: not patched");
  }

  #patchProvider(provider: object): void {
    if (this.#patched.has(provider)) return;
    const undos = [this.#contextReads.patch(provider), markReads(provider)];
    this.#keep(provider, () => {
      for (const undo of undos) undo?.();
    });
  }

  #keep(patched: object, undo: Undo): void {
    this.#patched.add(patched);
    this.#undos.push(() => {
      undo();
      this.#patched.delete(patched);
    });
  }

  /** Restores all descriptors and prototypes. */
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
