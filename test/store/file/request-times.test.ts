import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { richTrace } from "./rich-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

const times = { first: 1000, second: 3000, third: 2000 };

async function storeWithTraces() {
  const directory = join(temporaryDirectory(), "store");
  const store = createFileStore({ directory });
  const traces = Object.entries(times).map(([name, requestTime]) => ({
    ...richTrace(name, { requestTime }),
  }));
  await store.logTraces("0", traces.slice(0, 2));
  store.logTracesSync?.("0", traces.slice(2));
  const listed = async () => {
    const { items } = await store.searchTraceInfos({ experimentIds: ["0"] });
    return items.map(({ requestTime }) => requestTime);
  };
  return { listed, file: join(directory, ".listings.trash", "0.txt"), traces };
}

test("writers record the time of each trace, which gives the order of a listing", async () => {
  const { listed, file, traces } = await storeWithTraces();
  const lines = traces.map(({ info }) => `${info.traceId} ${info.requestTime}\n`);
  expect(readFileSync(file, "utf8")).toBe(lines.join(""));
  expect(await listed()).toEqual([3000, 2000, 1000]);
  // Times that differ from those of the traces: the listing did not read the traces to sort them.
  writeFileSync(file, traces.map(({ info }, at) => `${info.traceId} ${at}\n`).join(""));
  expect(await listed()).toEqual([2000, 3000, 1000]);
});

test("a listing adds the times that are missing, and ignores lines that are damaged", async () => {
  const { listed, file, traces } = await storeWithTraces();
  const [id] = traces.map(({ info }) => info.traceId);
  for (const damaged of ["", "\0\0", `${id} 10`, `${id}\n${id} x\n\n../.. 5\n`, "x".repeat(9999)]) {
    writeFileSync(file, `${damaged}\n`);
    expect(await listed(), damaged.slice(0, 50)).toEqual([3000, 2000, 1000]);
  }
  rmSync(file);
  expect(await listed()).toEqual([3000, 2000, 1000]);
  expect(readFileSync(file, "utf8").trim().split("\n")).toHaveLength(3);
});

test("a store without a folder for the times lists its traces", async () => {
  const { listed, file } = await storeWithTraces();
  rmSync(join(file, ".."), { recursive: true });
  writeFileSync(join(file, ".."), "not a folder");
  expect(await listed()).toEqual([3000, 2000, 1000]);
});
