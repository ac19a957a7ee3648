import { expect, test } from "vitest";
import { collectPages, pagesOf } from "../../src/store/pages.js";

/** A listing with pages and tokens from these functions. Fails the test if it is read endlessly. */
function listing<T>(itemsOf: (page: number) => readonly T[], tokenOf: (page: number) => string) {
  let page = -1;
  const tokens: (string | undefined)[] = [];
  const read = async (pageToken?: string) => {
    page++;
    tokens.push(pageToken);
    if (page > 20_000) throw new Error("The listing was read endlessly.");
    return { items: itemsOf(page), nextPageToken: tokenOf(page) };
  };
  return { read, tokens };
}

test("each page is read with the token of the page before it", async () => {
  const { read, tokens } = listing(
    (page) => [page, page],
    (page) => ["a", "b", ""][page] ?? "",
  );
  expect(await collectPages("things", read)).toEqual([0, 0, 1, 1, 2, 2]);
  expect(tokens).toEqual([undefined, "a", "b"]);
});

test.each([
  ["the same token", () => "a"],
  ["tokens in a circle", (page: number) => String(page % 3)],
])("%s ends with an error, also if the caller reads page by page", async (_what, tokenOf) => {
  const endless = {
    name: "MlflowException",
    errorCode: "INVALID_STATE",
    message: expect.stringMatching(/listing of things does not end.*same page token/),
  };
  const { read, tokens } = listing(() => [1], tokenOf);
  await expect(collectPages("things", read)).rejects.toMatchObject(endless);
  expect(tokens.length).toBeLessThan(6);
  const again = listing(() => [1], tokenOf);
  const iterate = async () => {
    for await (const _page of pagesOf("things", again.read));
  };
  await expect(iterate()).rejects.toMatchObject(endless);
});

test("an endless series of empty pages ends with an error", async () => {
  const { read, tokens } = listing(() => [], String);
  await expect(collectPages("things", read)).rejects.toThrow(/empty pages in a row/);
  expect(tokens).toHaveLength(1000);
});

test("a few empty pages are not an error", async () => {
  const { read } = listing(
    (page) => (page % 500 === 0 ? [page] : []),
    (page) => (page < 3000 ? String(page) : ""),
  );
  expect(await collectPages("things", read)).toHaveLength(7);
});

test("a token that is too long ends with an error", async () => {
  const { read } = listing(
    () => [1],
    (page) => "a".repeat(20_000) + page,
  );
  await expect(collectPages("things", read)).rejects.toThrow(/page token of 20001 characters/);
});

test("more pages or items than any real listing has end with an error", async () => {
  const pages = listing(() => [1], String);
  await expect(collectPages("things", pages.read)).rejects.toThrow(/more than 10000 pages/);
  const page = Array.from({ length: 100_000 }, () => 1);
  const items = listing(() => page, String);
  await expect(collectPages("things", items.read)).rejects.toThrow(/more than 1000000/);
});

test("pages that are too large for memory together end with an error", async () => {
  const large = { name: "x".repeat(30_000_000) };
  const { read, tokens } = listing(() => [large], String);
  await expect(collectPages("things", read)).rejects.toThrow(/more than 268435456 characters/);
  expect(tokens).toHaveLength(9);
});

test("a caller that reads page by page has no limit, and one that asks for a number of items reads no more pages than needed", async () => {
  const { read } = listing(() => [1], String);
  let count = 0;
  for await (const _page of pagesOf("things", read)) if (++count === 15_000) break;
  expect(count).toBe(15_000);
  const some = listing(() => [1, 2], String);
  expect(await collectPages("things", some.read, 3)).toEqual([1, 2, 1, 2]);
  expect(some.tokens).toHaveLength(2);
});
