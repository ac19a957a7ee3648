import type { CallbackListeners } from "../events/callbacks.js";
import type { CoreClasses } from "./core-classes.js";
import { createLeanManagers, holdsOnly, isEmptyList } from "./lean-managers.js";
import { EVENTS, type Manager, type Metadata, managerClassesOf } from "./manager-classes.js";
import { isPlainContext, isPlainEnvironment } from "./plain-context.js";
import type { Method } from "./wrap.js";

/** Both functions receive the arguments of `_configureSync`. They return undefined if LangChain has to create the manager itself. */
export interface LeanConfigure {
  /** Returns the manager of a run. */
  readonly create: (args: readonly unknown[]) => Manager | undefined;
  /** Returns the manager for a caller that only reads its handlers and its parent run. Null: there is no manager. */
  readonly read: (args: readonly unknown[]) => Manager | null | undefined;
}

/** Texts in the source of LangChain's methods. A minifier keeps them. A wrapper of another library has none of them. */
const OWN_TEXT = { configure: "LANGCHAIN_VERBOSE", event: "Error in handler" };

/**
 * Prepares lean managers for one copy of core. Undefined if the copy lacks a class, or if another library has patched it:
 * its patches would not be called.
 *
 * @param configure The method `_configureSync` that LangChain's calls of it reach.
 */
export function createLeanConfigure(
  classes: CoreClasses,
  configure: Method,
  handler: object,
  listeners: Required<CallbackListeners>,
): LeanConfigure | undefined {
  const managers = managerClassesOf(classes);
  if (!managers || !sourceOf(configure).includes(OWN_TEXT.configure)) return undefined;
  const events = Object.entries(EVENTS).flatMap(([manager, names]) => {
    const { prototype: owner } = managers[manager as keyof typeof EVENTS];
    return names.map((name) => ({ owner, name, method: Reflect.get(owner, name) as Method }));
  });
  if (!events.every(({ method }) => sourceOf(method).includes(OWN_TEXT.event))) return undefined;
  const { create, isLean } = createLeanManagers(managers, handler, listeners);
  /** False after another library has patched a method. */
  const areOwn = () =>
    events.every(({ owner, name, method }) => Reflect.get(owner, name) === method);

  /** Whether LangChain would add no other handler. What is below a lean manager needs no check of the environment. */
  const staysAlone = (above: Manager | undefined): boolean =>
    isPlainContext() &&
    ((above !== undefined && isLean(above)) || (isPlainEnvironment() && areOwn()));

  const isAlone = (above: unknown): above is Manager =>
    above instanceof managers.CallbackManager && holdsOnly(above, handler) && staysAlone(above);

  return {
    create: (args) => {
      const inheritable = args[0];
      if (!isMissing(args[1]) || isVerbose(args[6])) return undefined;
      const above = isAlone(inheritable) ? inheritable : undefined;
      if (!above && !(isMissing(inheritable) && staysAlone(undefined))) return undefined;
      const manager = create(above);
      extend(manager, args);
      return manager;
    },
    read: ([inheritable, local]) => {
      if (!isMissing(local)) return undefined;
      // A manager without another above it has a parent run only in the context of `traceable`.
      if (isMissing(inheritable)) return isPlainContext() ? null : undefined;
      return isAlone(inheritable) ? inheritable : undefined;
    },
  };
}

function extend(manager: Manager, args: readonly unknown[]): void {
  const [, , tags, localTags, metadata, localMetadata] = args;
  if (isFilledList(tags)) manager.addTags(tags);
  if (isFilledList(localTags)) manager.addTags(localTags, false);
  if (isFilled(metadata)) manager.addMetadata(metadata);
  if (isFilled(localMetadata)) manager.addMetadata(localMetadata, false);
}

/** The metadata of most calls is an empty object. */
function isFilled(metadata: unknown): metadata is Metadata {
  return typeof metadata === "object" && metadata !== null && Object.keys(metadata).length > 0;
}

function isMissing(callbacks: unknown): boolean {
  return callbacks === undefined || callbacks === null || isEmptyList(callbacks);
}

function isFilledList(tags: unknown): tags is readonly string[] {
  return Array.isArray(tags) && tags.length > 0;
}

function isVerbose(options: unknown): boolean {
  return Boolean((options as { readonly verbose?: unknown } | undefined)?.verbose);
}

function sourceOf(method: Method): string {
  return Function.prototype.toString.call(method);
}
