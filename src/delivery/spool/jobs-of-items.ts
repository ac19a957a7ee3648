import { debug } from "../../base/log.js";
import type { TrackingStore } from "../../store/store.js";
import { Destination } from "../destination.js";
import type { SpooledJob } from "./job-item.js";
import { jobOfItem, targetOf } from "./job-of-item.js";
import type { JsonFields, SpoolItem } from "./spool-file.js";
import { type LockRun, targetOfSpooled } from "./spooled-run.js";

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
      const job = jobOfItem(item, destinationOf(item.fields, store, lockRun), lockRun);
      if (job) jobs.set(job, item);
    } catch (cause) {
      debug("an item of the spool: %o", cause);
    }
  }
  return jobs;
}

function destinationOf(fields: JsonFields, store: TrackingStore, lockRun: LockRun): Destination {
  const target = targetOf(fields);
  const ofStore = destinations.get(store) ?? new Map<string, Destination>();
  destinations.set(store, ofStore);
  const key = JSON.stringify(target);
  let destination = ofStore.get(key);
  if (!destination) {
    const { experiment, run: spooled } = target;
    const run = spooled && targetOfSpooled(spooled, store, lockRun);
    destination = run && !experiment ? run.destination : new Destination(store, experiment, run);
    ofStore.set(key, destination);
  }
  return destination;
}
