import type { Feedback } from "../store/assessments.js";

/**
 * The names of the feedback of one evaluation. Evaluators of other libraries may return the same name, and an evaluator
 * whose results have a name of their own would record its errors under another one.
 */
export class FeedbackNames {
  /** By the name of feedback, the name of the scorer that returns it. */
  readonly #owners: Map<string, string>;
  /** By the name of a scorer, the other name that its feedback has. */
  readonly #returned = new Map<string, string>();

  /** @param known names of feedback, each with the name of its scorer. */
  constructor(known: Iterable<readonly [name: string, scorer: string]>) {
    this.#owners = new Map(known);
  }

  /** Names what one call of a scorer returned. A name that another scorer returns receives a number. */
  namesOf(feedback: readonly Feedback[], scorer: string): string[] {
    const names = feedback.map(({ name, error }) => {
      const isOwnError = error !== undefined && name === scorer;
      return this.#free(isOwnError ? (this.#returned.get(scorer) ?? name) : name, scorer);
    });
    const [name, ...others] = new Set(names);
    if (name !== undefined && name !== scorer && others.length === 0) {
      this.#returned.set(scorer, name);
    }
    return names;
  }

  #free(name: string, scorer: string): string {
    let free = name;
    for (let number = 2; (this.#owners.get(free) ?? scorer) !== scorer; number += 1) {
      free = `${name}_${number}`;
    }
    this.#owners.set(free, scorer);
    return free;
  }
}
