import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import type { TrackingStore } from "../../../src/store/store.js";
import type { TraceInfo } from "../../../src/trace/trace.js";
import { richTrace } from "../../store/file/rich-trace.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { transpiled } from "./transpiled.js";

async function startWriter(program: string, ...argv: string[]): Promise<ChildProcess> {
  const child = fork(program, argv);
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child, "message");
  return child;
}

async function allTraces(store: TrackingStore): Promise<TraceInfo[]> {
  const experimentIds = (await store.searchExperiments()).items.map((one) => one.experimentId);
  const infos: TraceInfo[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.searchTraceInfos({
      experimentIds,
      maxResults: 150,
      ...(pageToken && { pageToken }),
    });
    infos.push(...page.items);
    pageToken = page.nextPageToken;
  } while (pageToken);
  return infos;
}

test("two processes write 200 traces each into the same new experiment at once", async () => {
  const program = transpiled("test/process/store/programs/writer.ts");
  const directory = join(temporaryDirectory(), "new");
  const writers = await Promise.all(
    ["one", "two"].map((name) => startWriter(program, directory, name, "200")),
  );
  const verdicts: string[] = [];
  const exits = writers.map((writer) => {
    writer.on("message", (states: string[]) => verdicts.push(...states));
    writer.send("go");
    return once(writer, "exit");
  });
  expect(await Promise.all(exits)).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(verdicts).toEqual(Array(400).fill("stored"));
  const store = createFileStore({ directory });
  const experiments = (await store.searchExperiments()).items;
  expect(experiments.map(({ name }) => name).sort()).toEqual(["Default", "shared"]);
  const infos = await allTraces(store);
  expect(new Set(infos.map(({ traceId }) => traceId)).size).toBe(400);
  expect(infos).toHaveLength(400);
  for (const { traceId } of infos.slice(0, 50)) {
    expect((await store.getTrace(traceId))?.data.spans).toHaveLength(2);
  }
  expect(readdirSync(join(directory, ".incoming.trash"))).toEqual([]);
});

test("a process killed while it writes leaves whole traces only", async () => {
  const program = transpiled("test/process/store/programs/writer.ts");
  const directory = temporaryDirectory();
  const names = new Set<string>();
  for (let round = 0; round < 5; round++) {
    const writer = await startWriter(program, directory, `round ${round}`, "2000");
    writer.send("go");
    await once(writer, "message");
    await new Promise((resolve) => setTimeout(resolve, 3 * round));
    writer.kill("SIGKILL");
    await once(writer, "exit");
    names.add(`round ${round}`);
  }
  const store = createFileStore({ directory });
  const infos = await allTraces(store);
  expect(infos.length).toBeGreaterThanOrEqual(20 * names.size);
  // The store adds the sizes when it writes a trace.
  const sizes = {
    "mlflow.trace.sizeBytes": expect.stringMatching(/^\d+$/),
    "mlflow.trace.sizeStats": expect.stringContaining('"num_spans"'),
  };
  for (const info of infos) {
    const name = info.tags["mlflow.traceName"] ?? "";
    const written = richTrace(name);
    const found = await store.getTrace(info.traceId);
    expect(found?.data).toEqual(written.data);
    expect(found?.info.traceMetadata).toEqual({ ...written.info.traceMetadata, ...sizes });
    expect(found?.info.tags).toMatchObject(written.info.tags);
  }
  const experimentId = (await store.getExperimentByName("shared"))?.experimentId ?? "";
  expect(readdirSync(join(directory, experimentId, "traces"))).toHaveLength(infos.length);
});

test("what a killed process left behind is swept an hour later", async () => {
  const directory = temporaryDirectory();
  const incoming = join(directory, ".incoming.trash");
  const anHourAgo = new Date(Date.now() - 61 * 60 * 1000);
  mkdirSync(join(incoming, "old", "tags"), { recursive: true });
  mkdirSync(join(incoming, "young"));
  utimesSync(join(incoming, "old"), anHourAgo, anHourAgo);
  const store = createFileStore({ directory });
  await store.logTraces("0", [richTrace("any")]);
  await store.close();
  expect(readdirSync(incoming)).toEqual(["young"]);
});
