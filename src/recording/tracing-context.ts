import { AsyncLocalStorage } from "node:async_hooks";
import { shared } from "../base/process-state.js";
import type { Scope } from "./call.js";
import type { RemoteParent } from "./call-values.js";
import { excludedScope } from "./excluded.js";
import { currentScope, runInScope } from "./scopes.js";
import type { TraceHolder } from "./trace-holder.js";

/** What the app has set for the traces that start in a part of its code. */
interface TracingContext {
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly isEnabled: boolean;
  /** The span of another process that is the parent of these traces, which are then parts of its trace. */
  readonly remoteParent: RemoteParent | undefined;
  /** Receives these traces when they are complete. They are recorded whatever the options say. */
  readonly holder: TraceHolder | undefined;
  /** The scope around code that is excluded from tracing. */
  readonly around: Scope | undefined;
}

export interface ContextInit {
  readonly tags: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Undefined: as outside of this context. */
  readonly isEnabled: boolean | undefined;
  /** Default: as outside of this context. */
  readonly remoteParent?: RemoteParent | undefined;
  /** Default: as outside of this context. */
  readonly holder?: TraceHolder | undefined;
}

const contexts = shared(
  "tracingContexts",
  (): { storage?: AsyncLocalStorage<TracingContext> } => ({}),
);

export function tracingContext(): TracingContext | undefined {
  return contexts.storage?.getStore();
}

/** Calls `fn`. The traces that start in it get the tags and the metadata. Those of an outer context apply too. */
export function runInTracingContext<T>(init: ContextInit, fn: () => T): T {
  // Created at the first use, since each storage costs time in every promise of the process.
  contexts.storage ??= new AsyncLocalStorage();
  const outer = tracingContext();
  const wasEnabled = outer?.isEnabled ?? true;
  const isEnabled = init.isEnabled ?? wasEnabled;
  const context = {
    tags: { ...outer?.tags, ...init.tags },
    metadata: { ...outer?.metadata, ...init.metadata },
    isEnabled,
    remoteParent: init.remoteParent ?? outer?.remoteParent,
    holder: init.holder ?? outer?.holder,
    around: wasEnabled ? currentScope() : outer?.around,
  };
  const run = isEnabled === wasEnabled ? fn : () => runInScope(scopeFor(context), fn);
  return contexts.storage.run(context, run);
}

function scopeFor({ isEnabled, around }: TracingContext): Scope | undefined {
  return isEnabled ? around : excludedScope();
}
