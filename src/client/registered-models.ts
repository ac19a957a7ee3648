import type { NamedKinds } from "../settings/check-options.js";
import { dictionaryToTexts, required, text, texts } from "../settings/kinds.js";
import type { ModelVersion, RegisteredModel } from "../store/model-store.js";
import { type EntitySearch, name, request, SEARCH, TAG, TAG_KEY, version } from "./requests.js";
import { RunClient } from "./runs.js";

interface OfModel {
  readonly name: string;
}

/** The options of `MlflowClient.createRegisteredModel()`. */
export interface CreateRegisteredModelOptions extends OfModel {
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
}

interface LatestVersionsOptions extends OfModel {
  readonly stages?: readonly string[];
}

/** One page of registered models. */
export interface RegisteredModelPage {
  readonly registeredModels: readonly RegisteredModel[];
  /** Undefined for the last page. */
  readonly nextPageToken: string | undefined;
}

export const OF_MODEL: NamedKinds<OfModel> = { name };

export class RegisteredModelClient extends RunClient {
  /** Creates a registered model. @throws MlflowException RESOURCE_ALREADY_EXISTS if the name is taken. */
  createRegisteredModel(options: CreateRegisteredModelOptions): Promise<RegisteredModel> {
    const kinds: NamedKinds<CreateRegisteredModelOptions> = {
      ...OF_MODEL,
      ...{ tags: dictionaryToTexts, description: text },
    };
    return request(this, "createRegisteredModel", options, kinds, async (store, given) => {
      await store.createRegisteredModel(given.name, given.tags, given.description);
      return store.getRegisteredModel(given.name);
    });
  }

  /** Returns a registered model. @throws MlflowException RESOURCE_DOES_NOT_EXIST. */
  getRegisteredModel(options: OfModel): Promise<RegisteredModel> {
    return request(this, "getRegisteredModel", options, OF_MODEL, (store, given) =>
      store.getRegisteredModel(given.name),
    );
  }

  /** Returns one page of registered models, by name unless `orderBy` sets another order. */
  searchRegisteredModels(options: EntitySearch = {}): Promise<RegisteredModelPage> {
    return request(this, "searchRegisteredModels", options, SEARCH, async (store, query) => {
      const { items, nextPageToken } = await store.searchRegisteredModels(query);
      return { registeredModels: items, nextPageToken };
    });
  }

  /** Gives a registered model another name. @throws MlflowException RESOURCE_ALREADY_EXISTS if it is taken. */
  renameRegisteredModel(options: OfModel & { readonly newName: string }): Promise<RegisteredModel> {
    const kinds = { ...OF_MODEL, newName: name };
    return request(this, "renameRegisteredModel", options, kinds, async (store, given) => {
      await store.renameRegisteredModel(given.name, given.newName);
      return store.getRegisteredModel(given.newName);
    });
  }

  /** Sets the description of a registered model. */
  updateRegisteredModel(
    options: OfModel & { readonly description: string },
  ): Promise<RegisteredModel> {
    const kinds = { ...OF_MODEL, description: required(text) };
    return request(this, "updateRegisteredModel", options, kinds, async (store, given) => {
      await store.updateRegisteredModel(given.name, given.description);
      return store.getRegisteredModel(given.name);
    });
  }

  /** Deletes a registered model and its versions. */
  deleteRegisteredModel(options: OfModel): Promise<void> {
    return request(this, "deleteRegisteredModel", options, OF_MODEL, (store, given) =>
      store.deleteRegisteredModel(given.name),
    );
  }

  /** Sets a tag of a registered model. */
  setRegisteredModelTag(
    options: OfModel & { readonly key: string; readonly value: string },
  ): Promise<void> {
    const kinds = { ...OF_MODEL, ...TAG };
    return request(this, "setRegisteredModelTag", options, kinds, (store, given) =>
      store.setRegisteredModelTag(given.name, given.key, given.value),
    );
  }

  /** Deletes a tag of a registered model. Ignores one that does not exist. */
  deleteRegisteredModelTag(options: OfModel & { readonly key: string }): Promise<void> {
    const kinds = { ...OF_MODEL, ...TAG_KEY };
    return request(this, "deleteRegisteredModelTag", options, kinds, (store, given) =>
      store.deleteRegisteredModelTag(given.name, given.key),
    );
  }

  /** Sets an alias for a version: `models:/<name>@<alias>`. */
  setRegisteredModelAlias(
    options: OfModel & { readonly alias: string; readonly version: string | number },
  ): Promise<void> {
    const kinds = { ...OF_MODEL, alias: name, version };
    return request(this, "setRegisteredModelAlias", options, kinds, (store, given) =>
      store.setRegisteredModelAlias(given.name, given.alias, String(given.version)),
    );
  }

  /** Deletes an alias. Ignores one that does not exist. */
  deleteRegisteredModelAlias(options: OfModel & { readonly alias: string }): Promise<void> {
    const kinds = { ...OF_MODEL, alias: name };
    return request(this, "deleteRegisteredModelAlias", options, kinds, (store, given) =>
      store.deleteRegisteredModelAlias(given.name, given.alias),
    );
  }

  /** Returns the highest version of each of these stages. Default: of all stages. */
  getLatestVersions(options: LatestVersionsOptions): Promise<readonly ModelVersion[]> {
    const kinds: NamedKinds<LatestVersionsOptions> = { ...OF_MODEL, stages: texts };
    return request(this, "getLatestVersions", options, kinds, (store, given) =>
      store.getLatestVersions(given.name, given.stages?.length ? given.stages : undefined),
    );
  }
}
