import { randomUUID } from "node:crypto";
import { debug } from "../base/log.js";
import type { Destination } from "../delivery/destination.js";
import type { RunTarget } from "../delivery/run-target.js";
import { uploadDirectory } from "../runs/artifacts/directory.js";
import { sourceTags } from "../runs/run-targets.js";
import type { LoggedModel } from "../store/model-store.js";
import type { ModelDraft } from "./folder/write-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";

/** A model in a folder, and where it goes. */
export interface ModelToStore {
  readonly name: string;
  readonly draft: ModelDraft;
  readonly folder: string;
  readonly destination: Destination;
  readonly run: RunTarget | undefined;
  /** Where the store keeps models in runs, and `run` is none. */
  readonly openRun: () => RunTarget;
  /** Of the logged model. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly modelType?: string | undefined;
  /** Of the run. */
  readonly step?: number | undefined;
}

/** A model on its way to a store: first it gets its id there, then its files go. Both may be tried again. */
export class ModelUpload {
  readonly #model: ModelToStore;
  #logged: Promise<LoggedModel | undefined> | undefined;

  constructor(model: ModelToStore) {
    this.#model = model;
  }

  /** The logged model, made once; undefined where the store has none. */
  logged(): Promise<LoggedModel | undefined> {
    this.#logged ??= this.#create().catch((cause) => {
      this.#logged = undefined;
      throw cause;
    });
    return this.#logged;
  }

  async store(): Promise<ModelInfo> {
    const logged = await this.logged();
    return logged ? this.#storeAsLoggedModel(logged) : this.#storeInRun();
  }

  /** It will not be stored: a logged model that is there says so. */
  async fail(): Promise<void> {
    try {
      const logged = await this.#logged;
      if (logged) await this.#model.destination.store.finalizeLoggedModel(logged.modelId, "FAILED");
    } catch (cause) {
      debug("a logged model stays pending: %o", cause);
    }
  }

  async #create(): Promise<LoggedModel | undefined> {
    const { name, destination, run, params = {}, tags = {}, modelType } = this.#model;
    const runId = await run?.runId();
    return destination.store.createLoggedModel({
      ...{ experimentId: await destination.experimentId(), name },
      tags: { ...sourceTags(), ...tags },
      params: Object.fromEntries(
        Object.entries(params).map(([key, value]) => [key, String(value)]),
      ),
      ...(modelType !== undefined && { modelType }),
      ...(runId !== undefined && { sourceRunId: runId }),
    });
  }

  async #storeAsLoggedModel(logged: LoggedModel): Promise<ModelInfo> {
    const { draft, folder, destination, run, step = 0 } = this.#model;
    const { store } = destination;
    const { modelId, artifactUri, name, params, tags } = logged;
    const runId = await run?.runId();
    const identity = { artifactPath: artifactUri, modelUuid: modelId, modelId };
    const model = await draft.finish({ ...identity, ...(runId !== undefined && { runId }) });
    await uploadDirectory(store, { uri: artifactUri, modelId }, folder);
    await store.finalizeLoggedModel(modelId, "READY");
    if (runId !== undefined) await store.logModelOutput(runId, modelId, step);
    return modelInfoOf(model, { modelUri: `models:/${modelId}`, name, params, tags });
  }

  /** As before MLflow 3: among the artifacts of a run. */
  async #storeInRun(): Promise<ModelInfo> {
    const { name, draft, folder, openRun, run = openRun() } = this.#model;
    const { info } = await run.made();
    const { runId, artifactUri } = info;
    const modelUuid = randomUUID().replaceAll("-", "");
    const model = await draft.finish({ artifactPath: name, modelUuid, runId });
    await uploadDirectory(run.store, { uri: artifactUri, runId }, folder, name);
    await run.store.recordLoggedModel(runId, { ...model });
    return modelInfoOf(model, { modelUri: `runs:/${runId}/${name}`, name });
  }
}
