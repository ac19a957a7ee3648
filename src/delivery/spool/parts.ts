import { debug } from "../../base/log.js";
import type { TrackingStore } from "../../store/store.js";
import type { RunTarget } from "../destination.js";
import { isRunJob } from "../job.js";
import { itemOfJob, type SpooledJob, storeOf } from "./job-item.js";
import type { SpoolItem } from "./spool-file.js";
import type { SpoolFolder } from "./spool-folder.js";

/** A request has no more than this many items, so a file of a request is one file. */
const MAX_ITEMS = 200;
const MAX_FILE_BYTES = 8 * 1024 * 1024;
/** A limit removes whole files, so it must have room for several. */
const MIN_FILES = 8;

/** The jobs of a file, with their items. */
export interface SpoolPart {
  readonly folder: SpoolFolder;
  readonly jobs: SpooledJob[];
  readonly items: SpoolItem[];
  bytes: number;
}

/** The jobs as the items of files. Jobs that the spool does not keep are missing. */
export function partsOf(
  jobs: readonly SpooledJob[],
  spool: { folderOf(store: TrackingStore): SpoolFolder | undefined; readonly maxBytes: number },
): SpoolPart[] {
  const maxFileBytes = Math.min(MAX_FILE_BYTES, spool.maxBytes / MIN_FILES);
  const parts: SpoolPart[] = [];
  const open = new Map<object, SpoolPart>();
  for (const job of jobs) {
    const folder = spool.folderOf(storeOf(job));
    const item = folder && encoded(job);
    // The limit would remove all other files for it, and then the file itself.
    if (!folder || !item || item.payload.byteLength > spool.maxBytes) continue;
    // One file for a run that does not exist yet: only one process at a time can create it, and the others would have to retry.
    const run = newRunOf(job);
    let part = open.get(run ?? folder);
    const isFull = part && (part.items.length >= MAX_ITEMS || part.bytes >= maxFileBytes);
    if (!part || (isFull && !run)) {
      part = { folder, jobs: [], items: [], bytes: 0 };
      open.set(run ?? folder, part);
      parts.push(part);
    }
    part.jobs.push(job);
    part.items.push(item);
    part.bytes += item.payload.byteLength;
  }
  return parts;
}

function newRunOf(job: SpooledJob): RunTarget | undefined {
  const run = isRunJob(job) ? job.run : job.destination.run;
  return run?.id === undefined ? run : undefined;
}

function encoded(job: SpooledJob): SpoolItem | undefined {
  try {
    return itemOfJob(job);
  } catch (cause) {
    debug("a trace cannot be encoded: %o", cause);
    return undefined;
  }
}
