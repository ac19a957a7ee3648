import { MlflowException } from "../base/errors.js";

/** One page of a listing. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Undefined for the last page. */
  readonly nextPageToken?: string;
}

/** A search in experiments, registered models or model versions. */
export interface EntityQuery {
  /** MLflow's filter language. The local store supports a part of it; its errors name that part. */
  readonly filter?: string;
  readonly orderBy?: readonly string[];
  readonly maxResults?: number;
  readonly pageToken?: string;
}

/** More than real listings have. A server that sends more is broken. */
const MAX_COLLECTED_ITEMS = 1_000_000;
const MAX_COLLECTED_PAGES = 10_000;
/** As JSON. All pages are in memory together, and 10 000 pages of the largest response do not fit. */
const MAX_COLLECTED_CHARACTERS = 256 * 1024 * 1024;
/** Servers may send empty pages during a long search. */
const MAX_EMPTY_PAGES = 1_000;
const MAX_TOKEN_CHARACTERS = 16_384;

/**
 * Reads one page after another, as long as the caller asks for more.
 *
 * @param what the items in plural, for errors.
 * @throws MlflowException INVALID_STATE for an endless listing: a repeated page token, a page token that is too
 * long, or too many empty pages in a row.
 */
export async function* pagesOf<T>(
  what: string,
  read: (pageToken?: string) => Promise<Page<T>>,
): AsyncGenerator<readonly T[]> {
  const seen = new Set<string>();
  let emptyPages = 0;
  let pageToken: string | undefined;
  do {
    const { items, nextPageToken } = await read(pageToken);
    yield items;
    emptyPages = items.length === 0 ? emptyPages + 1 : 0;
    pageToken = nextPageToken || undefined;
    if (pageToken === undefined) return;
    if (pageToken.length > MAX_TOKEN_CHARACTERS) {
      throw endless(what, `a page token of ${pageToken.length} characters`);
    }
    if (seen.has(pageToken)) throw endless(what, "the same page token again");
    if (emptyPages >= MAX_EMPTY_PAGES) throw endless(what, `${emptyPages} empty pages in a row`);
    seen.add(pageToken);
  } while (true);
}

/**
 * Reads all pages, or pages until there are `maxItems` items.
 *
 * @throws MlflowException INVALID_STATE as {@link pagesOf}, and for more items, pages or characters than any
 * real listing has.
 */
export async function collectPages<T>(
  what: string,
  read: (pageToken?: string) => Promise<Page<T>>,
  maxItems = Number.POSITIVE_INFINITY,
): Promise<T[]> {
  const all: T[] = [];
  let pages = 0;
  let characters = 0;
  for await (const items of pagesOf(what, read)) {
    for (const item of items) all.push(item);
    if (all.length >= maxItems) break;
    if (all.length > MAX_COLLECTED_ITEMS) throw endless(what, `more than ${MAX_COLLECTED_ITEMS}`);
    characters += JSON.stringify(items)?.length ?? 0;
    if (characters > MAX_COLLECTED_CHARACTERS) {
      throw endless(what, `more than ${MAX_COLLECTED_CHARACTERS} characters`);
    }
    pages++;
    if (pages >= MAX_COLLECTED_PAGES) throw endless(what, `more than ${MAX_COLLECTED_PAGES} pages`);
  }
  return all;
}

function endless(what: string, received: string): MlflowException {
  return new MlflowException(
    `The listing of ${what} does not end: the server sent ${received}. Check that the tracking URI names an MLflow server, and that no proxy changes its responses.`,
    "INVALID_STATE",
  );
}
