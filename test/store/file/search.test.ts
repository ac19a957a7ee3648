import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { richTrace, START_MS } from "./rich-trace.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** Five traces, a second apart; c and d have the same time. */
async function fiveTraces() {
  const store = createFileStore({ directory: temporaryDirectory() });
  const trace = (name: string, seconds: number, state: "OK" | "ERROR", executionDuration: number) =>
    richTrace(name, {
      requestTime: START_MS + seconds * 1000,
      state,
      executionDuration,
      tags: { "mlflow.traceName": name, env: name < "c" ? "prod" : "dev_1", "a b": "x" },
      traceMetadata: { "mlflow.trace.session": `s-${name}` },
    });
  await store.logTraces("0", [
    trace("alpha", 1, "OK", 10),
    trace("beta", 2, "OK", 20),
    trace("c", 3, "ERROR", 30),
    trace("d", 3, "OK", 40),
    trace("e", 4, "OK", 50),
  ]);
  const names = async (query: object) => {
    const page = await store.searchTraceInfos({ experimentIds: ["0"], ...query });
    return {
      names: page.items.map((info) => info.tags["mlflow.traceName"]),
      token: page.nextPageToken,
    };
  };
  return { store, names };
}

test("a page starts after the last trace of the previous page, even if traces were written in between", async () => {
  const { store, names } = await fiveTraces();
  const first = await names({ maxResults: 2 });
  await store.logTraces("0", [richTrace("new", { requestTime: START_MS + 9000 })]);
  const second = await names({ maxResults: 2, pageToken: first.token });
  const third = await names({ maxResults: 2, pageToken: second.token });
  const all = [...first.names, ...second.names, ...third.names];
  expect(first.names[0]).toBe("e");
  expect([...all.slice(1, 3)].sort()).toEqual(["c", "d"]);
  expect(all.slice(3)).toEqual(["beta", "alpha"]);
  expect(third.token).toBeUndefined();
  expect((await names({ orderBy: ["timestamp_ms ASC"], maxResults: 2 })).names).toEqual([
    "alpha",
    "beta",
  ]);
});

test("the last page has no token, even when it is full", async () => {
  const { names } = await fiveTraces();
  expect((await names({ maxResults: 5 })).token).toBeUndefined();
});

test.each([
  ["attributes.status = 'ERROR'", ["c"]],
  ['status != "OK"', ["c"]],
  [`attributes.timestamp_ms > ${START_MS + 2000} AND attributes.status = 'OK'`, ["d", "e"]],
  ["attributes.execution_time_ms <= 20", ["alpha", "beta"]],
  ["execution_time_ms >= 20 and execution_time_ms < 40", ["beta", "c"]],
  ["attributes.name LIKE '%a'", ["alpha", "beta"]],
  ["attributes.name LIKE 'AL%'", []],
  ["attributes.name ILIKE 'AL%'", ["alpha"]],
  ["tags.env = 'prod'", ["alpha", "beta"]],
  ["tags.env != 'prod'", ["c", "d", "e"]],
  ["tag.env LIKE 'dev_1'", ["c", "d", "e"]],
  ["tags.env LIKE '.*'", []],
  ["tags.`a b` = 'x' AND tags.`mlflow.traceName` = 'e'", ["e"]],
  ["tags.missing != 'x'", []],
  ["metadata.mlflow.trace.session = 's-d'", ["d"]],
  ["request_metadata.`mlflow.trace.session` = 's-e'", ["e"]],
  ["tags.missing IS NULL", ["alpha", "beta", "c", "d", "e"]],
  ["tags.`a b` IS NULL", []],
  ["tags.`a b` is not null", ["alpha", "beta", "c", "d", "e"]],
  ["metadata.`mlflow.sourceRun` IS NULL AND tags.env = 'prod'", ["alpha", "beta"]],
  ["request_metadata.`mlflow.trace.session` IS NOT NULL", ["alpha", "beta", "c", "d", "e"]],
  ["", ["alpha", "beta", "c", "d", "e"]],
])("the filter %s finds %j", async (filter, expected) => {
  const { names } = await fiveTraces();
  expect((await names({ filter })).names.sort()).toEqual(expected);
});

test.each([
  "span.name = 'x'",
  "status = 'OK' OR status = 'ERROR'",
  "status = 'OK' AND",
  "status = 'OK' status = 'OK'",
  "AND status = 'OK'",
  "execution_time_ms = '5'",
  "execution_time_ms LIKE 5",
  "status = OK",
  "tags.x IN ('a')",
  "status IS NULL",
  "timestamp_ms IS NOT NULL",
  "constructor = 'x'",
  "nonsense",
])("the filter %s throws an error with the supported filters", async (filter) => {
  const { names } = await fiveTraces();
  await expect(names({ filter })).rejects.toMatchObject({
    errorCode: "INVALID_PARAMETER_VALUE",
    message: expect.stringMatching(/does not support the filter.*attributes\.status.*tags\.<key>/),
  });
});

test.each([
  [{ maxResults: 501 }, "from 1 to 500, got 501"],
  [{ maxResults: 0 }, "from 1 to 500, got 0"],
  [{ pageToken: "x" }, "page token 'x'"],
  [{ orderBy: ["status"] }, "got 'status'"],
  [{ experimentIds: ["../x"] }, "Invalid experiment id '../x'"],
])("the query %j throws", async (query, message) => {
  const { names } = await fiveTraces();
  await expect(names(query)).rejects.toThrow(message);
});
