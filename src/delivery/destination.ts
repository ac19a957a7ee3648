import { randomUUID } from "node:crypto";
import { MlflowException } from "../base/errors.js";
import type { ArtifactRoot } from "../store/artifact-store.js";
import type { NewRun, Run, RunStore } from "../store/run-store.js";
import type { Experiment, TrackingStore } from "../store/store.js";
import {
  checkRequiredId,
  DEFAULT_EXPERIMENT_ID,
  type ExperimentChoice,
  findExperiment,
} from "./experiment.js";
import { repeated } from "./repeated.js";

/** A store, and the experiment in it, to which traces are sent. A root call keeps the destination with which it started. */
export class Destination {
  readonly store: TrackingStore;
  /** The run that is active while the traces are recorded, if there is one. */
  readonly run: RunTarget | undefined;
  /** The key of the queue's lane for the attachments of the traces. The destination itself is the key of their lane. */
  readonly attachmentLane = {};
  /** The id of the experiment. Undefined until the experiment is looked up. */
  knownId: string | undefined;
  #choice: ExperimentChoice | undefined;
  #experiment: Promise<Experiment> | undefined;

  constructor(store: TrackingStore, choice: ExperimentChoice | undefined, run?: RunTarget) {
    this.store = store;
    this.run = run;
    this.#choice = choice;
    if (!choice) this.knownId = DEFAULT_EXPERIMENT_ID;
  }

  /** Returns a destination with the same store and experiment, for traces that are recorded in this run. */
  inRun(run: RunTarget): Destination {
    const destination = new Destination(this.store, this.#choice, run);
    destination.knownId = this.knownId;
    destination.#experiment = this.#experiment;
    return destination;
  }

  /** Returns a destination with the same store and run, but another experiment. */
  inExperiment(name: string): Destination {
    return new Destination(this.store, { by: "name", name }, this.run);
  }

  /** The experiment, for another process. Undefined: that of the run. */
  experimentToSpool(): ExperimentChoice | undefined {
    const { knownId } = this;
    return knownId === undefined ? this.#choice : { by: "id", experimentId: knownId };
  }

  /** Clears the experiment. `RunTarget.whenCreated()` sets `knownId` to the experiment of the run. */
  forgetExperiment(): void {
    this.#choice = undefined;
    this.knownId = undefined;
    this.#experiment = undefined;
  }

  /** Looks up the experiment, for a caller that waits: transient failures are repeated. */
  experiment(): Promise<Experiment> {
    return repeated(() => this.experimentOnce(), this.store.maxRetries);
  }

  /** Looks up the experiment, for the queue. After a failure, the next call tries again. */
  experimentOnce(): Promise<Experiment> {
    const choice = this.#choice ?? { by: "id", experimentId: DEFAULT_EXPERIMENT_ID };
    this.#experiment ??= findExperiment(this.store.once ?? this.store, choice).then(
      (experiment) => {
        this.knownId = experiment.experimentId;
        return experiment;
      },
      (cause) => {
        this.#experiment = undefined;
        throw cause;
      },
    );
    return this.#experiment;
  }

  async experimentId(): Promise<string> {
    return this.knownId ?? (await this.experiment()).experimentId;
  }

  async experimentIdOnce(): Promise<string> {
    return this.knownId ?? (await this.experimentOnce()).experimentId;
  }

