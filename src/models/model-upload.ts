import { randomUUID } from "node:crypto";
import { debug } from "../base/log.js";
import { shared } from "../base/process-state.js";
import { addPrompts } from "../context/linked-prompts.js";
import type { Destination, RunTarget } from "../delivery/destination.js";
import { uploadDirectory } from "../runs/artifacts/directory.js";
import { linkPromptsToRun } from "../runs/link-prompts.js";
import { sourceTags } from "../runs/run-targets.js";
import type { LoggedModel } from "../store/model-store.js";
import { TraceTagKey } from "../trace/trace.js";
import type { ModelDraft } from "./folder/write-model.js";
import { type ModelInfo, modelInfoOf } from "./model-info.js";

/** A model in a folder, and the place to store it. */
export interface ModelToStore {
  readonly name: string;
  readonly draft: ModelDraft;
  readonly folder: string;
  readonly destination: Destination;
  readonly run: RunTarget | undefined;
  /** Called when the store keeps models in runs, and `run` is undefined. */
  readonly openRun: () => RunTarget;
  /** Parameters of the logged model. */
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly modelType?: string | undefined;
  /** The step of the run. */
  readonly step?: number | undefined;
}

/** Stores a model: creates the logged model first, then uploads its files. Both steps can be retried. */
export class ModelUpload {
  readonly #model: ModelToStore;
  #logged: Promise<LoggedModel | undefined> | undefined;

  constructor(model: ModelToStore) {
    this.#model = model;
  }

  /** Creates the logged model once. Returns undefined when the store has no logged models. */
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

  /** Marks the logged model as failed, if it was created. */
  async fail(): Promise<void> {
    try {
      const logged = await this.#logged;
      if (logged) await this.#model.destination.store.finalizeLoggedModel(logged.modelId, "FAILED");
    } catch (cause) {
      debug("cannot mark a logged model as failed; it stays pending: %o", cause);
    }
  }

  async #create(): Promise<LoggedModel | undefined> {
    const { name, draft, destination, run, params = {}, tags = {}, modelType } = this.#model;
    const runId = await run?.runId();
    return destination.store.createLoggedModel({
      ...{ experimentId: await destination.experimentId(), name },
      tags: {
        ...sourceTags(),
        ...(draft.prompts.length > 0 && {
          [TraceTagKey.LINKED_PROMPTS]: addPrompts(undefined, draft.prompts),
        }),
        ...tags,
      },
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
    if (run) await linkPromptsToRun(run, draft.prompts);
    return modelInfoOf(model, { modelUri: `models:/${modelId}`, name, params, tags });
  }

  /** Stores the files among the artifacts of a run, as before MLflow 3. */
  async #storeInRun(): Promise<ModelInfo> {
    const { name, draft, folder, openRun, run = openRun() } = this.#model;
    const { info } = await run.whenCreated();
    const { runId, artifactUri } = info;
    const modelUuid = randomUUID().replaceAll("-", "");
    const model = await draft.finish({ artifactPath: name, modelUuid, runId });
    await uploadDirectory(run.store, { uri: artifactUri, runId }, folder, name);
    await run.store.recordLoggedModel(runId, { ...model });
    await linkPromptsToRun(run, draft.prompts);
    return modelInfoOf(model, { modelUri: `runs:/${runId}/${name}`, name });
  }
}

/** The names of the models that this process has logged, by run. */
const names = shared("modelNames", () => new WeakMap<RunTarget, Set<string>>());

export function takeName(run: RunTarget, name: string): void {
  names.set(run, (names.get(run) ?? new Set()).add(name));
}

/** Takes `name`, or `name-2`, `name-3`, … if it is taken, and returns it. */
export function takeFreeName(run: RunTarget, name: string): string {
  const taken = names.get(run);
  let free = name;
  for (let number = 2; taken?.has(free); number += 1) free = `${name}-${number}`;
  takeName(run, free);
  return free;
}
