import { invalidParameter } from "../base/errors.js";
import type { Destination } from "../delivery/destination.js";
import { ANSWER_TIMEOUT_MS, hold, READ_AFTER_WRITE_MS } from "../delivery/hold.js";
import { getPipeline } from "../recording/pipeline.js";
import {
  type NamedKinds,
  type OptionKinds,
  readNamed,
  readOptions,
} from "../settings/check-options.js";
import { filledText, kindOf, type RequiredKind, required, text } from "../settings/kinds.js";
import { QUERY_OPTIONS } from "../settings/search-options.js";
import type { EntityQuery, TrackingStore } from "../store/store.js";

/** The options of `MlflowClient`. */
export interface MlflowClientOptions {
  /** The store: a server, or a local folder. Default: the current tracking URI, at each call. */
  readonly trackingUri?: string;
}

const CLIENT_OPTIONS: OptionKinds<MlflowClientOptions> = { trackingUri: filledText };

const destinations = new WeakMap<object, () => Destination>();

/** What all methods of the client share: the store, and how options are checked. */
export class StoreClient {
  constructor(options: MlflowClientOptions = {}) {
    const { trackingUri } = readOptions("new MlflowClient()", options, CLIENT_OPTIONS);
    const { tracking } = getPipeline();
    // Throws for a wrong URI.
    if (trackingUri !== undefined) tracking.inStore(trackingUri);
    destinations.set(this, () =>
      trackingUri === undefined ? tracking.current() : tracking.inStore(trackingUri),
    );
  }
}

/** The store of a client, and the active experiment in it. */
export function destinationOf(client: object): Destination {
  const destination = destinations.get(client)?.();
  if (destination) return destination;
  throw invalidParameter("Call the methods of MlflowClient on a client: client.getRun({ runId }).");
}

/** The name of a method in errors. */
export function nameOf(method: string): string {
  return `MlflowClient.${method}()`;
}

/**
 * Checks the options of a method, and runs it in the store of the client when everything that this process has logged is
 * delivered.
 */
export async function request<Options extends object, T>(
  client: object,
  method: string,
  options: unknown,
  kinds: NamedKinds<Options>,
  work: (store: TrackingStore, given: Options) => Promise<T>,
): Promise<T> {
  const aliases = "filterString" in kinds ? { filterString: "filter" } : {};
  const given = readNamed(nameOf(method), options, kinds, aliases as Record<string, never>);
  const answer = async () => {
    const { store } = destinationOf(client);
    await getPipeline().flush(READ_AFTER_WRITE_MS);
    return work(store, given);
  };
  return hold(answer(), ANSWER_TIMEOUT_MS);
}

/** The options of searches. */
export interface EntitySearch extends EntityQuery {
  /** Another name of `filter`, as in Python. */
  readonly filterString?: string;
}

export const SEARCH: NamedKinds<EntitySearch> = {
  ...QUERY_OPTIONS,
  pageToken: filledText,
};

/** A tag of the entity that the other options name. */
export const TAG = { key: required(filledText), value: required(text) };
export const TAG_KEY = { key: required(filledText) };

export const name: RequiredKind<string> = required(filledText);
export const version: RequiredKind<string | number> = required(
  kindOf(
    "the version of a registered model, such as 1 or '1'",
    (value) => /^\d{1,15}$/.test(String(value)) && /^(string|number)$/.test(typeof value),
  ),
);