  /** Returns the experiment's id at the end of the process. Undefined if the store cannot look it up synchronously. */
  experimentIdSync(): string | undefined {
    if (this.knownId !== undefined) return this.knownId;
    if (this.#choice?.by === "id") return this.#choice.experimentId;
    if (!this.#choice) return undefined;
    const experimentId = this.store.ensureExperimentSync?.(this.#choice.name);
    if (experimentId !== undefined) checkRequiredId(this.#choice, experimentId);
    return experimentId;
  }
}

/** An existing run, or a function that returns the data of a new run, which is created when it is first needed. */
export type RunOrigin = { readonly runId: string } | NewRunOrigin;

interface NewRunOrigin {
  readonly create: (parentRunId: string | undefined) => Omit<NewRun, "experimentId">;
  readonly parent?: RunTarget | undefined;
  /** Finds the run, if another process may have created it. */
  readonly find?: (
    store: Pick<RunStore, "searchRuns" | "writeRun">,
    experimentId: string,
  ) => Promise<Run | undefined>;
  /** Identifies the run in all processes that may create it. */
  readonly key?: string;
  /** Keeps other processes from creating the run until the returned function is called. Throws if another one creates it. */
  readonly lock?: () => () => void;
}

/** A run, for another process. */
export type RunToSpool =
  | { readonly runId: string }
  | {
      readonly key: string;
      readonly run: Omit<NewRun, "experimentId">;
      readonly experiment: ExperimentChoice | undefined;
      readonly parent: RunToSpool | undefined;
    };

/** A run that data is logged to. The run may not exist yet: it has no id until it is created. */
export class RunTarget {
  /** The destination of traces that are recorded in the run: the store and the experiment of the run. */
  readonly destination: Destination;
  /** The key of the queue's lane for the run's files. The `RunTarget` itself is the key of the lane for its other data. */
  readonly fileLane = {};
  readonly #origin: RunOrigin;
  readonly #key: string;
  #id: string | undefined;
  #run: Promise<Run> | undefined;

  constructor(place: Destination, origin: RunOrigin) {
    this.destination = place.inRun(this);
    this.#origin = origin;
    this.#key = ("create" in origin && origin.key) || randomUUID();
    if (!("runId" in origin)) return;
    this.#id = origin.runId;
    // An existing run has an experiment. Its id is unknown until `whenCreated()` reads the run.
    this.destination.forgetExperiment();
  }

  get store(): TrackingStore {
    return this.destination.store;
  }

  /** Undefined until the run is created. */
  get id(): string | undefined {
    return this.#id;
  }

  async runId(): Promise<string> {
    return this.#id ?? (await this.whenCreated()).info.runId;
  }

  async runIdOnce(): Promise<string> {
    return this.#id ?? (await this.whenCreatedOnce()).info.runId;
  }

  /** Creates the run, or reads an existing run, for a caller that waits: transient failures are repeated. */
  whenCreated(): Promise<Run> {
    return repeated(() => this.whenCreatedOnce(), this.store.maxRetries);
  }

  /** Creates the run, or reads an existing run, for the queue. After a failure, the next call tries again. */
  whenCreatedOnce(): Promise<Run> {
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

  /** The run, for another process, which creates it if it does not exist yet. */
  toSpool(): RunToSpool {
    if (!("create" in this.#origin)) return this.#origin;
    if (this.#id !== undefined) return { runId: this.#id };
    const { create, parent } = this.#origin;
    return {
      key: this.#key,
      run: create(undefined),
      experiment: this.destination.experimentToSpool(),
      parent: parent?.toSpool(),
    };
  }

  async artifactRoot(): Promise<ArtifactRoot> {
    const { runId, artifactUri } = (await this.whenCreated()).info;
    return { uri: artifactUri, runId };
  }

  async #create({ create, find, parent, lock }: NewRunOrigin): Promise<Run> {
    const experimentId = await this.destination.experimentIdOnce();
    const parentRunId = await parent?.runIdOnce();
    const unlock = lock?.();
    try {
      const found = await find?.(this.store, experimentId);
      if (found) return found;
      const store = this.store.once ?? this.store;
      return await store.createRun({ ...create(parentRunId), experimentId });
    } finally {
      unlock?.();
    }
  }

  async #make(): Promise<Run> {
    const store = this.store.once ?? this.store;
    if ("create" in this.#origin) return this.#create(this.#origin);
    const { runId } = this.#origin;
    const run = await store.getRun(runId);
    if (run) return run;
    throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  }

  /** Returns the run's id at the end of the process. Undefined if the store cannot create the run synchronously. */
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
