import type { Plain } from "../data/plain.js";
import type { ValuePolicy } from "../recording/value-policy.js";
import type { Exchange } from "./session-analysis.js";

/** A call of LangChain's that has started and not ended. */
export interface TrackedCall {
  /** As the app gave it. */
  readonly spanName: string;
  /** As it may be stored. */
  readonly name: string;
  /** Nothing around it is known here. */
  readonly isRoot: boolean;
  /** Of a model: how many had started with it. */
  readonly number: number;
  readonly tokens: string[];
  /** Of a model: its row of the session's table. */
  exchange?: Exchange;
  /** Of a chain: what may be recorded of its values. */
  policy?: ValuePolicy | undefined;
  /** Of a root call. */
  input?: Plain | undefined;
  /** Its outputs are told as they are: LangChain wraps those of other chains. */
  tellsRaw?: boolean;
}

/** Calls that never end, such as streams that were left, push out the oldest. */
const MAX_OPEN_CALLS = 10_000;

/** The calls of one handler that are going on, by LangChain's ids. */
export class TrackedCalls {
  readonly #calls = new Map<string, TrackedCall>();
  #roots = 0;
  #hasRootEnded = false;
  #hasForgottenPolicy = false;

  /** How many of them are root calls. */
  get roots(): number {
    return this.#roots;
  }

  /** Whether a root call has ended since this was asked last: others may never end. */
  takeRootEnd(): boolean {
    const hasEnded = this.#hasRootEnded;
    this.#hasRootEnded = false;
    return hasEnded;
  }

  open(
    id: string,
    parentId: string | undefined,
    named: Pick<TrackedCall, "spanName" | "name" | "number">,
  ): TrackedCall {
    const isRoot = parentId === undefined || !this.#calls.has(parentId);
    const call: TrackedCall = { ...named, isRoot, tokens: [] };
    this.#calls.set(id, call);
    if (isRoot) this.#roots += 1;
    if (this.#calls.size > MAX_OPEN_CALLS) this.#forgetOldest();
    return call;
  }

  /** Whether a call that was pushed out had a trace policy: the end of an unknown call may be its end. */
  get hasForgottenPolicy(): boolean {
    return this.#hasForgottenPolicy;
  }

  #forgetOldest(): void {
    const oldest = this.close(this.#calls.keys().next().value as string);
    if (oldest?.policy) this.#hasForgottenPolicy = true;
  }

  get(id: string): TrackedCall | undefined {
    return this.#calls.get(id);
  }

  close(id: string): TrackedCall | undefined {
    const call = this.#calls.get(id);
    if (call?.isRoot) {
      this.#roots -= 1;
      this.#hasRootEnded = true;
    }
    this.#calls.delete(id);
    return call;
  }
}
