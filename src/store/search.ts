import { pagesOf } from "./pages.js";
import type { Page } from "./store.js";

/** Iterates over all that is found; `.page()` gives one page. */
export interface Search<T> extends AsyncIterable<T> {
  page(pageToken?: string): Promise<Page<T>>;
}

/** `what` names the items in plural, for errors. */
export function searchBy<T>(
  what: string,
  page: (pageToken?: string) => Promise<Page<T>>,
): Search<T> {
  return {
    page,
    async *[Symbol.asyncIterator]() {
      for await (const items of pagesOf(what, page)) yield* items;
    },
  };
}
