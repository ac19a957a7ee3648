/** A set that keeps none of its members alive, and of which those that live can be walked through. */
export class LivingSet<T extends object> implements Iterable<T> {
  readonly #references = new Set<WeakRef<T>>();
  readonly #members = new WeakMap<T, WeakRef<T>>();
  readonly #dead = new FinalizationRegistry<WeakRef<T>>((reference) => {
    this.#references.delete(reference);
  });

  constructor(members: Iterable<T> = []) {
    for (const member of members) this.add(member);
  }

  add(member: T): void {
    if (this.#members.has(member)) return;
    const reference = new WeakRef(member);
    this.#members.set(member, reference);
    this.#references.add(reference);
    this.#dead.register(member, reference);
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const reference of this.#references) {
      const member = reference.deref();
      if (member) yield member;
    }
  }
}
