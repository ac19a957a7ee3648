import { debug } from "../../base/log.js";
import type { TrackingStore } from "../../store/store.js";
import { Destination } from "../destination.js";
import type { SpooledJob } from "./job-item.js";
import { jobOfItem, targetOf } from "./job-of-item.js";
import type { JsonFields, SpoolItem } from "./spool-file.js";
import { type LockRun, targetOfSpooled } from "./spooled-run.js";

/** More destinations are remembered than the files that are sent at a time have. */
const MAX_DESTINATIONS = 1000;

/** One object for each target: it is the key of the queue's lane. */
const destinations = new WeakMap<TrackingStore, Map<string, Destination>>();

/** The jobs of items for a store, with their items. Items that cannot be read are missing. */
export function jobsOfItems(
  items: readonly SpoolItem[],
  store: TrackingStore,
  lockRun: LockRun,
): Map<SpooledJob, SpoolItem> {
  const jobs = new Map<SpooledJob, SpoolItem>();
  for (const item of items) {
    try {
      const job = jobOfItem(item, destinationOf(item.fields, store, lockRun));
      if (job) jobs.set(job, item);
    } catch (cause) {
      debug("an item of the spool: %o", cause);
    }
  }
  return jobs;
}

function destinationOf(fields: JsonFields, store: TrackingStore, lockRun: LockRun): Destination {
  const target = targetOf(fields);
  const { experiment, run: spooled } = target;
  const run = spooled && targetOfSpooled(spooled, store, lockRun);
  if (run && !experiment) return run.destination;
  const ofStore = destinations.get(store) ?? new Map<string, Destination>();
  destinations.set(store, ofStore);
  const key = JSON.stringify(target);
  const known = ofStore.get(key);
  const destination = known && known.run === run ? known : new Destination(store, experiment, run);
  // The one that was used last is removed last.
  ofStore.delete(key);
  ofStore.set(key, destination);
  if (ofStore.size > MAX_DESTINATIONS) ofStore.delete(ofStore.keys().next().value!);
  return destination;
}
