import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { RecentIds } from "../../src/recording/run-index.js";

describe("the ids of runs that have ended", () => {
  test("are found, and other ids are not", () => {
    const recent = new RecentIds(1000);
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    for (const id of ids) recent.add(id);
    expect(ids.every((id) => recent.has(id))).toBe(true);
    expect(Array.from({ length: 1000 }, () => randomUUID()).some((id) => recent.has(id))).toBe(
      false,
    );
  });

  test("are distinguished even if an app chose similar ids", () => {
    const recent = new RecentIds(20_000);
    const alike = (index: number) => [
      `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`,
      `run ${index}`,
      "",
    ];
    expect(recent.has("")).toBe(false);
    for (let index = 0; index < 5000; index++) {
      for (const id of alike(index).slice(0, 3)) recent.add(id);
    }
    const others = Array.from({ length: 500 }, (_, index) => alike(5000 + index)).flat();
    expect(others.filter((id) => recent.has(id))).toEqual([]);
    expect(recent.has("run 0")).toBe(true);
  });

  test("are forgotten, the oldest first, when there are too many", () => {
    const recent = new RecentIds(3);
    for (const id of ["a", "b", "c", "d"]) recent.add(id);
    expect(["a", "b", "c", "d"].map((id) => recent.has(id))).toEqual([false, true, true, true]);
  });
});
