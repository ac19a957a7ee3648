import { readSettings, type Settings } from "../settings/settings.js";
import { openStore } from "../store/open.js";
import type { Experiment, TrackingStore } from "../store/store.js";
import { DEFAULT_EXPERIMENT_ID, type ExperimentChoice, findExperiment } from "./experiment.js";
import type { RunTarget } from "./run-target.js";

/** Where a trace goes: a store and an experiment of it. Each root call keeps the one in force when it started. */
export class Destination {
  readonly store: TrackingStore;
  choice: ExperimentChoice | undefined;
  #experiment: Promise<Experiment> | undefined;
  /** The run in which the trace is made. */
  readonly run: RunTarget | undefined;
  /** Known once it was looked up. */
  knownId: string | undefined;

  constructor(store: TrackingStore, choice: ExperimentChoice | undefined, run?: RunTarget) {
    this.store = store;
    this.choice = choice;
    this.run = run;
    if (!choice) this.knownId = DEFAULT_EXPERIMENT_ID;
  }

  /** The same place, for what is made in this run. */
  inRun(run: RunTarget): Destination {
    const destination = new Destination(this.store, this.choice, run);
    destination.knownId = this.knownId;
    destination.#experiment = this.#experiment;
    return destination;
  }

  /** The same store and run, but another experiment. */
  inExperiment(name: string): Destination {
    return new Destination(this.store, { by: "name", name }, this.run);
  }

  /** It will be told which. */
  forgetExperiment(): void {
    this.choice = undefined;
    this.knownId = undefined;
    this.#experiment = undefined;
  }

  /** Looked up once; after a failure the next call tries again. */
  experiment(): Promise<Experiment> {
    const choice = this.choice ?? { by: "id", experimentId: DEFAULT_EXPERIMENT_ID };
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

  /** In the last moment of a process; undefined where the store cannot tell at once. */
  experimentIdSync(): string | undefined {
    if (this.knownId !== undefined) return this.knownId;
    if (this.choice?.by === "id") return this.choice.experimentId;
    return this.choice && this.store.ensureExperimentSync?.(this.choice.name);
  }
}

/** What was set in code; the environment fills what was not. */
export class Tracking {
  #uri: string | undefined;
  #choice: ExperimentChoice | undefined;
  #current: Destination | undefined;
  readonly #stores = new Map<string, TrackingStore>();
  readonly #onShed: (count: number) => void;

  /** `onShed` hears of traces that went without their source and creator. */
  constructor(onShed: (count: number) => void) {
    this.#onShed = onShed;
  }

  /** The destination in force; the environment is read when it is first asked for. */
  current(): Destination {
    this.#current ??= this.#open(readSettings());
    return this.#current;
  }

  setUri(uri: string): void {
    this.#store(uri, readSettings());
    this.#uri = uri;
    this.#current = undefined;
  }

  /** The destination in force, but in this store. */
  inStore(uri: string): Destination {
    const settings = readSettings();
    return new Destination(this.#store(uri, settings), this.#choice ?? choiceOf(settings));
  }

  setExperiment(choice: ExperimentChoice): Destination {
    this.#choice = choice;
    this.#current = undefined;
    return this.current();
  }

  /** The environment may have changed: what was not set in code is read again. */
  refresh(): void {
    this.#current = undefined;
  }

  /** What stores still do for traces that are delivered already. */
  undrained(): number {
    let count = 0;
    for (const store of this.#stores.values()) count += store.undrained?.() ?? 0;
    return count;
  }

  async drain(): Promise<void> {
    await Promise.all([...this.#stores.values()].map((store) => store.drain?.()));
  }

  #open(settings: Settings): Destination {
    const store = this.#store(this.#uri ?? settings.trackingUri, settings);
    return new Destination(store, this.#choice ?? choiceOf(settings));
  }

  #store(uri: string | undefined, settings: Settings): TrackingStore {
    const key = uri ?? "";
    let store = this.#stores.get(key);
    if (!store) {
      store = openStore(uri, settings, this.#onShed);
      this.#stores.set(key, store);
    }
    return store;
  }
}

function choiceOf({ experimentName, experimentId }: Settings): ExperimentChoice | undefined {
  if (experimentName !== undefined) return { by: "name", name: experimentName };
  return experimentId === undefined ? undefined : { by: "id", experimentId };
}
