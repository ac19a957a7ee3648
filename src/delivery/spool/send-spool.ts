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
  /** The server's answers to refused items, with the numbers of these. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Which items are sent: those that wait, or those that the server has refused earlier. */
export type SpoolPart = "waiting" | "refused";
const KIND = { waiting: "new", refused: "dead" } as const;

/** Sends items for a server that no other process is sending, each once. Stops when the server accepts none of a file. */
export async function sendSpool(
  root: string,
  store: TrackingStore,
  effects: SpoolEffects,
  signal: AbortSignal,
  part: SpoolPart = "waiting",
): Promise<SentSpool> {
  const folder = new SpoolFolder(root, { uri: store.uri, workspace: store.workspace }, effects);
  const sum = { stored: 0, refused: 0, damaged: 0, left: 0 };
  const answers: Record<string, number> = Object.create(null);
  let cause: string | undefined;
  let isOver = false;
  for (const name of folder[part]()) {
    isOver ||= signal.aborted;
    const sent: SentFile = isOver
      ? { ...NOTHING, left: folder.itemsOf(name) }
      : await claimAndSend(folder, name, KIND[part], store, signal);
    sum.stored += sent.stored;
    sum.refused += sent.refused.size;
    sum.damaged += sent.damaged;
    sum.left += sent.left;
    for (const answer of sent.refused.values()) answers[answer] = (answers[answer] ?? 0) + 1;
    cause ??= sent.cause;
    isOver ||= sent.isOver;
  }
  return { ...sum, cause, answers };
}

/** What was done with a file. */
interface SentFile extends Omit<SentSpool, "refused" | "answers"> {
  /** Refused items, with the server's answers. */
  readonly refused: ReadonlyMap<SpoolItem, string>;
  /** Whether the server accepts nothing more for now. */
  readonly isOver: boolean;
}

const NOTHING: SentFile = {
  ...{ stored: 0, refused: new Map(), damaged: 0, left: 0 },
  ...{ cause: undefined, isOver: false },
};

async function claimAndSend(
  folder: SpoolFolder,
  name: string,
  from: "new" | "dead",
  store: TrackingStore,
  signal: AbortSignal,
): Promise<SentFile> {
  let file: ReturnType<SpoolFolder["claim"]>;
  try {
    file = folder.claim(name, from);
  } catch (thrown) {
    // The others are sent.
    return { ...NOTHING, left: folder.itemsOf(name), cause: messageOf(thrown) };
  }
  if (file === "newer") return { ...NOTHING, left: folder.itemsOf(name) };
  if (file === "damaged") return { ...NOTHING, damaged: 1 };
  return file === "taken" ? NOTHING : sendFile(folder, file, from, store, signal);
}

async function sendFile(
  folder: SpoolFolder,
  file: ClaimedFile,
  from: "new" | "dead",
  store: TrackingStore,
  signal: AbortSignal,
): Promise<SentFile> {
  const { items, damaged, answer: earlier } = file.content;
  const jobs = jobsOfItems(items, store, (key) => folder.lockRun(key));
  const verdicts = new Map<SpoolItem, Verdict>();
  for (const group of groupsOf(jobs)) {
    const sent = await send([...group.keys()], signal);
    for (const [index, item] of [...group.values()].entries()) {
      verdicts.set(item, sent[index] ?? NO_VERDICT);
    }
  }
  const { stored, refused, left, cause, isDown } = sorted(verdicts);
  for (const [item, answer] of refused) folder.bury([item], answer);
  if (left.length === items.length) folder.release(file.name, from);
  else {
    if (left.length > 0 && from === "new") folder.write(left);
    else if (left.length > 0) folder.bury(left, earlier ?? "");
    folder.remove(file.name);
  }
  const unread = items.length - jobs.size;
  // What the server has refused may be for several experiments, of which one is deleted.
  const isOver = from === "new" ? left.length > 0 : isDown;
  return { stored, refused, damaged: damaged + unread, left: left.length, cause, isOver };
}

const NO_VERDICT: Verdict = { state: "retry", cause: new Error("The store returned no result.") };

function sorted(verdicts: ReadonlyMap<SpoolItem, Verdict>) {
  const left: SpoolItem[] = [];
  const refused = new Map<SpoolItem, string>();
  let stored = 0;
  let cause: string | undefined;
  let isDown = false;
  for (const [item, verdict] of verdicts) {
    if (verdict.state === "stored") stored += 1;
    else if (verdict.state === "refused") refused.set(item, messageOf(verdict.cause));
    else {
      left.push(item);
      cause = messageOf(verdict.cause);
      isDown ||= verdict.state === "retry";
    }
  }
  return { stored, refused, left, cause, isDown };
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
