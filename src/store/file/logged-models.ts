import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MlflowException } from "../../base/errors.js";
import { createTurns } from "../../base/in-turn.js";
import { wellFormedJson } from "../../data/well-formed-json.js";
import { writeWhole } from "../local-files.js";
import {
  historyEntry,
  type LoggedModelEdits,
  type LoggedModelStore,
  MODEL_HISTORY_TAG,
} from "../model-store.js";
import { type Layout, TAGS_FOLDER } from "./layout.js";
import { readTextFile } from "./meta-files.js";
import { RunFolders } from "./run-folders.js";
import { perform } from "./steps.js";

/** A local store has no logged models: models are artifacts of runs, and a tag of the run lists them. */
export function createLoggedModelStore(layout: Layout): LoggedModelStore & LoggedModelEdits {
  // Two updates of the tag at once would lose one of them.
  const inTurn = createTurns();
  const notFound = (modelId: string) =>
    new MlflowException(
      `Logged model with ID '${modelId}' not found: the local store ${layout.root} stores models as artifacts of runs.`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  const unsupported = async () => {
    throw new MlflowException(
      `The local store ${layout.root} has no logged models: it stores models as artifacts of runs. Set the tracking URI of an MLflow server (3.0 or newer) for them.`,
      "NOT_IMPLEMENTED",
    );
  };
  return {
    pageLoggedModels: unsupported,
    deleteLoggedModel: unsupported,
    deleteLoggedModelTag: unsupported,
    logLoggedModelParams: unsupported,
    createLoggedModel: async () => undefined,
    getLoggedModel: async () => undefined,
    searchLoggedModels: async () => [],
    async finalizeLoggedModel(modelId) {
      throw notFound(modelId);
    },
    async setLoggedModelTags(modelId) {
      throw notFound(modelId);
    },
    async logModelOutput(_runId, modelId) {
      throw notFound(modelId);
    },
    recordLoggedModel: (runId, mlModel) => inTurn(() => record(layout, runId, mlModel)),
  };
}

async function record(
  layout: Layout,
  runId: string,
  mlModel: Readonly<Record<string, unknown>>,
): Promise<void> {
  const place = await perform(new RunFolders(layout).getActive(runId));
  const folder = join(place.folder, TAGS_FOLDER);
  const file = join(folder, MODEL_HISTORY_TAG);
  const before = listIn(await readTextFile(file));
  const text = wellFormedJson([...before, historyEntry(mlModel)]);
  await mkdir(folder, { recursive: true });
  await writeWhole(file, (unfinished) => writeFile(unfinished, text));
}

/** Ignores an invalid tag: the new model must be recorded anyway. */
function listIn(text: string | undefined): unknown[] {
  try {
    const list: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
