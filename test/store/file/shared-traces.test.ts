import { afterAll, describe, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import type { TraceToLog } from "../../../src/trace/trace.js";
import { sampleTrace } from "../../server/sample-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

const TRACE_ID = `tr-${"0af7651916cd43dd".repeat(2)}`;
const directory = temporaryDirectory({ prefix: "shared-", whenOver: afterAll });
let count = 0;

const span = (spanId: string, startTimeNs: bigint, parentId?: string) => ({
  ...sampleTrace().data.spans[0]!,
  ...{ traceId: TRACE_ID, spanId: spanId.repeat(16), name: `span ${spanId}`, startTimeNs },
  ...{ endTimeNs: startTimeNs + 10n, parentId: parentId?.repeat(16) as string },
});

function sharedTrace(share: "root" | "part", ...spans: ReturnType<typeof span>[]): TraceToLog {
  const sample = sampleTrace();
  const tags = { "mlflow.traceName": share, [`of ${spans[0]?.name}`]: "yes" };
  return {
    info: { ...sample.info, traceId: TRACE_ID, tags, assessments: [], state: "OK" },
    data: { spans },
    share,
  };
}

const START = 1_700_000_000_000_000_001n;
const ROOT = sharedTrace("root", span("a", START), span("b", START + 5n, "a"));
const PART = sharedTrace("part", span("c", START + 2n, "a"), span("d", START + 3n, "c"));
const OTHER = sharedTrace("part", span("e", START + 4n, "b"));

describe("a trace of several processes in a local store", () => {
  const open = () => createFileStore({ directory: `${directory}/${count}` });

  async function read() {
    const store = open();
    const trace = await store.getTrace(TRACE_ID);
    const { items } = await store.searchTraceInfos({ experimentIds: ["0"] });
    await store.close();
    expect(items.map(({ traceId }) => traceId)).toEqual([TRACE_ID]);
    return {
      spans: trace?.data.spans.map(({ name, startTimeNs }) => `${name} ${startTimeNs - START}`),
      state: trace?.info.state,
      tags: trace?.info.tags,
    };
  }

  const WHOLE = {
    spans: ["span a 0", "span c 2", "span d 3", "span e 4", "span b 5"],
    state: "OK",
    tags: { "mlflow.traceName": "root", "of span a": "yes", "of span c": "yes" },
  };

  test.each([
    ["the root first", [ROOT, PART, OTHER]],
    ["the root last", [PART, OTHER, ROOT]],
    ["the root between, and all of them twice", [PART, ROOT, OTHER, ROOT, OTHER, PART]],
  ])("is whole, with the fields of the root, %s", async (_what, traces) => {
    count += 1;
    for (const trace of traces) {
      const store = open();
      expect(await store.logTraces("0", [trace])).toEqual([{ state: "stored" }]);
      await store.close();
    }
    expect(await read()).toMatchObject(WHOLE);
  });

  test("is in progress as long as the root is missing", async () => {
    count += 1;
    const store = open();
    store.logTracesSync?.("0", [PART]);
    await store.close();
    expect(await read()).toMatchObject({ state: "IN_PROGRESS", spans: ["span c 2", "span d 3"] });
  });

  test("is whole if all write at the same time", async () => {
    count += 1;
    const parts = Array.from({ length: 14 }, (_, index) => {
      const id = (index + 2).toString(16);
      return sharedTrace("part", span(id, START + BigInt(index + 1), "1"));
    });
    const traces = [...parts.slice(0, 7), sharedTrace("root", span("1", START)), ...parts.slice(7)];
    await Promise.all(
      traces.map(async (trace) => {
        const store = open();
        expect(await store.logTraces("0", [trace])).toEqual([{ state: "stored" }]);
        await store.close();
      }),
    );
    expect((await read()).spans).toHaveLength(15);
  });
});
