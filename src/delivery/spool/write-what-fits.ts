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

/**
 * Calls `write` for each file. If the disk has no room for a file, writes its halves. If it has no room for one item, writes
 * those that are smaller.
 */
export function writeWhatFits<J>(
  files: readonly NewFile<J>[],
  write: (file: NewFile<J>) => WriteResult,
): void {
  const waiting = [...files];
  let tooLargeBytes = Number.POSITIVE_INFINITY;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const file = only(next, ({ payload }) => payload.byteLength < tooLargeBytes);
    const { length } = file.items;
    if (length === 0 || write(file) !== "full") continue;
    if (length === 1) tooLargeBytes = file.items[0]!.payload.byteLength;
    else {
      const middle = length >> 1;
      waiting.unshift(
        only(file, (_, index) => index < middle),
        only(file, (_, index) => index >= middle),
      );
    }
  }
}

/** The file with the items that `fits` returns true for. */
function only<J>(
  { folder, jobs, items }: NewFile<J>,
  fits: (item: SpoolItem, index: number) => boolean,
): NewFile<J> {
  return {
    folder,
    jobs: jobs.filter((_, index) => fits(items[index]!, index)),
    items: items.filter(fits),
  };
}
