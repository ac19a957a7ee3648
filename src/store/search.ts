import { checkArgument } from "../settings/check-options.js";
import { filledText } from "../settings/kinds.js";
import { type Page, pagesOf } from "./pages.js";

/** Iterates over all results; `.page()` returns one page. */
export interface Search<T> extends AsyncIterable<T> {
  page(pageToken?: string): Promise<Page<T>>;
}

/** How a search identifies and sorts its items. */
export interface SearchedItems<T> {
  readonly idOf: (item: T) => string;
  /** Set if the newest item is the first. */
  readonly timeMsOf?: (item: T) => number;
}

/** Reads a page of items. `untilMs` excludes those that are newer. */
export type ReadPage<T> = (pageToken?: string, untilMs?: number) => Promise<Page<T>>;

/** The ids of items that were returned, and the times of the items. */
type Seen = Map<string, number>;

/** @param what the items in plural, for errors. */
export function searchBy<T>(what: string, read: ReadPage<T>, items: SearchedItems<T>): Search<T> {
  return {
    page: async (pageToken) => {
      if (pageToken === undefined) return read();
      return read(checkArgument("page()", "pageToken", filledText, pageToken));
    },
    [Symbol.asyncIterator]: () => eachItem(what, read, items),
  };
}

/**
 * Returns each item once. A server's page token is a number of items. So a later page repeats items if the caller has added some
 * since, and omits items if the caller has deleted some. If the newest item is the first, the next page is read by the time
 * of the last item instead.
 */
async function* eachItem<T>(
  what: string,
  read: ReadPage<T>,
  items: SearchedItems<T>,
): AsyncGenerator<T> {
  const seen: Seen = new Map();
  let untilMs: number | undefined;
  do {
    untilMs = yield* items.timeMsOf
      ? itemsUntil(what, read, { ...items, timeMsOf: items.timeMsOf, seen }, untilMs)
      : itemsOf(what, read, { ...items, seen });
  } while (untilMs !== undefined);
}

/** Reads all pages, in any order. */
async function* itemsOf<T>(
  what: string,
  read: ReadPage<T>,
  { idOf, seen }: SearchedItems<T> & { readonly seen: Seen },
): AsyncGenerator<T, undefined> {
  for await (const items of pagesOf(what, read)) yield* unseen(items, { idOf, seen });
}

/** Reads pages until an item is older than `untilMs`. Returns where to continue. */
async function* itemsUntil<T>(
  what: string,
  read: ReadPage<T>,
  { idOf, timeMsOf, seen }: Required<SearchedItems<T>> & { readonly seen: Seen },
  untilMs: number | undefined,
): AsyncGenerator<T, number | undefined> {
  const seenBefore = seen.size;
  let pages = 0;
  let isLastPage = false;
  const readPage = async (pageToken?: string) => {
    const page = await read(pageToken, untilMs);
    pages++;
    isLastPage = !page.nextPageToken;
    return page;
  };
  for await (const items of pagesOf(what, readPage)) {
    yield* unseen(items, { idOf, timeMsOf, seen });
    const lastMs = items.map(timeMsOf).at(-1);
    if (!isLastPage && !isOlder(lastMs, untilMs)) continue;
    // More than a page has the same time: an item may have moved to a page that was read before.
    if (pages > 1 && seen.size > seenBefore) return untilMs;
    if (isLastPage) return undefined;
    // Newer items are not repeated. Older ones may be: a page that was read before, and that has moved since, had them.
    for (const [id, timeMs] of seen) if (timeMs > Number(lastMs)) seen.delete(id);
    return lastMs;
  }
  return undefined;
}

/** False for an item without a time. */
function isOlder(timeMs: number | undefined, untilMs = Number.POSITIVE_INFINITY): boolean {
  return timeMs !== undefined && timeMs > 0 && timeMs < untilMs;
}

function* unseen<T>(
  items: readonly T[],
  { idOf, timeMsOf = () => 0, seen }: SearchedItems<T> & { readonly seen: Seen },
) {
  for (const item of items) {
    const id = idOf(item);
    if (seen.has(id)) continue;
    seen.set(id, timeMsOf(item));
    yield item;
  }
}
