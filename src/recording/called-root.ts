import type { Method } from "./method.js";

/** A call of the app. */
export interface CalledRoot {
  /** The object that the app called. Undefined for a run outside of any scope. */
  readonly self: object | undefined;
  readonly input: unknown;
  /** The config that the app passed. For a run outside of any scope: its name and metadata. */
  readonly config: unknown;
  /** The app excludes this call, and what it calls, from traces. */
  readonly isExcluded: boolean;
  /** The app asks for a new trace, also where the span of another process is the parent. */
  readonly isNewTrace?: boolean;
}

/** A call of a patched method. */
export interface CalledMethod extends CalledRoot {
  readonly self: object;
  readonly method: Method;
}
