import { expect, test } from "vitest";
import { findTrace } from "../../src/cli/find-trace.js";
import { createFileStore } from "../../src/store/file/file-store.js";
import type { TrackingStore } from "../../src/store/store.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { translation } from "./traces-of-tests.js";

const ids = ["tr-12ab", "tr-12ac", "tr-9f00"].map((start) => start.padEnd(35, "0"));

async function storeWithTraces(): Promise<TrackingStore> {
  const store = createFileStore({ directory: temporaryDirectory() });
  const traces = ids.map((traceId) => ({
    ...translation,
    info: { ...translation.info, traceId },
  }));
  await store.logTraces("0", traces);
  return store;
}

/** As a server: it has no list of ids, and is searched by pages. */
function withoutList({ listTraceIds: _list, ...store }: TrackingStore): TrackingStore {
  return store;
}

test.each([
  ["a local store", (store: TrackingStore) => store],
  ["a server", withoutList],
])("in %s, a trace is found by its id and by the beginning of its id", async (_name, as) => {
  const store = as(await storeWithTraces());
  const found = async (text: string) => (await findTrace(store, text, async () => ["0"])).info;
  for (const text of [ids[1]!, "tr-12ac", "12ac"]) {
    expect((await found(text)).traceId).toBe(ids[1]);
  }
  expect((await found("9")).traceId).toBe(ids[2]);
  await expect(found("tr-12")).rejects.toThrow(
    `2 traces begin with tr-12. Write more of the id:\n  ${ids[0]}\n  ${ids[1]}`,
  );
  await expect(found(`tr-9e${"0".repeat(30)}`)).rejects.toThrow(`Did you mean ${ids[2]}?`);
  await expect(found("tr-77")).rejects.toThrow("To list the traces, run: langchain-mlflow traces");
});
