import { readSettings, type Settings } from "../settings/settings.js";
import { openStore } from "../store/open.js";
import type { TrackingStore } from "../store/store.js";
import { Destination } from "./destination.js";
import type { ExperimentChoice } from "./experiment.js";

export interface TrackingEffects {
  /** Receives the number of traces that were stored without their source and creator. */
  readonly onShed: (count: number) => void;
  /** Receives the number of traces that were stored with their largest values shortened. */
  readonly onShortened: (count: number) => void;
  /** The longest time for the response to a request of the queue. */
  readonly queueTimeoutMs: () => number;
  /** Called before the environment is read. */
  readonly onFirstUse: () => void;
}

/** The tracking URI and the experiment in force: what was set in code, and otherwise the environment. */
export class Tracking {
  #uri: string | undefined;
  #choice: ExperimentChoice | undefined;
  #current: Destination | undefined;
  readonly #stores = new Map<string, TrackingStore>();
  readonly #effects: TrackingEffects;

  constructor(effects: TrackingEffects) {
    this.#effects = effects;
  }

  /** The destination in force. The first call reads the environment. */
  current(): Destination {
    if (!this.#current) {
      this.#effects.onFirstUse();
      this.#current = this.#open(readSettings());
    }
    return this.#current;
  }

  /**
   * The tracking URI in force, without credentials. Does not fix it: the app may still set variables.
   *
   * @throws MlflowException INVALID_PARAMETER_VALUE if it is not supported.
   */
  uri(): string {
    if (this.#current) return this.#current.store.uri;
    const settings = readSettings();
    return openStore(this.#uri ?? settings.trackingUri, settings).uri;
  }

  setUri(uri: string): void {
    // Throws for a wrong URI.
    openStore(uri, readSettings());
    this.#uri = uri;
    this.#current = undefined;
  }

  /** The experiment in force, in another store. */
  inStore(uri: string): Destination {
    const settings = readSettings();
    return new Destination(this.#store(uri, settings), this.#choice ?? choiceOf(settings));
  }

  setExperiment(choice: ExperimentChoice): Destination {
    this.#choice = choice;
    this.#current = undefined;
    return this.current();
  }

  /** Reads the environment again when the destination is next needed. */
  refresh(): void {
    this.#current = undefined;
  }

  /** The number of traces that are stored, but for which a store still has work to do. */
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
    // The app may set credentials, for example, after the first use.
    const key = `${uri ?? ""} ${JSON.stringify(settings)}`;
    let store = this.#stores.get(key);
    if (!store) {
      store = openStore(uri, settings, this.#effects);
      this.#stores.set(key, store);
    }
    return store;
  }
}

/** The experiment that the environment names. Its name and id must agree. */
export function choiceOf({ experimentName, experimentId }: Settings): ExperimentChoice | undefined {
  if (experimentName !== undefined) {
    const required = experimentId === undefined ? {} : { requiredId: experimentId };
    return { by: "name", name: experimentName, ...required };
  }
  return experimentId === undefined ? undefined : { by: "id", experimentId };
}
