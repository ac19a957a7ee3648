import { isSameOutcome, type Outcome } from "./outcome.js";

/** The calls that were made within a scope, compared with the call of the scope. */
export class NestedCalls {
  #count = 0;
  #isSame = false;
  #isSelf = false;
  #outcome: Outcome | undefined;

  /** `isSelf`: a method called another method of its object. `isSame`: the call has the input of the scope. */
  add(isSelf: boolean, isSame: boolean): void {
    this.#count += 1;
    this.#isSelf = isSelf;
    this.#isSame = isSelf || isSame;
  }

  ended(outcome: Outcome): void {
    this.#outcome = outcome;
  }

  /** Whether there was one call, with the input of the scope. */
  get isOnlyOne(): boolean {
    return this.#count === 1 && this.#isSame;
  }

  /** Whether this one call was to a method of the same object. */
  get isOwnMethod(): boolean {
    return this.isOnlyOne && this.#isSelf;
  }

  /** Whether this one call ended like the scope. */
  endedLike(outcome: Outcome): boolean {
    return this.isOnlyOne && isSameOutcome(this.#outcome, outcome);
  }
}
