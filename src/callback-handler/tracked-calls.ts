import type { Plain } from "../data/plain.js";
import type { ValuePolicy } from "../recording/value-policy.js";

/** A prompt and a model's answer: a row of `table_session_analysis`, with its text metrics. */
export interface Exchange {
  [column: string]: Plain | undefined;
  readonly prompt_step: number;
  readonly prompt: string;
  readonly name: string;
  /** Set when the model has answered, like the fields below. */
  output_step?: number;
  output?: string;
  token_usage_total_tokens?: number;
  token_usage_prompt_tokens?: number;
  token_usage_completion_tokens?: number;
}

/** A LangChain call that has started and not ended. */
export interface TrackedCall {
  /** The name that the app gave. */
  readonly spanName: string;
  /** The name without secrets, which may be stored. */
  readonly name: string;
  /** Whether the handler does not know the parent call. */
  readonly isRoot: boolean;
  /** The number among the started calls of the same kind, from 1. */
  readonly number: number;
  readonly tokens: string[];
  /** For a model: the call's row of `table_session_analysis`. */
  exchange?: Exchange;
  /** For a chain: the policy that decides which values may be recorded. */
  policy?: ValuePolicy | undefined;
  /** For a root call. */
  input?: Plain | undefined;
  /** Whether LangChain passes the values of the chain without wrapping them. */
  hasRawValues?: boolean;
}

/** Some calls never end, such as abandoned streams. Above this number, the oldest call is forgotten. */
const MAX_OPEN_CALLS = 10_000;

/** The running calls of one handler, by LangChain's run id. */
export class TrackedCalls {
  readonly #calls = new Map<string, TrackedCall>();
  #roots = 0;
  #hasRootEnded = false;
  #hasForgottenPolicy = false;

  /** The number of running root calls. */
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

  /** Whether a forgotten call had a trace policy. If so, a policy may apply to the end of any unknown call. */
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
