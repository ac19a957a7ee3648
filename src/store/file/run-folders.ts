import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { isRunId, type Layout, META_FILE, runFolder } from "./layout.js";
import { isDeletedText, type RunPlace } from "./run-files.js";
import { readNames, readText, type Steps } from "./steps.js";

const MAX_REMEMBERED = 1000;

/** Finds the folder of a run in any experiment, and caches where it is. */
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

  /** Returns undefined if the run does not exist. */
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

  /** @throws MlflowException RESOURCE_DOES_NOT_EXIST if the run does not exist. */
  *get(runId: string): Steps<RunPlace> {
    const place = yield* this.find(runId);
    if (place) return place;
    throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  }

  /** @throws MlflowException if the run does not exist or is deleted: a deleted run cannot be written. */
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
