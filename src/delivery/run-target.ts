import { MlflowException } from "../base/errors.js";
import type { ArtifactRoot } from "../store/artifact-store.js";
import type { NewRun, Run } from "../store/run-store.js";
import type { TrackingStore } from "../store/store.js";
import type { Destination } from "./destination.js";

/** How a run comes to be. */
export type RunOrigin =
  /** It is there. */
  | { readonly runId: string }
  /** It is made when it is first needed. */
  | {
      readonly create: (parentRunId: string | undefined) => Omit<NewRun, "experimentId">;
      readonly parent?: RunTarget | undefined;
    };

/** A run that data goes to: its id is known, or will be when it is made. */
export class RunTarget {
  /** Where traces go that are made in it: the run's own experiment. */
  readonly destination: Destination;
  /** What is done for it beside its data, one after the other: files. */
  readonly fileLane = {};
  readonly #origin: RunOrigin;
  #id: string | undefined;
  #run: Promise<Run> | undefined;

  constructor(place: Destination, origin: RunOrigin) {
    this.destination = place.inRun(this);
    this.#origin = origin;
    if (!("runId" in origin)) return;
    this.#id = origin.runId;
    // Its own, which shows when it is read.
    this.destination.forgetExperiment();
  }

  get store(): TrackingStore {
    return this.destination.store;
  }

  /** Undefined as long as it is not made. */
  get id(): string | undefined {
    return this.#id;
  }

  async runId(): Promise<string> {
    return this.#id ?? (await this.made()).info.runId;
  }

  /** The run as it was when it was made or first read. After a failure the next call tries again. */
  made(): Promise<Run> {
    this.#run ??= this.#make().then(
      (run) => {
        this.#id = run.info.runId;
        this.destination.knownId = run.info.experimentId;
        return run;
      },
      (cause) => {
        this.#run = undefined;
        throw cause;
      },
    );
    return this.#run;
  }

  async artifactRoot(): Promise<ArtifactRoot> {
    const { runId, artifactUri } = (await this.made()).info;
    return { uri: artifactUri, runId };
  }

  async #make(): Promise<Run> {
    if ("create" in this.#origin) {
      const experimentId = await this.destination.experimentId();
      const parentRunId = await this.#origin.parent?.runId();
      return this.store.createRun({ ...this.#origin.create(parentRunId), experimentId });
    }
    const { runId } = this.#origin;
    const run = await this.store.getRun(runId);
    if (run) return run;
    throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  }

  /** The id in the last moment of a process; undefined where the store cannot make the run at once. */
  runIdSync(): string | undefined {
    if (this.#id === undefined && "create" in this.#origin) {
      const experimentId = this.destination.experimentIdSync();
      if (experimentId === undefined) return undefined;
      const run = { ...this.#origin.create(this.#origin.parent?.runIdSync()), experimentId };
      this.#id = this.store.createRunSync?.(run).info.runId;
    }
    return this.#id;
  }
}
