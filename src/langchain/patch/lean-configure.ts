import type { CallbackListeners } from "../events/callbacks.js";
import type { CoreClasses } from "./core-classes.js";
import { createLeanManagers } from "./lean-managers.js";
import { EVENTS, type Manager, type Metadata, managerClassesOf } from "./manager-classes.js";
import { isPlainContext, isPlainEnvironment } from "./plain-context.js";
import type { Method } from "./wrap.js";

/** Returns a lean manager for the arguments of `_configureSync`, or undefined if only LangChain's own manager is right. */
export type LeanConfigure = (args: readonly unknown[]) => Manager | undefined;

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
  const holdsOnlyOurs = ({ handlers, inheritableHandlers }: Manager): boolean =>
    [handlers, inheritableHandlers].every((list) => list.length === 1 && list[0] === handler);

  /** Whether LangChain would add no other handler. What is below a lean manager needs no check of the environment. */
  const staysAlone = (above: Manager | undefined): boolean =>
    isPlainContext() &&
    ((above !== undefined && isLean(above)) || (isPlainEnvironment() && areOwn()));

  return ([inheritable, local, ...rest]) => {
    if (!isEmptyList(local) || isVerbose(rest[4])) return undefined;
    const above = inheritable instanceof managers.CallbackManager ? inheritable : undefined;
    if (!(above ? holdsOnlyOurs(above) : isEmptyList(inheritable))) return undefined;
    if (!staysAlone(above)) return undefined;
    const manager = create(above?._parentRunId, {
      handlers: [handler],
      inheritableHandlers: [handler],
      ...copyOf(above),
    });
    extend(manager, rest);
    return manager;
  };
}

function extend(manager: Manager, [tags, localTags, metadata, localMetadata]: readonly unknown[]) {
  if (isFilledList(tags)) manager.addTags(tags);
  if (isFilledList(localTags)) manager.addTags(localTags, false);
  if (metadata) manager.addMetadata(metadata as Metadata);
  if (localMetadata) manager.addMetadata(localMetadata as Metadata, false);
}

/** The tags and metadata of a copy, as `CallbackManager.copy()` makes it. */
function copyOf(manager: Manager | undefined) {
  if (!manager) return { tags: [], inheritableTags: [], metadata: {}, inheritableMetadata: {} };
  // The last one of equal tags stays.
  const tags = manager.tags.filter((tag, index) => manager.tags.indexOf(tag, index + 1) < 0);
  const metadata = { ...manager.metadata };
  const inheritableMetadata: Metadata = {};
  for (const key of Object.keys(metadata)) {
    if (Object.hasOwn(manager.inheritableMetadata, key)) inheritableMetadata[key] = metadata[key];
  }
  const inheritableTags = tags.filter((tag) => manager.inheritableTags.includes(tag));
  return { tags, inheritableTags, metadata, inheritableMetadata };
}

function isEmptyList(callbacks: unknown): boolean {
  return (
    callbacks === undefined ||
    callbacks === null ||
    (Array.isArray(callbacks) && callbacks.length === 0)
  );
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
