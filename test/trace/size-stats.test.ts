import { expect, test } from "vitest";
import { withSizeStats } from "../../src/trace/size-stats.js";
import { richTrace } from "../store/file/rich-trace.js";

const { info } = richTrace("sizes");

test("the sizes of a trace have the keys, the order and the rounding of Python's client", () => {
  const { traceMetadata } = withSizeStats(info, [700, 100, 401, 90]);
  const total = Number(traceMetadata["mlflow.trace.sizeBytes"]);
  expect(total).toBeGreaterThan(700 + 100 + 401 + 90);
  expect(traceMetadata["mlflow.trace.sizeStats"]).toBe(
    `{"total_size_bytes": ${total}, "num_spans": 4, "max": 700, "p25": 97, "p50": 250, "p75": 475}`,
  );
});

test("a trace of one span has its size as every percentile", () => {
  const { traceMetadata } = withSizeStats(info, [70]);
  expect(traceMetadata["mlflow.trace.sizeStats"]).toMatch(
    /"num_spans": 1, "max": 70, "p25": 70, "p50": 70, "p75": 70}$/,
  );
});

test("sizes that are known are kept, and the given info does not change", () => {
  const known = withSizeStats(info, [1, 2]);
  expect(withSizeStats(known, [5])).toBe(known);
  expect(withSizeStats(info, [])).toBe(info);
  expect(info.traceMetadata["mlflow.trace.sizeStats"]).toBeUndefined();
});
