import { expect, test } from "vitest";
import { textOfError } from "../../src/trace/exception.js";
import { sparseList } from "../support/large-values.js";
import { take } from "./snapshots.js";

test("the keys of a list are listed once, even with many runs of holes", () => {
  const list: unknown[] = [];
  for (let index = 0; index < 500; index += 1) list[index * 1_000_000] = index;
  let listings = 0;
  const watched = new Proxy(list, {
    ownKeys: (target) => {
      listings += 1;
      return Reflect.ownKeys(target);
    },
  });
  const taken = take(watched) as unknown[];
  expect(taken.filter((item) => typeof item === "number")).toHaveLength(500);
  expect(listings).toBe(1);
});

test("a thrown list shows its first items, and nested lists share one limit", () => {
  expect(textOfError(sparseList())).toBe("[4000000000 empty items],1");
  expect(textOfError([1, null, [2, undefined, "x"]])).toBe("1,,2,,x");
  expect(textOfError(new Array(1e7).fill(1))).toMatch(
    /^(1,){1000}\[dropped: 9999000 more items\]$/,
  );
  let read = 0;
  const counted = {
    toString() {
      read += 1;
      return "x";
    },
  };
  let wide: unknown = counted;
  for (let depth = 0; depth < 5; depth += 1) wide = new Array(50).fill(wide);
  textOfError(wide);
  expect(read).toBeLessThan(1001);
});

test("a huge thrown integer becomes a mark, because writing it takes too long", () => {
  expect(textOfError(-(1n << 50_000_000n))).toBe("[dropped: an integer of more than 4096 bits]");
});
