import { messageOf } from "../../base/errors.js";
import type { TrackingStore, Verdict } from "../../store/store.js";
import { isAttachmentJob, isRunJob, isTraceJob } from "../job.js";
import { sendAttachments } from "../send-attachments.js";
import { sendRunJobs } from "../send-run-jobs.js";
import { sendTraces } from "../send-traces.js";
import type { SpooledJob } from "./job-item.js";
import { targetOf } from "./job-of-item.js";
import { jobsOfItems } from "./jobs-of-items.js";
import type { SpoolEffects } from "./spool-effects.js";
import type { SpoolItem } from "./spool-file.js";
import { type ClaimedFile, SpoolFolder } from "./spool-folder.js";

/** Numbers of items. */
export interface SentSpool {
  readonly stored: number;
  readonly refused: number;
  readonly damaged: number;
  /** Still in the spool, since the server does not accept them now. */
  readonly left: number;
  /** Why items are left. */
  readonly cause: string | undefined;
}

/** Sends all items for a server that no other process is sending. Stops when the server accepts none of a file. */
export async function sendSpool(
  root: string,
  store: TrackingStore,
  effects: SpoolEffects,
  signal: AbortSignal,
): Promise<SentSpool> {
  const folder = new SpoolFolder(root, { uri: store.uri, workspace: store.workspace }, effects);
  const sum = { stored: 0, refused: 0, damaged: 0, left: 0 };
  let cause: string | undefined;
  let unreadable: string | undefined;
  for (const name of folder.waiting()) {
    if (signal.aborted || cause !== undefined) break;
    const file = claim(folder, name);
    if (file === "damaged") sum.damaged += 1;
    if (file instanceof Error) unreadable = file.message;
    if (typeof file === "string" || file instanceof Error) continue;
    const sent = await sendFile(folder, file, store, signal);
    sum.stored += sent.stored;
    sum.refused += sent.refused;
    sum.damaged += sent.damaged;
    cause = sent.cause;
  }
  for (const name of folder.waiting()) sum.left += folder.itemsOf(name);
  return { ...sum, cause: cause ?? unreadable };
}

/** Returns the error of a file that cannot be read: the others are sent. */
function claim(folder: SpoolFolder, name: string): ReturnType<SpoolFolder["claim"]> | Error {
  try {
    return folder.claim(name);
  } catch (thrown) {
    return new Error(messageOf(thrown));
  }
}

async function sendFile(
  folder: SpoolFolder,
  file: ClaimedFile,
  store: TrackingStore,
  signal: AbortSignal,
): Promise<Omit<SentSpool, "left">> {
  const { items, damaged } = file.content;
  const jobs = jobsOfItems(items, store, (key) => folder.lockRun(key));
  const verdicts = new Map<SpoolItem, Verdict>();
  for (const group of groupsOf(jobs)) {
    const sent = await send([...group.keys()], signal);
    for (const [index, item] of [...group.values()].entries()) {
      verdicts.set(item, sent[index] ?? NO_VERDICT);
    }
  }
  const { stored, refused, left, cause } = sorted(verdicts);
  for (const [item, answer] of refused) folder.bury([item], answer);
  if (left.length === items.length) folder.release(file.name);
  else {
    if (left.length > 0) folder.write(left);
    folder.remove(file.name);
  }
  const unread = items.length - jobs.size;
  return { stored, refused: refused.size, damaged: damaged + unread, cause };
}

const NO_VERDICT: Verdict = { state: "retry", cause: new Error("The store returned no result.") };

function sorted(verdicts: ReadonlyMap<SpoolItem, Verdict>) {
  const left: SpoolItem[] = [];
  const refused = new Map<SpoolItem, string>();
  let stored = 0;
  let cause: string | undefined;
  for (const [item, verdict] of verdicts) {
    if (verdict.state === "stored") stored += 1;
    else if (verdict.state === "refused") refused.set(item, messageOf(verdict.cause));
    else {
      left.push(item);
      cause = messageOf(verdict.cause);
    }
  }
  return { stored, refused, left, cause };
}

/** Jobs of one kind and target share requests. */
function groupsOf(jobs: ReadonlyMap<SpooledJob, SpoolItem>): Map<SpooledJob, SpoolItem>[] {
  const groups = new Map<string, Map<SpooledJob, SpoolItem>>();
  for (const [job, item] of jobs) {
    const key = JSON.stringify([item.fields.kind, targetOf(item.fields)]);
    const group = groups.get(key) ?? new Map<SpooledJob, SpoolItem>();
    groups.set(key, group.set(job, item));
  }
  return [...groups.values()];
}

function send(jobs: readonly SpooledJob[], signal: AbortSignal): Promise<readonly Verdict[]> {
  if (jobs.every(isAttachmentJob)) return sendAttachments(jobs, signal);
  if (jobs.every(isRunJob)) return sendRunJobs(jobs, signal);
  return sendTraces(jobs.filter(isTraceJob), signal);
}
