import { randomUUID } from "node:crypto";
import type { CallbackListeners } from "../events/callbacks.js";
import {
  EVENTS,
  type Fields,
  type Manager,
  type ManagerClasses,
  type RunManager,
  type RunManagerClass,
} from "./manager-classes.js";
import { noteStart } from "./short-form.js";
import type { Method } from "./wrap.js";

export interface LeanManagers {
  /**
   * Creates a manager with the tags and metadata of another one, as LangChain's `copy()` does. Its events go directly to
   * our listeners as long as our handler is its only one.
   */
  readonly create: (above: Manager | undefined) => Manager;
  readonly isLean: (manager: Manager) => boolean;
}

const DONE = Promise.resolve();

/**
 * Creates subclasses of the managers of one copy of core, for calls without any handler but ours. They pass events
 * directly to its listeners. LangChain's own methods create about six promises and enter an async context for each
 * event. If a manager gets another handler, its methods do what LangChain's own do.
 */
export function createLeanManagers(
  classes: ManagerClasses,
  handler: object,
  listeners: Required<CallbackListeners>,
): LeanManagers {
  const isAlone = ({ handlers }: Fields): boolean => isOnly(handlers, handler);

  const LeanManager = subclass(classes.CallbackManager);
  /** The constructor creates the lists and objects. Others in its options would replace them. */
  const createFor = (parentRunId: string | undefined): Manager => {
    const manager = new LeanManager(parentRunId);
    manager.handlers.push(handler);
    manager.inheritableHandlers.push(handler);
    return manager;
  };
  const create: LeanManagers["create"] = (above) =>
    above ? copyFields(above, createFor(above._parentRunId)) : createFor(undefined);

  // LangGraph copies the manager for each node and for each edge.
  const { copy } = LeanManager.prototype as { copy(this: Manager, ...args: unknown[]): Manager };
  define(LeanManager.prototype, "copy", function (this: Manager, ...args: unknown[]) {
    const [additional] = args;
    const isPlain = additional === undefined || isEmptyList(additional);
    return isPlain && holdsOnly(this, handler) ? create(this) : copy.apply(this, args);
  });

  /** Overrides a method for managers whose only handler is ours. */
  function override<This extends Fields>(
    { prototype }: { readonly prototype: This },
    name: keyof CallbackListeners,
    method: (manager: This, args: readonly unknown[]) => unknown,
  ): void {
    const inherited = Object.getPrototypeOf(prototype) as Readonly<Record<string, Method>>;
    const value = function (this: This, ...args: unknown[]) {
      return isAlone(this) ? method(this, args) : inherited[name]?.apply(this, args);
    };
    define(prototype, name, value);
  }

  /** Overrides a method that starts a run. LangChain reads the method before it serializes the Runnable for it. */
  function overrideStart(
    name: keyof CallbackListeners,
    method: (manager: Manager, args: readonly unknown[]) => unknown,
  ): void {
    const { prototype } = LeanManager;
    override(LeanManager, name, (manager, args) => {
      noteStart(false);
      return method(manager, args);
    });
    const value: unknown = Reflect.get(prototype, name);
    Object.defineProperty(prototype, name, {
      get(this: Manager) {
        if (isAlone(this)) noteStart(true);
        return value;
      },
      set(this: Manager, own: unknown) {
        Object.defineProperty(this, name, { value: own, writable: true, configurable: true });
      },
      configurable: true,
    });
  }

  const ChainRun = subclass(classes.CallbackManagerForChainRun);
  const ToolRun = subclass(classes.CallbackManagerForToolRun);
  const RetrieverRun = subclass(classes.CallbackManagerForRetrieverRun);
  const ModelRun = subclass(classes.CallbackManagerForLLMRun);

  function overrideEnds(Run: RunManagerClass, names: readonly (keyof CallbackListeners)[]): void {
    for (const name of names) {
      override(Run, name, ({ runId, _parentRunId, tags }, args) => {
        const event = { value: args[0], runId, parentRunId: _parentRunId, tags, kwargs: args[4] };
        listeners[name](event as never);
        return DONE;
      });
    }
  }
  overrideEnds(ChainRun, EVENTS.CallbackManagerForChainRun);
  overrideEnds(ToolRun, EVENTS.CallbackManagerForToolRun);
  overrideEnds(RetrieverRun, EVENTS.CallbackManagerForRetrieverRun);
  overrideEnds(ModelRun, EVENTS.CallbackManagerForLLMRun);
  // Its arguments have another order.
  override(ModelRun, "handleLLMNewToken", ({ runId, _parentRunId, tags }, args) => {
    const [value, index, , , , fields] = args;
    listeners.handleLLMNewToken({ value, index, runId, parentRunId: _parentRunId, tags, fields });
    return DONE;
  });

  for (const Run of [ChainRun, ToolRun, RetrieverRun]) {
    const { getChild } = Run.prototype as { getChild(this: RunManager, tag?: string): Manager };
    define(Run.prototype, "getChild", function (this: RunManager, tag?: string): Manager {
      const { inheritableHandlers: inherited } = this;
      if (inherited.length !== 1 || inherited[0] !== handler) return getChild.call(this, tag);
      const child = createFor(this.runId);
      child.tags.push(...this.inheritableTags);
      child.inheritableTags.push(...this.inheritableTags);
      child.metadata = { ...this.inheritableMetadata };
      child.inheritableMetadata = { ...this.inheritableMetadata };
      if (tag) child.addTags([tag], false);
      return child;
    });
  }

  overrideStart("handleChainStart", (manager, args) => {
    const run = startRun(ChainRun, manager, args[2]);
    const { runId, _parentRunId: parentRunId, tags, metadata } = run;
    const [serialized, value, , runType, , , runName, , extra] = args;
    const about = {
      runId,
      parentRunId,
      tags,
      metadata,
      serialized,
      value,
      runType,
      runName,
      extra,
    };
    listeners.handleChainStart(about);
    return Promise.resolve(run);
  });
  overrideStart("handleToolStart", (manager, args) => {
    const run = startRun(ToolRun, manager, args[2]);
    const [serialized, value, , , , , runName, toolCallId] = args;
    listeners.handleToolStart({ ...started(run), serialized, value, runName, toolCallId });
    return Promise.resolve(run);
  });
  overrideStart("handleRetrieverStart", (manager, args) => {
    const run = startRun(RetrieverRun, manager, args[2]);
    const [serialized, value, , , , , runName] = args;
    listeners.handleRetrieverStart({ ...started(run), serialized, value, runName });
    return Promise.resolve(run);
  });
  for (const name of ["handleLLMStart", "handleChatModelStart"] as const) {
    overrideStart(name, (manager, args) => {
      const [serialized, inputs, runId, , extra, , , runName] = args;
      const runs = (inputs as readonly unknown[]).map((input, index) => {
        const run = startRun(ModelRun, manager, index === 0 ? runId : undefined);
        listeners[name]({ ...started(run), serialized, value: [input], extra, runName });
        return run;
      });
      return Promise.resolve(runs);
    });
  }
  return { create, isLean: (manager) => manager instanceof LeanManager };
}

