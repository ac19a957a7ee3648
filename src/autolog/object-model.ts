import { rm } from "node:fs/promises";
import { MlflowException, messageOf } from "../base/errors.js";
import { warnOnce } from "../base/log.js";
import type { RunTarget } from "../delivery/destination.js";
import type { FileToLog } from "../delivery/run-job.js";
import { ModelUpload, takeFreeName } from "../models/model-upload.js";
import { registerIn } from "../models/registry.js";
import type { LangChainModel } from "../models/set-model.js";
import { inferSignature } from "../models/signature/infer-signature.js";
import { writeInputExample } from "../models/signature/input-example.js";
import type { ModelSignature } from "../models/signature/model-signature.js";
import { createTemporaryFolder } from "../models/temporary-folder.js";
import type { CallValues, Origin } from "../recording/call-values.js";
import { upload, writerSync } from "../runs/log-artifacts.js";
import { putFileTask } from "../runs/put.js";
import type { AutologOptions } from "../settings/options.js";
import { TraceMetadataKey } from "../trace/trace.js";

export type ModelOptions = Pick<
  AutologOptions,
  "logInputExamples" | "logModelSignatures" | "logModels" | "registeredModelName"
>;

/** Whether `autolog()` logs models, input examples or signatures. */
export function logsModels(options: ModelOptions): boolean {
  return options.logModels || options.logInputExamples || options.logModelSignatures;
}

/** An object of the app, and the values of one of its calls. */
export interface ShownObject {
  readonly object: object;
  /** Called when the model is written. */
  readonly shown: () => Pick<CallValues, "input" | "output">;
  /** The memory that the values take. */
  readonly bytes: number;
}

/**
 * Logs one object to a run: as a model, or, if the object cannot be serialized or the options exclude models, as
 * `input_example.json` and `signature.json`. A retry does not repeat the steps that succeeded.
 */
export class ObjectModel implements Origin {
  readonly #target: RunTarget;
  readonly #options: ModelOptions;
  /** The name of the model in its run: `model`, `model-2`, … */
  readonly #name: string;
  /** Undefined after the model is logged or lost. */
  #source: ShownObject | undefined;
  #example: Example | undefined;
  #prepared: Promise<ModelUpload | undefined> | undefined;
  #folder: string | undefined;
  #modelId: string | undefined;

  constructor(source: ShownObject, target: RunTarget, options: ModelOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#name = takeFreeName(target, "model");
  }

  /** Puts the model into the queue. Resolves when the model is logged or lost. Never rejects. */
  async put(): Promise<void> {
    const { store } = this.#target;
    const writeSync = store.writeArtifactSync && ((runId: string) => this.#writeSync(runId));
    const bytes = this.#source?.bytes ?? 0;
    try {
      await putFileTask(this.#target, {
        what: `model '${this.#name}'`,
        bytes,
        perform: async (_, signal) => {
          await this.#store(signal);
          // Each model has a folder of its own: nothing on disk is for it.
          return [];
        },
        performSync: writeSync,
        callerReports: true,
      });
    } catch (cause) {
      warnOfFailure(cause);
      await (await this.#prepared?.catch(() => undefined))?.fail();
    } finally {
      this.#source = undefined;
      this.#example = undefined;
      this.#prepared = undefined;
      if (this.#folder) await rm(this.#folder, { recursive: true, force: true }).catch(() => {});
    }
  }

  /** Resolves when the run and the model have ids. Traces need the ids, but not the uploaded files. */
  async known(): Promise<void> {
    if (!this.#source) return;
    try {
      await this.#target.whenCreated();
      await this.#identify();
    } catch {
      // `put()` logs the failure.
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

  /** Creates the logged model and sets its id. Returns undefined if the object cannot be logged as a model. */
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
      adviseCode("examples", "autolog() logs input examples and signatures, but no models.");
      return undefined;
    }
    const { inputExample, signature } = this.#readExample();
    this.#folder ??= createTemporaryFolder("model");
    // The module imports LangChain. A static import would make the preload (`langchain-mlflow/register`) load LangChain
    // before the app does.
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

  #readExample(): Example {
    const { input = undefined, output = undefined } = this.#source?.shown() ?? {};
    this.#example ??= exampleOf({ input, output }, this.#options);
    return this.#example;
  }

  /** Returns the example files. Those of the second object of a run have a suffix: `input_example-2.json`. */
  #files(): FileToLog[] {
    const suffix = this.#name.slice("model".length);
    return Object.entries(filesOf(this.#readExample())).map(([name, text]) => ({
      path: name.replace(".json", `${suffix}.json`),
      bytes: Buffer.from(text),
    }));
  }

  /** Called when the process exits. Writes only the example files, because a model cannot be written synchronously. */
  #writeSync(runId: string): void {
    writerSync(this.#target, this.#files())?.(runId);
    if (!this.#options.logModels) return;
    warnOfFailure("the process ended before the model was stored");
  }
}

function warnOfFailure(cause: unknown): void {
  const message = messageOf(cause);
  const line = message.replace(/\s*\n\s*/g, " ");
  warnOnce(`autolog model ${line}`, `autolog() could not log a model: ${line}`);
}

function adviseCode(key: string, what: string): void {
  warnOnce(
    `autolog ${key}`,
    `${what} To log a model from code, create it in a file that calls mlflow.models.setModel(model), and log that file: mlflow.langchain.logModel({ lcModel: "model.mjs" }).`,
  );
}

/** The input example and the signature, from one call of an object. Each is undefined if the options exclude it. */
interface Example {
  readonly inputExample: unknown;
  readonly signature: ModelSignature | undefined;
}

function exampleOf(
  { input, output }: Pick<CallValues, "input" | "output">,
  { logInputExamples, logModelSignatures }: ModelOptions,
): Example {
  return {
    inputExample: logInputExamples ? (input ?? undefined) : undefined,
    signature:
      logModelSignatures && input !== undefined ? inferSignature(input, output) : undefined,
  };
}

/** The files `input_example.json` and `signature.json`, which are logged if there is no model. */
function filesOf({ inputExample, signature }: Example): Record<string, string> {
  const example = inputExample === undefined ? {} : exampleFile(inputExample);
  return {
    ...example,
    ...(signature && { "signature.json": `${JSON.stringify(signature.toDict(), null, 2)}\n` }),
  };
}

/** Returns `input_example.json`. Leaves out the file of the serving request, because only a model can be served. */
function exampleFile(input: unknown): Record<string, string> {
  const { files, info } = writeInputExample({ input, params: undefined });
  return { [info.artifact_path]: files[info.artifact_path] ?? "" };
}
