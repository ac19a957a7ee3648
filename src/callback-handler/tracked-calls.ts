import type { Plain } from "../data/plain.js";
import type { ValuePolicy } from "../recording/value-policy.js";

/** A prompt and the model's answer with its text metrics: a row of `table_session_analysis`. */
export interface Exchange {
  [column: string]: Plain | undefined;
  readonly prompt_step: number;
  readonly prompt: string;
  readonly name: string;
  /** This field and the fields below are set when the model has answered. */
  output_step?: number;
  output?: string;
  token_usage_total_tokens?: number;
  token_usage_prompt_tokens?: number;
  token_usage_completion_tokens?: number;
}

/** A LangChain call that has started and not ended. */
export interface TrackedCall {
  /** The name that the app gave to the call, or the name of the class. It may contain secrets. */
  readonly spanName: string;
  /** The name without secrets. Only this name may be stored. */
  readonly name: string;
  /** True if the call has no parent, or if its parent is not an open call of this handler. */
  readonly isRoot: boolean;
  /** The number of the call among the started calls of the same kind. The first call has the number 1. */
  readonly number: number;
  /** The tokens that the model has streamed. */
  readonly tokens: string[];
  /** For a model: the call's row of `table_session_analysis`. */
  exchange?: Exchange;
  /** For a chain: the policy that decides which values may be recorded. */
  policy?: ValuePolicy | undefined;
  /** For a root call: the input, which is logged as the example of the model. */
  input?: Plain | undefined;
  /** Whether this is a legacy chain. LangChain does not wrap the values of legacy chains as `{ input }` and `{ output }`. */
  hasRawValues?: boolean;
}

/** Some calls never end, such as those of abandoned streams. If more calls are open, the oldest one is removed. */
const MAX_OPEN_CALLS = 10_000;

/** The open calls of one handler, by LangChain's run id. */
export class TrackedCalls {
  readonly #calls = new Map<string, TrackedCall>();
  #roots = 0;
  #hasRootEnded = false;
  #hasForgottenPolicy = false;

  /** The number of open root calls. */
  get roots(): number {
    return this.#roots;
  }

  /** Returns whether a root call has ended since the last call of this method. */
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

  /** Whether a removed call had a trace policy. If so, the output of every unknown call is omitted: it may be that call. */
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
