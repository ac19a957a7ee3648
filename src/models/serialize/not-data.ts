/** A part of an object, or of data, that must not be written or loaded. */
export class NotData extends Error {
  constructor(at: string, why: string) {
    super(`${at || "the object itself"} ${why}`);
  }
}
