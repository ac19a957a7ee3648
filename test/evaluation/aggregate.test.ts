import { describe, expect, test } from "vitest";
import { aggregate, numericValue } from "../../src/evaluation/aggregate.js";

describe("aggregate", () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3.5];

  test.each([
    ["min", 1],
    ["max", 9],
    ["mean", 3.95],
    ["median", 3.75],
    ["variance", 5.4225],
    ["p90", 6.299999999999999],
  ] as const)("computes %s as MLflow in Python does", (name, want) => {
    expect(aggregate(values, name)).toBe(want);
  });

  test("rounds as numpy does, so that a threshold has the same verdict", () => {
    expect(aggregate(Array(10).fill(0.1), "mean")).toBe(0.1);
    expect(aggregate(Array(1000).fill(0.1), "mean")).toBe(0.10000000000000002);
    expect(aggregate(Array(300).fill(0.7), "mean")).toBe(0.7000000000000001);
  });

  test("returns NaN without values, and for NaN", () => {
    for (const name of ["min", "max", "mean", "median", "variance", "p90"] as const) {
      expect(aggregate([], name)).toBeNaN();
      expect(aggregate([1, Number.NaN, 2], name)).toBeNaN();
    }
  });
});

describe("numericValue", () => {
  test("reads numbers, booleans, and yes and no in any case", () => {
    expect([0.5, true, false, "yes", "No", "YES"].map(numericValue)).toEqual([0.5, 1, 0, 1, 0, 1]);
  });

  test("returns undefined for other values", () => {
    const others = ["maybe", "yes ", "1", "", null, undefined, [1], { value: 1 }];
    for (const value of others) expect(numericValue(value), String(value)).toBeUndefined();
  });
});
