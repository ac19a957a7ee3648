import type { SpoolItem } from "./spool-file.js";
import type { SpoolFolder } from "./spool-folder.js";

/** What a write to disk has done. "full": the disk has no room for it. */
export type WriteResult = "written" | "failed" | "full";

/** The content of a new file: jobs, each with its item. */
export interface NewFile<J> {
  readonly folder: SpoolFolder;
  readonly jobs: readonly J[];
  readonly items: readonly SpoolItem[];
}

/** Calls `write` for each file. If the disk has no room for a file, writes its halves, until not even one item fits. */
export function writeWhatFits<J>(
  files: readonly NewFile<J>[],
  write: (file: NewFile<J>) => WriteResult,
): void {
  const waiting = [...files];
  for (let file = waiting.shift(); file; file = waiting.shift()) {
    if (write(file) !== "full") continue;
    if (file.jobs.length === 1) return;
    const middle = file.jobs.length >> 1;
    waiting.unshift(slice(file, 0, middle), slice(file, middle));
  }
}

function slice<J>({ folder, jobs, items }: NewFile<J>, from: number, to?: number): NewFile<J> {
  return { folder, jobs: jobs.slice(from, to), items: items.slice(from, to) };
}
