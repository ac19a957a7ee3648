import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { Tombstones } from "../../src/recording/tombstones.js";

describe("the run ids of what has ended", () => {
  test("are remembered, and no others are taken for them", () => {
    const tombstones = new Tombstones(1000);
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    for (const id of ids) tombstones.add(id);
    expect(ids.every((id) => tombstones.has(id))).toBe(true);
    expect(Array.from({ length: 1000 }, () => randomUUID()).some((id) => tombstones.has(id))).toBe(
      false,
    );
  });

  test("are distinguished however similar they are, as those that an app chose itself", () => {
    const tombstones = new Tombstones(20_000);
    const alike = (index: number) => [
      `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
      `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`,
      `run ${index}`,
      "",
    ];
    expect(tombstones.has("")).toBe(false);
    for (let index = 0; index < 5000; index++) {
      for (const id of alike(index).slice(0, 3)) tombstones.add(id);
    }
    const others = Array.from({ length: 500 }, (_, index) => alike(5000 + index)).flat();
    expect(others.filter((id) => tombstones.has(id))).toEqual([]);
    expect(tombstones.has("run 0")).toBe(true);
  });

  test("are forgotten from the oldest on when there are too many", () => {
    const tombstones = new Tombstones(3);
    for (const id of ["a", "b", "c", "d"]) tombstones.add(id);
    expect(["a", "b", "c", "d"].map((id) => tombstones.has(id))).toEqual([false, true, true, true]);
  });
});
