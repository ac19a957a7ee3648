import type { Settings } from "../settings/settings.js";
import { createFileStore } from "./file/file-store.js";
import { createRestStore } from "./rest/rest-store.js";
import type { TrackingStore } from "./store.js";
import { resolveTrackingUri } from "./tracking-uri.js";

/**
 * The store behind a tracking URI, see {@link resolveTrackingUri}, which also says what is refused.
 * `onShed` hears of what a server had no time for, see there. Opening does no I/O; what a backend needs is loaded when it is first spoken to.
 */
export function openStore(
  uri: string | undefined,
  settings: Settings,
  onShed?: (count: number) => void,
): TrackingStore {
  const target = resolveTrackingUri(uri);
  return target.kind === "server"
    ? createRestStore({ uri: target.uri, settings, ...(onShed && { onShed }) })
    : createFileStore({
        directory: target.directory,
        allowedFolders: settings.allowedArtifactRoots.folders,
      });
}
