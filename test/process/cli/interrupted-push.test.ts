import { expect, test } from "vitest";
import { openPushRecord } from "../../../src/cli/push-record.js";
import { createFileStore } from "../../../src/store/file/file-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import type { Assessment } from "../../../src/trace/assessment.js";
import { pushTraces } from "../../../src/tracing/push.js";
import { translation } from "../../cli/traces-of-tests.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";

const COUNT = 120;
const feedback: Assessment = {
  type: "feedback",
  name: "thumb",
  value: true,
  source: { sourceType: "HUMAN", sourceId: "ann" },
};
const ids = Array.from({ length: COUNT }, (_, index) => `tr-${String(index).padStart(32, "0")}`);

async function stores() {
  const directory = temporaryDirectory();
  const from = createFileStore({ directory });
  await from.logTraces(
    "0",
    ids.map((traceId) => ({ ...translation, info: { ...translation.info, traceId } })),
  );
  const received: string[] = [];
  const target = createFileStore({ directory: temporaryDirectory() });
  const to: TrackingStore = {
    ...target,
    logTraces: (experimentId, traces, signal) => {
      received.push(...traces.map(({ info }) => info.traceId));
      return target.logTraces(experimentId, traces, signal);
    },
  };
  const record = () =>
    openPushRecord(directory, to.uri, (cause) => {
      throw cause;
    });
  return { directory, from, to, received, record };
}

test("a push that is interrupted continues where it ended, and sends no trace twice", async () => {
  const { from, to, received, record } = await stores();
  const interruption = new AbortController();
  const first = await pushTraces({
    ...{ from, to, sent: record(), signal: interruption.signal },
    onProgress: ({ done }) => done >= 50 && interruption.abort(),
  });
  expect(first).toEqual({ total: COUNT, stored: 50, skipped: 0, failed: [] });
  const sent = record();
  const second = await pushTraces({ from, to, sent });
  expect(second).toEqual({ total: COUNT, stored: COUNT, skipped: 50, failed: [] });
  expect(received.toSorted()).toEqual(ids);
  const third = await pushTraces({ from, to, sent: record() });
  expect(third).toEqual({ total: COUNT, stored: COUNT, skipped: COUNT, failed: [] });
  expect(received).toHaveLength(COUNT);
});

test("traces that have changed since a push are sent again, with their feedback and tags", async () => {
  const { from, to, received, record } = await stores();
  await pushTraces({ from, to, sent: record() });
  const [rated = "", tagged = "", replaced = "", untagged = ""] = ids;
  await from.setTraceTag(untagged, "kept", "no");
  await pushTraces({ from, to, sent: record() });
  received.splice(0);
  await from.createAssessment(rated, { ...feedback, traceId: rated });
  await from.setTraceTag(tagged, "reviewed", "yes");
  await from.deleteTraceTag(untagged, "kept");
  await from.logTraces("0", [
    { ...translation, info: { ...translation.info, traceId: replaced, state: "ERROR" } },
  ]);
  const again = await pushTraces({ from, to, sent: record() });
  expect(again).toEqual({ total: COUNT, stored: COUNT, skipped: COUNT - 4, failed: [] });
  expect(received.toSorted()).toEqual([rated, tagged, replaced, untagged]);
  expect((await to.getTraceInfo(rated))?.assessments).toMatchObject([{ name: "thumb" }]);
  expect((await to.getTraceInfo(tagged))?.tags).toMatchObject({ reviewed: "yes" });
  expect(await pushTraces({ from, to, sent: record() })).toMatchObject({ skipped: COUNT });
});

test("a target that has lost its traces receives all of them again", async () => {
  const { from, to, record } = await stores();
  await pushTraces({ from, to, sent: record() });
  const empty = createFileStore({ directory: temporaryDirectory() });
  const again = await pushTraces({ from, to: empty, sent: record() });
  expect(again).toMatchObject({ stored: COUNT, skipped: 0 });
  expect(await empty.listTraceIds?.("0")).toHaveLength(COUNT);
});

test("a progress is reported before the first trace is read", async () => {
  const { from, to, received } = await stores();
  const seen: string[] = [];
  await pushTraces({
    ...{ from, to },
    onProgress: ({ done, total }) => seen.push(`${done}/${total} ${received.length}`),
  });
  expect(seen[0]).toBe(`0/${COUNT} 0`);
  expect(seen.at(-1)).toBe(`${COUNT}/${COUNT} ${COUNT}`);
});
