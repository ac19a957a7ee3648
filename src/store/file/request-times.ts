import { basename, join } from "node:path";
import { forEach } from "../../base/for-each.js";
import type { Layout } from "./layout.js";
import { readTextFile } from "./meta-files.js";
import { appendFile, makeFolders, perform, type Steps } from "./steps.js";
import { readRequestTime } from "./trace-files.js";

// Traces are listed by the time of their request, which is in a file of each trace. A second file of each experiment
// has the times of all its traces, so that a listing opens only the files of the traces that it returns. Writers append
// to it. It may be incomplete, because other programs write traces too: the times that are missing are read, and added.

/** More parallel reads only wait for each other. */
const PARALLEL_READS = 16;
const LINE = /^([a-zA-Z0-9][\w-]{0,63}) (\d{1,16})$/gm;

interface RequestTime {
  readonly traceId: string;
  readonly requestTime: number;
}

/** Appends the times of traces that were written. A failure is ignored, because the next listing adds what is missing. */
export function* addRequestTimes(
  layout: Layout,
  experimentId: string,
  times: readonly RequestTime[],
): Steps<void> {
  const lines = times.map(({ traceId, requestTime }) => `${traceId} ${requestTime}\n`);
  if (lines.length === 0) return;
  try {
    yield* appendFile(fileOf(layout, experimentId), lines.join(""));
  } catch {
    try {
      yield* makeFolders(layout.listings);
      yield* appendFile(fileOf(layout, experimentId), lines.join(""));
    } catch {
      // For example, the store is read-only.
    }
  }
}

/** The times of traces, by folder. Omits folders that are not complete traces. */
export async function readRequestTimes(
  layout: Layout,
  experimentId: string,
  folders: readonly string[],
): Promise<Map<string, number>> {
  const text = (await readTextFile(fileOf(layout, experimentId))) ?? "";
  const known = new Map<string, number>();
  for (const [, traceId = "", time] of text.matchAll(LINE)) known.set(traceId, Number(time));
  const times = new Map<string, number>();
  const added: RequestTime[] = [];
  await forEach(folders, PARALLEL_READS, async (folder) => {
    const traceId = basename(folder);
    const requestTime = known.get(traceId) ?? (await readRequestTime(folder));
    if (requestTime === undefined) return;
    times.set(folder, requestTime);
    if (!known.has(traceId)) added.push({ traceId, requestTime });
  });
  await perform(addRequestTimes(layout, experimentId, added));
  return times;
}

function fileOf(layout: Layout, experimentId: string): string {
  return join(layout.listings, `${experimentId}.txt`);
}
