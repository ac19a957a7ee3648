import type { Settings } from "../settings/settings.js";
import { createFileStore } from "./file/file-store.js";
import { createRestStore, type RestStoreOptions } from "./rest/rest-store.js";
import type { TrackingStore } from "./store.js";
import { resolveTrackingUri } from "./tracking-uri.js";

/**
 * Opens the store of a tracking URI. Sends and writes nothing: a backend is loaded at its first request.
 *
 * @param effects see `RestStoreOptions`.
 * @throws MlflowException see {@link resolveTrackingUri}.
 */
export function openStore(
  uri: string | undefined,
  settings: Settings,
  effects: Pick<RestStoreOptions, "onShed" | "onShortened" | "queueTimeoutMs"> = {},
): TrackingStore {
  const target = resolveTrackingUri(uri);
  return target.kind === "server"
    ? createRestStore({ uri: target.uri, settings, ...effects })
    : createFileStore({
        directory: target.directory,
        isIgnoredByGit: target.isDefault === true,
        allowedFolders: settings.allowedArtifactRoots.folders,
      });
}
