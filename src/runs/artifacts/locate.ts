import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import { attempt } from "../../base/show.js";
import { joinArtifactPath } from "../../store/artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../../store/artifact-store.js";
import { createDiskArtifacts, folderOfRoot } from "../../store/disk-artifacts.js";
import type { ModelVersion } from "../../store/model-store.js";
import type { TrackingStore } from "../../store/store.js";
import { schemeOf } from "../../store/tracking-uri.js";

/** A place of artifacts in a store. */
export interface ArtifactLocation {
  readonly store: ArtifactStore;
  readonly root: ArtifactRoot;
  /** The path from the root. Empty for the whole root. */
  readonly path: string;
  /** The part of the path that downloads and listings keep, as in Python: for most URIs the last name. */
  readonly kept: string;
}

const LOGGED_MODEL_ID = /^m-[0-9a-f]{32}$/;
/** A version of a registered model may have another version as its source. */
const MAX_HOPS = 10;

/**
 * Returns the places that may have the artifacts of a URI. For `runs:/<run id>/<name>/…` these are the artifacts of the
 * run and those of the run's logged model with that name; for other URIs there is one place.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for an invalid URI. RESOURCE_DOES_NOT_EXIST if the run, model or
 * version does not exist.
 */
export async function locate(
  store: TrackingStore,
  artifactUri: string,
  hops = 0,
): Promise<readonly ArtifactLocation[]> {
  if (hops > MAX_HOPS) {
    throw invalidParameter(
      `${artifactUri} is a circular reference: more than ${MAX_HOPS} model versions are each the source of another.`,
    );
  }
  const uri = artifactUri.replace(/(?<=[^/:])\/$/, "");
  const scheme = schemeOf(uri) ?? "file";
  if (scheme === "runs") return ofRunUri(store, uri);
  if (scheme === "models") return ofModelUri(store, uri, hops);
  // The store resolves a local source of a model version, or refuses it.
  if (scheme === "file" && hops > 0) return [{ store, root: { uri }, ...whole("") }];
  if (scheme === "file") {
    const path = folderOfRoot({ uri });
    const disk = createDiskArtifacts(folderOfRoot);
    // The name of a folder of this machine may contain what no artifact path may, for example `#`.
    const isFolder = attempt(() => statSync(path).isDirectory());
    if (isFolder) return [{ store: disk, root: { uri: path }, path: "", kept: basename(path) }];
    return [{ store: disk, root: { uri: dirname(path) }, ...whole(basename(path)) }];
  }
  const [, server = "", path = ""] = /^([^:]+:(?:\/\/[^/]*)?)(.*)$/.exec(uri) ?? [];
  const root = { uri: server + path.slice(0, path.lastIndexOf("/") + 1) };
  return [{ store, root, ...whole(basename(path)) }];
}

/** The artifacts of a run, and those of its logged model that has the first name of the path. */
export async function locateInRun(
  store: TrackingStore,
  runId: string,
  path: string,
  kept = basename(path),
): Promise<readonly ArtifactLocation[]> {
  const run = await store.getRun(runId);
  if (!run) throw new MlflowException(`Run '${runId}' not found`, "RESOURCE_DOES_NOT_EXIST");
  const { artifactUri, experimentId } = run.info;
  const ofRun = { store, root: { uri: artifactUri, runId }, path, kept };
  const [name = "", ...rest] = path.split("/");
  // A logged model cannot have a quote in its name.
  if (name === "" || /['"]/.test(name)) return [ofRun];
  const filter = `name = '${name}' AND source_run_id = '${runId}'`;
  const models = await store.searchLoggedModels({ experimentIds: [experimentId], filter });
  return [
    ofRun,
    ...models.slice(0, 1).map(({ artifactUri: uri, modelId }) => ({
      store,
      root: { uri, modelId },
      path: rest.join("/"),
      kept,
    })),
  ];
}

function ofRunUri(store: TrackingStore, uri: string): Promise<readonly ArtifactLocation[]> {
  const [, runId, path = ""] = /^runs:\/+([^/]+)(?:\/(.+))?$/i.exec(uri) ?? [];
  if (runId !== undefined) return locateInRun(store, runId, path);
  throw invalidParameter(
    `Not a proper runs:/ URI: ${uri}. Runs URIs must be of the form 'runs:/<run_id>/run-relative/path/to/artifact'`,
  );
}

async function ofModelUri(
  store: TrackingStore,
  uri: string,
  hops: number,
): Promise<readonly ArtifactLocation[]> {
  const { name, version: wanted, alias, path } = parseModelUri(uri);
  if (wanted === undefined && alias === undefined) return ofLoggedModel(store, name, path);
  const version = await (alias === undefined
    ? versionOf(store, name, wanted as string)
    : store.getModelVersionByAlias(name, alias));
  if (!version) {
    throw new MlflowException(
      `Registered model version ${uri} not found`,
      "RESOURCE_DOES_NOT_EXIST",
    );
  }
  const { modelId } = version;
  const model = modelId === undefined ? undefined : await store.getLoggedModel(modelId);
  if (model) return [{ store, root: rootOf(model), path, kept: path }];
  const source = await store.getModelVersionDownloadUri(name, version.version);
  const found = await locate(store, source, hops + 1);
  return found.map((one) => ({ ...one, path: joinArtifactPath(one.path, path), kept: path }));
}

async function ofLoggedModel(
  store: TrackingStore,
  modelId: string,
  path: string,
): Promise<readonly ArtifactLocation[]> {
  const model = await store.getLoggedModel(modelId);
  if (model) return [{ store, root: rootOf(model), path, kept: path }];
  throw new MlflowException(
    `Logged model with ID '${modelId}' not found.`,
    "RESOURCE_DOES_NOT_EXIST",
  );
}

function versionOf(
  store: TrackingStore,
  name: string,
  version: string,
): Promise<ModelVersion | undefined> {
  const isLatest = version.toLowerCase() === "latest";
  return isLatest ? store.getLatestModelVersion(name) : store.getModelVersion(name, version);
}

interface ModelUri {
  /** The name of a registered model, or the id of a logged model if there is no version and no alias. */
  readonly name: string;
  readonly version?: string;
  readonly alias?: string;
  readonly path: string;
}

function parseModelUri(uri: string): ModelUri {
  const [first = "", second, ...rest] = uri.replace(/^models:\/(?!\/)/i, "").split("/");
  const at = first.lastIndexOf("@");
  const afterFirst = [second, ...rest].filter((name) => name !== undefined).join("/");
  if (at > 0) {
    return { name: first.slice(0, at), alias: first.slice(at + 1), path: afterFirst };
  }
  if (LOGGED_MODEL_ID.test(first)) return { name: first, path: afterFirst };
  if (first !== "" && /^(\d+|latest)$/i.test(second ?? "")) {
    return { name: first, version: second as string, path: rest.join("/") };
  }
  throw improperModelUri(uri);
}

function rootOf(model: { readonly artifactUri: string; readonly modelId: string }): ArtifactRoot {
  return { uri: model.artifactUri, modelId: model.modelId };
}

function whole(path: string) {
  return { path, kept: path };
}

function improperModelUri(uri: string): MlflowException {
  return invalidParameter(
    `Not a proper models:/ URI: ${uri}. Models URIs must be of the form 'models:/model_name/version', 'models:/model_name/latest', 'models:/model_name@alias' or 'models:/<model_id>'; stages are not supported.`,
  );
}
