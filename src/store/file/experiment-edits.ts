import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { PlainObject } from "../../data/plain.js";
import { writeWhole } from "../local-files.js";
import type { RunStore } from "../run-store.js";
import type { ExperimentEdits } from "../store.js";
import { checkNewName, getExperiment, openExperiment } from "./experiments.js";
import { experimentFolder, type Layout, META_FILE, TAGS_FOLDER } from "./layout.js";
import { readMeta, recordToFiles, toYaml } from "./meta-files.js";
import { listRuns } from "./run-files.js";
import { makeFolders, perform, removeFile, rename, type Steps } from "./steps.js";
import { toException } from "./verdicts.js";
import { placeOrReplace } from "./write-atomically.js";

/** Changes of the experiments of a local store, in MLflow's FileStore layout. */
export function createExperimentEdits(
  layout: Layout,
  runs: Pick<RunStore, "deleteRun" | "restoreRun">,
): ExperimentEdits {
  const attempt = <T>(steps: Steps<T>): Promise<T> =>
    perform(steps).catch((cause) => {
      throw toException(layout, cause);
    });

  /** Default is created if it is missing. */
  async function activeFolder(experimentId: string): Promise<string> {
    const found = await getExperiment(layout, experimentId);
    if (!found) throw missing(experimentId);
    if (found.lifecycleStage === "active") return attempt(openExperiment(layout, experimentId));
    throw invalidParameter(
      `The experiment ${experimentId} must be in the 'active' lifecycle_stage. Restore it first.`,
    );
  }

  async function changeMeta(folder: string, change: PlainObject): Promise<void> {
    const meta = (await readMeta(folder)) as PlainObject;
    const text = toYaml({ ...meta, last_update_time: Date.now(), ...change });
    await writeWhole(join(folder, META_FILE), (unfinished) => writeFile(unfinished, text));
  }

  async function eachRun(
    folder: string,
    stage: "active" | "deleted",
    change: (runId: string) => Promise<void>,
  ): Promise<void> {
    for (const { info } of await listRuns(folder)) {
      if (info.lifecycleStage === stage) await change(info.runId);
    }
  }

  return {
    async deleteExperiment(experimentId) {
      if (experimentId === "0") {
        throw new MlflowException(
          "Cannot delete the default experiment '0'. This is an internally reserved experiment.",
        );
      }
      const folder = await activeFolder(experimentId);
      await eachRun(folder, "active", runs.deleteRun);
      await changeMeta(folder, { lifecycle_stage: "deleted" });
      await attempt(makeFolders(layout.trash));
      await attempt(rename(folder, experimentFolder(layout.trash, experimentId)));
    },
    async restoreExperiment(experimentId) {
      const found = await getExperiment(layout, experimentId);
      if (found?.lifecycleStage !== "deleted") throw missing(experimentId, "deleted ");
      const folder = experimentFolder(layout.root, experimentId);
      if (await readMeta(experimentFolder(layout.trash, experimentId))) {
        await attempt(rename(experimentFolder(layout.trash, experimentId), folder));
      }
      await changeMeta(folder, { lifecycle_stage: "active" });
      await eachRun(folder, "deleted", runs.restoreRun);
    },
    async renameExperiment(experimentId, newName) {
      const folder = await activeFolder(experimentId);
      await checkNewName(layout, newName);
      await changeMeta(folder, { name: newName });
    },
    async setExperimentTag(experimentId, key, value) {
      const folder = await activeFolder(experimentId);
      const files = recordToFiles(TAGS_FOLDER, { [key]: value });
      await attempt(placeOrReplace(layout.incoming, folder, files));
    },
    async deleteExperimentTag(experimentId, key) {
      const folder = await activeFolder(experimentId);
      const [file] = recordToFiles(TAGS_FOLDER, { [key]: "" });
      if (file && (await attempt(removeFile(join(folder, file.path))))) return;
      throw new MlflowException(
        `No tag with name: ${key} in experiment with id ${experimentId}`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    },
  };
}

function missing(experimentId: string, stage = ""): MlflowException {
  return new MlflowException(
    `Could not find ${stage}experiment with ID ${experimentId}`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}