/** Whether the only handler of a manager, and of what it passes on, is `handler`. */
export function holdsOnly({ handlers, inheritableHandlers }: Manager, handler: object): boolean {
  return isOnly(handlers, handler) && isOnly(inheritableHandlers, handler);
}

function isOnly(list: readonly unknown[], handler: object): boolean {
  return list.length === 1 && list[0] === handler;
}

/** Copies tags and metadata to a new manager, as `CallbackManager.copy()` does. */
function copyFields(from: Manager, to: Manager): Manager {
  const { tags, inheritableTags, metadata, inheritableMetadata } = from;
  for (let index = 0; index < tags.length; index++) {
    const tag = tags[index]!;
    // The last one of equal tags stays.
    if (tags.indexOf(tag, index + 1) >= 0) continue;
    to.tags.push(tag);
    if (inheritableTags.includes(tag)) to.inheritableTags.push(tag);
  }
  to.metadata = { ...metadata };
  for (const key of Object.keys(metadata)) {
    if (Object.hasOwn(inheritableMetadata, key)) to.inheritableMetadata[key] = metadata[key];
  }
  return to;
}

export function isEmptyList(callbacks: unknown): boolean {
  return Array.isArray(callbacks) && callbacks.length === 0;
}

function define<This>(
  prototype: This & object,
  name: string,
  value: (this: This, ...args: never[]) => unknown,
): void {
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}

/** A subclass that looks like its base class: `constructor` is the base class. */
function subclass<Class extends abstract new (...args: never[]) => object>(base: Class): Class {
  const Lean = class extends (base as unknown as new () => object) {} as unknown as Class;
  Object.defineProperty(Lean.prototype, "constructor", { value: base, configurable: true });
  return Lean;
}

function startRun(Run: RunManagerClass, manager: Manager, runId: unknown): RunManager {
  return new Run(
    typeof runId === "string" ? runId : newRunId(),
    manager.handlers,
    manager.inheritableHandlers,
    manager.tags,
    manager.inheritableTags,
    manager.metadata,
    manager.inheritableMetadata,
    manager._parentRunId,
  );
}

function started({ runId, _parentRunId, tags, metadata }: RunManager) {
  return { runId, parentRunId: _parentRunId, tags, metadata };
}

let prefixMs = 0;
let prefix = "";

/** A UUID of version 7, as LangChain creates it. Its first part is the time. */
function newRunId(): string {
  const nowMs = Date.now();
  if (nowMs !== prefixMs) {
    prefixMs = nowMs;
    const time = nowMs.toString(16).padStart(12, "0");
    prefix = `${time.slice(0, 8)}-${time.slice(8)}-7`;
  }
  return prefix + randomUUID().slice(15);
}
