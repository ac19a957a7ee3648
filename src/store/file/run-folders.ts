import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { isRunId, type Layout, META_FILE, runFolder } from "./layout.js";
import { isDeletedText } from "./run-info.js";
import { readNames, readText, type Steps } from "./steps.js";

/** Where a run was found. */
export interface RunPlace {
  readonly folder: string;
  /** The text of its `meta.yaml`. */
  readonly meta: string;
}

const MAX_REMEMBERED = 1000;

/** Finds the folder of a run, which may lie in any experiment; remembers where it was. */
export class RunFolders {
  readonly #layout: Layout;
  readonly #remembered = new Map<string, string>();

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  remember(runId: string, folder: string): void {
    for (const oldest of this.#remembered.keys()) {
      if (this.#remembered.size < MAX_REMEMBERED) break;
      this.#remembered.delete(oldest);
    }
    this.#remembered.set(runId, folder);
  }

  /** Undefined when there is none. */
  *find(runId: string): Steps<RunPlace | undefined> {
    if (typeof runId !== "string" || !isRunId(runId)) {
      throw invalidParameter(
        `Invalid value ${JSON.stringify(runId)} for parameter 'run_id' supplied.`,
      );
    }
    const remembered = this.#remembered.get(runId);
    const known = remembered && (yield* placeAt(remembered));
    if (known) return known;
    for (const parent of [this.#layout.root, this.#layout.trash]) {
      for (const name of yield* readNames(parent)) {
        const place = yield* placeAt(runFolder(join(parent, name), runId));
        if (!place) continue;
        this.remember(runId, place.folder);
        return place;
      }
    }
    return undefined;
  }

  /** The same, but throws when there is none. */
  *get(runId: string): Steps<RunPlace> {
    const place = yield* this.find(runId);
    if (place) return place;
    throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  }

  /** The same, but throws when it is deleted: nothing is written to such a run. */
  *getActive(runId: string): Steps<RunPlace> {
    const place = yield* this.get(runId);
    if (!isDeletedText(place.meta)) return place;
    throw invalidParameter(`The run ${runId} must be in 'active' lifecycle_stage.`);
  }
}

function* placeAt(folder: string): Steps<RunPlace | undefined> {
  const meta = yield* readText(join(folder, META_FILE));
  return meta === undefined ? undefined : { folder, meta };
}
