import type { Page } from "../store/store.js";

/** Iterates over all that is found; `.page()` gives one page. */
export interface Search<T> extends AsyncIterable<T> {
  page(pageToken?: string): Promise<Page<T>>;
}

export function searchBy<T>(page: (pageToken?: string) => Promise<Page<T>>): Search<T> {
  return {
    page,
    async *[Symbol.asyncIterator]() {
      let pageToken: string | undefined;
      do {
        const { items, nextPageToken } = await page(pageToken);
        yield* items;
        pageToken = nextPageToken;
      } while (pageToken !== undefined);
    },
  };
}
