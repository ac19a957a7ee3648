import { rm } from "node:fs/promises";
import { MlflowException } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import type { RunTarget } from "../delivery/run-target.js";
import { ModelUpload, takeFreeName } from "../models/model-upload.js";
import { registerIn } from "../models/registry.js";
import type { LangChainModel } from "../models/set-model.js";
import { createTemporaryFolder } from "../models/temporary-folder.js";
import type { Origin, Shown } from "../recording/call.js";
import { type ArtifactBytes, upload, writerSync } from "../runs/log-artifacts.js";
import { putFileTask } from "../runs/put.js";
import type { AutologOptions } from "../settings/options.js";
import { TraceMetadataKey } from "../trace/trace.js";
import { type Evidence, type EvidenceOptions, evidenceOf, filesOf } from "./evidence.js";

export type ModelOptions = EvidenceOptions &
  Pick<AutologOptions, "logModels" | "registeredModelName">;

/** Whether anything of models is logged by itself. */
export function logsModels(options: ModelOptions): boolean {
  return options.logModels || options.logInputExamples || options.logModelSignatures;
}

/** An object of the app's, and what one call of it showed. */
export interface ShownObject {
  readonly object: object;
  /** Asked when it is written. */
  readonly shown: () => Pick<Shown, "input" | "output">;
  /** Held in memory for it. */
  readonly bytes: number;
}

/**
 * One object on its way into a run: as a model, or where that cannot be, or is not wanted, as `input_example.json` and
 * `signature.json`. Each step is done once, however often the whole is tried.
 */
export class ObjectModel implements Origin {
  readonly #target: RunTarget;
  readonly #options: ModelOptions;
  /** Of the model in its run: `model`, `model-2`, … */
  readonly #name: string;
  /** Let go when it is done. */
  #source: ShownObject | undefined;
  #evidence: Evidence | undefined;
  #prepared: Promise<ModelUpload | undefined> | undefined;
  #folder: string | undefined;
  #modelId: string | undefined;

  constructor(source: ShownObject, target: RunTarget, options: ModelOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#name = takeFreeName(target, "model");
  }

  /** Puts it on its way. Resolves when it is over, one way or the other. */
  async put(): Promise<void> {
    const { store } = this.#target;
    const writeSync = store.writeArtifactSync && ((runId: string) => this.#writeSync(runId));
    const bytes = this.#source?.bytes ?? 0;
    try {
      await putFileTask(this.#target, {
        what: `model '${this.#name}'`,
        bytes,
        perform: (_, signal) => this.#store(signal),
        performSync: writeSync,
        callerReports: true,
      });
    } catch (cause) {
      warnOfFailure(cause);
      await (await this.#prepared?.catch(() => undefined))?.fail();
    } finally {
      this.#source = undefined;
      this.#evidence = undefined;
      this.#prepared = undefined;
      if (this.#folder) await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
    }
  }

  /** Traces wait for their run and their model to have ids, and not for what has to be sent. */
  async known(): Promise<void> {
    if (!this.#source) return;
    try {
      await this.#target.made();
      await this.#identify();
    } catch {
      // Whoever logs it tells.
    }
  }

  metadata(): Readonly<Record<string, string>> {
    const { id } = this.#target;
    const modelId = this.#modelId;
    return {
      ...(id !== undefined && { [TraceMetadataKey.SOURCE_RUN]: id }),
      ...(modelId !== undefined && { [TraceMetadataKey.MODEL_ID]: modelId }),
    };
  }

  async #store(signal: AbortSignal): Promise<void> {
    const model = await this.#identify();
    if (!model) {
      for (const { path, bytes } of this.#files()) {
        await upload(this.#target, path, { bytes }, signal);
      }
      return;
    }
    const { modelUri } = await model.store();
    const { registeredModelName: registeredName } = this.#options;
    if (registeredName !== undefined) {
      await registerIn(this.#target.store, modelUri, registeredName).catch(warnOfFailure);
    }
  }

  /** Undefined where it does not become a model. */
  async #identify(): Promise<ModelUpload | undefined> {
    this.#prepared ??= this.#prepare().catch((cause) => {
      this.#prepared = undefined;
      throw cause;
    });
    const upload = await this.#prepared;
    this.#modelId = (await upload?.logged())?.modelId;
    return upload;
  }

  async #prepare(): Promise<ModelUpload | undefined> {
    const { object } = this.#source ?? {};
    if (!this.#options.logModels || !object) {
      adviseCode("examples", "autolog() logs input examples and signatures, and no models.");
      return undefined;
    }
    const { inputExample, signature } = this.#seen();
    this.#folder ??= createTemporaryFolder("model");
    // It needs LangChain, which the preload must not load before the app does.
    const { writeModel } = await import("../models/folder/write-model.js");
    try {
      const draft = await writeModel(
        { lcModel: object as LangChainModel, inputExample, signature: signature ?? false },
        this.#folder,
      );
      const run = this.#target;
      const place = { destination: run.destination, run, openRun: () => run };
      return new ModelUpload({ name: this.#name, draft, folder: this.#folder, ...place });
    } catch (cause) {
      if (!(cause instanceof MlflowException)) throw cause;
      const why = cause.cause instanceof Error ? cause.cause.message : cause.message;
      const name = object.constructor.name;
      adviseCode(`${name} ${why}`, `autolog() cannot log the ${name} as a model: ${why}.`);
      return undefined;
    }
  }

  #seen(): Evidence {
    const { input = undefined, output = undefined } = this.#source?.shown() ?? {};
    this.#evidence ??= evidenceOf({ input, output }, this.#options);
    return this.#evidence;
  }

  /** For a second object of the run `input_example-2.json`, … */
  #files(): ArtifactBytes[] {
    const suffix = this.#name.slice("model".length);
    return Object.entries(filesOf(this.#seen())).map(([name, text]) => ({
      path: name.replace(".json", `${suffix}.json`),
      bytes: Buffer.from(text),
    }));
  }

  /** What can be done in the last moment of a process. */
  #writeSync(runId: string): void {
    writerSync(this.#target, this.#files())?.(runId);
    if (!this.#options.logModels) return;
    warnOfFailure("the process ended first");
  }
}

function warnOfFailure(cause: unknown): void {
  const message = cause instanceof Error ? cause.message : String(cause);
  const line = message.replace(/\s*\n\s*/g, " ");
  warnOnce(`autolog model ${line}`, `autolog() could not log a model: ${line}`);
}

function adviseCode(key: string, what: string): void {
  warnOnce(
    `autolog ${key}`,
    `${what} To log a model from code, make it in a file that calls mlflow.models.setModel(model), and log that: mlflow.langchain.logModel({ lcModel: "model.mjs" }).`,
  );
}
