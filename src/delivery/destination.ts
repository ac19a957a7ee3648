import { MlflowException } from "../base/errors.js";
import type { ArtifactRoot } from "../store/artifact-store.js";
import type { NewRun, Run } from "../store/run-store.js";
import type { Experiment, TrackingStore } from "../store/store.js";
import { DEFAULT_EXPERIMENT_ID, type ExperimentChoice, findExperiment } from "./experiment.js";

/** Where a trace is sent: a store and an experiment in it. Each root call keeps the one in force when it started. */
export class Destination {
  readonly store: TrackingStore;
  /** The run in which the trace is made. */
  readonly run: RunTarget | undefined;
  /** The experiment's id, once it was looked up. */
  knownId: string | undefined;
  #choice: ExperimentChoice | undefined;
  #experiment: Promise<Experiment> | undefined;

  constructor(store: TrackingStore, choice: ExperimentChoice | undefined, run?: RunTarget) {
    this.store = store;
    this.run = run;
    this.#choice = choice;
    if (!choice) this.knownId = DEFAULT_EXPERIMENT_ID;
  }

  /** The same store and experiment, for traces made in this run. */
  inRun(run: RunTarget): Destination {
    const destination = new Destination(this.store, this.#choice, run);
    destination.knownId = this.knownId;
    destination.#experiment = this.#experiment;
    return destination;
  }

  /** The same store and run, but another experiment. */
  inExperiment(name: string): Destination {
    return new Destination(this.store, { by: "name", name }, this.run);
  }

  /** Clears the experiment: `knownId` will be set from the run. */
  forgetExperiment(): void {
    this.#choice = undefined;
    this.knownId = undefined;
    this.#experiment = undefined;
  }

  /** Looks the experiment up once. After a failure the next call tries again. */
  experiment(): Promise<Experiment> {
    const choice = this.#choice ?? { by: "id", experimentId: DEFAULT_EXPERIMENT_ID };
    this.#experiment ??= findExperiment(this.store, choice).then(
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

  /** For the end of the process. Undefined if the store cannot look it up synchronously. */
  experimentIdSync(): string | undefined {
    if (this.knownId !== undefined) return this.knownId;
    if (this.#choice?.by === "id") return this.#choice.experimentId;
    return this.#choice && this.store.ensureExperimentSync?.(this.#choice.name);
  }
}

/** Where the data of a run comes from: an existing run, or one that is created when it is first needed. */
export type RunOrigin =
  | { readonly runId: string }
  | {
      readonly create: (parentRunId: string | undefined) => Omit<NewRun, "experimentId">;
      readonly parent?: RunTarget | undefined;
    };

/** A run that data is logged to. Its id is known, or will be when the run is created. */
export class RunTarget {
  /** Where traces made in the run are sent: to the run's own experiment. */
  readonly destination: Destination;
  /** The queue's lane for files of the run, beside the lane for its data. */
  readonly fileLane = {};
  readonly #origin: RunOrigin;
  #id: string | undefined;
  #run: Promise<Run> | undefined;

  constructor(place: Destination, origin: RunOrigin) {
    this.destination = place.inRun(this);
    this.#origin = origin;
    if (!("runId" in origin)) return;
    this.#id = origin.runId;
    // The run has an experiment already, which is known when the run is read.
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
    return this.#id ?? (await this.made()).info.runId;
  }

  /** Creates the run, or reads an existing one, once. After a failure the next call tries again. */
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

  /** The run's id at the end of the process. Undefined if the store cannot create the run synchronously. */
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
