import { warnOnce } from "../base/log.js";
import type { Origin } from "../recording/shown.js";
import { contentOf } from "./content.js";

/** Objects of one process that are logged. */
const MAX_OBJECTS = 100;

/** What has come of the calls of an object, and of all others that are made of the same. */
export interface ObjectRecord {
  /** Of its first call that succeeded. */
  model?: Origin | undefined;
  /** Of its first call that failed before that. */
  failure?: Origin | undefined;
}

/** The objects that the app has called. Holds none of them. */
export class LoggedObjects {
  readonly #ofObject = new WeakMap<object, ObjectRecord>();
  readonly #ofContent = new Map<string, ObjectRecord>();
  #size = 0;

  /** Undefined for an object that was not seen, and for one too many. */
  known(self: object): ObjectRecord | undefined {
    return this.#ofObject.get(self);
  }

  /** Undefined where there are too many. */
  recordOf(self: object): ObjectRecord | undefined {
    const known = this.#ofObject.get(self);
    if (known) return known;
    const content = contentOf(self);
    const record = (content !== undefined && this.#ofContent.get(content)) || this.#newRecord();
    if (record && content !== undefined) this.#ofContent.set(content, record);
    if (record) this.#ofObject.set(self, record);
    return record;
  }

  #newRecord(): ObjectRecord | undefined {
    if (this.#size >= MAX_OBJECTS) {
      warnOnce(
        "too many models",
        `autolog() has logged ${MAX_OBJECTS} different objects of this process as models, and logs no more.`,
      );
      return undefined;
    }
    this.#size += 1;
    return {};
  }
}
