import { MlflowException } from "../base/errors.js";
import type { NamedKinds } from "../settings/check-options.js";
import { dictionaryToTexts, filledText, type Kind, oneOf, required } from "../settings/kinds.js";
import type { RunViewType } from "../store/run-store.js";
import type { Experiment } from "../store/store.js";
import { type EntitySearch, name, request, SEARCH, TAG, TAG_KEY } from "./requests.js";
import { TraceClient } from "./traces.js";

interface OfExperiment {
  readonly experimentId: string;
}

/** The options of `MlflowClient.createExperiment()`. */
export interface CreateExperimentOptions {
  readonly name: string;
  /** The URI of the folder of its artifacts. Default: the store chooses it. */
  readonly artifactLocation?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The options of `MlflowClient.searchExperiments()`. */
export interface SearchExperimentsOptions extends EntitySearch {
  /** Default: `ACTIVE_ONLY`. */
  readonly viewType?: RunViewType;
}

/** One page of experiments. */
export interface ExperimentPage {
  readonly experiments: readonly Experiment[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

export const OF_EXPERIMENT: NamedKinds<OfExperiment> = { experimentId: required(filledText) };
export const viewType: Kind<RunViewType> = oneOf(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]);

const CREATE: NamedKinds<CreateExperimentOptions> = {
  name,
  artifactLocation: filledText,
  tags: dictionaryToTexts,
};

export class ExperimentClient extends TraceClient {
  /**
   * Creates an experiment and returns its id. The arguments of MLflow's TypeScript SDK are accepted, too.
   *
   * @throws MlflowException RESOURCE_ALREADY_EXISTS if an experiment, active or deleted, has that name.
   */
  createExperiment(
    options: CreateExperimentOptions | string,
    artifactLocation?: string,
    tags?: Readonly<Record<string, string>>,
  ): Promise<string> {
    const given = typeof options === "string" ? { name: options, artifactLocation, tags } : options;
    return request(this, "createExperiment", given, CREATE, (store, { name, ...more }) =>
      store.createExperiment(name, more),
    );
  }

  /** Returns an experiment, also a deleted one. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  async getExperiment(options: OfExperiment): Promise<Experiment> {
    return request(this, "getExperiment", options, OF_EXPERIMENT, async (store, given) => {
      const found = await store.getExperiment(given.experimentId);
      if (found) return found;
      throw new MlflowException(
        `No Experiment with id=${given.experimentId} exists`,
        "RESOURCE_DOES_NOT_EXIST",
      );
    });
  }

  /** Returns an experiment, also a deleted one. Undefined if no experiment has that name. */
  getExperimentByName(options: { readonly name: string }): Promise<Experiment | undefined> {
    return request(this, "getExperimentByName", options, { name }, (store, given) =>
      store.getExperimentByName(given.name),
    );
  }

  /** Returns one page of experiments, newest first by default. */
  searchExperiments(options: SearchExperimentsOptions = {}): Promise<ExperimentPage> {
    const kinds = { ...SEARCH, viewType };
    return request<SearchExperimentsOptions, ExperimentPage>(
      this,
      "searchExperiments",
      options,
      kinds,
      async (store, query) => {
        const { items, nextPageToken } = await store.searchExperiments(query);
        return { experiments: items, nextPageToken };
      },
    );
  }

  /** Marks an experiment and its runs as deleted. The id alone is accepted, as in MLflow's TypeScript SDK. */
  deleteExperiment(options: OfExperiment | string): Promise<void> {
    const given = typeof options === "string" ? { experimentId: options } : options;
    return request(this, "deleteExperiment", given, OF_EXPERIMENT, (store, { experimentId }) =>
      store.deleteExperiment(experimentId),
    );
  }

  /** Restores a deleted experiment and its runs. */
  restoreExperiment(options: OfExperiment): Promise<void> {
    return request(this, "restoreExperiment", options, OF_EXPERIMENT, (store, given) =>
      store.restoreExperiment(given.experimentId),
    );
  }

  /** Gives an active experiment another name. */
  renameExperiment(options: OfExperiment & { readonly newName: string }): Promise<void> {
    const kinds = { ...OF_EXPERIMENT, newName: name };
    return request(this, "renameExperiment", options, kinds, (store, given) =>
      store.renameExperiment(given.experimentId, given.newName),
    );
  }

  /** Sets a tag of an active experiment. */
  setExperimentTag(
    options: OfExperiment & { readonly key: string; readonly value: string },
  ): Promise<void> {
    const kinds = { ...OF_EXPERIMENT, ...TAG };
    return request(this, "setExperimentTag", options, kinds, (store, given) =>
      store.setExperimentTag(given.experimentId, given.key, given.value),
    );
  }

  /** Deletes a tag of an active experiment. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  deleteExperimentTag(options: OfExperiment & { readonly key: string }): Promise<void> {
    const kinds = { ...OF_EXPERIMENT, ...TAG_KEY };
    return request(this, "deleteExperimentTag", options, kinds, (store, given) =>
      store.deleteExperimentTag(given.experimentId, given.key),
    );
  }
}
