import { readSettings } from "../../src/settings/settings.js";
import { createRestStore, type RestStoreOptions } from "../../src/store/rest/rest-store.js";
import type { TrackingStore } from "../../src/store/store.js";

/** A store on a server, with these environment variables and nothing else. */
export function openRestStore(
  uri: string,
  env: Record<string, string> = {},
  options: Partial<RestStoreOptions> = {},
): TrackingStore {
  return createRestStore({ uri, settings: readSettings(env), ...options });
}
