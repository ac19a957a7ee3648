import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { buildRunsModule, removeRunsModule, runToItsEnd } from "./ending-programs.js";

beforeAll(buildRunsModule);
afterAll(removeRunsModule);

const quiet = { code: 0, signal: null, stdout: "", stderr: "" };

test.each([
  ["naturally, without a run", quiet, "FINISHED"],
  ["naturally, in a run", quiet, "FINISHED"],
  ["naturally, with a file", quiet, "KILLED"],
  ["with what it awaits", { ...quiet, stdout: "FINISHED\n" }, "FINISHED"],
  ["by process.exit(3)", { ...quiet, code: 3 }, "FINISHED"],
  ["by process.exit(3) at once", { ...quiet, code: 3 }, "FINISHED"],
  ["by process.exit(3) with files", { ...quiet, code: 3 }, "FINISHED"],
  ["by process.exit(3) after a trace", { ...quiet, code: 3 }, "FINISHED"],
  ["by process.exit(3) after endRun", { ...quiet, code: 3 }, "FAILED"],
  ["by process.exit(3) in a callback", { ...quiet, code: 3 }, "KILLED"],
  ["by a throw", { ...quiet, code: 1, stderr: expect.stringContaining("boom") }, "FINISHED"],
  ["by a signal", { ...quiet, code: null, signal: "SIGTERM" }, "FINISHED"],
  ["by a signal in a callback", { ...quiet, code: null, signal: "SIGTERM" }, "KILLED"],
])("a program that ends %s loses nothing", async (how, outcome, status) => {
  const directory = temporaryDirectory();
  const env = { MLFLOW_TRACKING_URI: directory, MLFLOW_EXPERIMENT_NAME: "ends" };
  expect(await runToItsEnd(how, env)).toEqual(outcome);
  const store = createFileStore({ directory });
  const experiment = await store.getExperimentByName("ends");
  const experimentIds = [experiment!.experimentId];
  const { items } = await store.searchRuns({ experimentIds });
  expect(items.map(({ info }) => info.status)).toEqual([status]);
  const [{ info, data }] = items as [(typeof items)[0]];
  expect(info.endTimeMs).toBeGreaterThanOrEqual(info.startTimeMs);
  expect(data.params).toEqual({ how });
  expect(data.tags.team).toBe("ml");
  const history = await store.getMetricHistory(info.runId, "loss");
  expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 1500 }, (_, at) => at));
  const traces = await store.searchTraceInfos({ experimentIds });
  expect(traces.items.map(({ traceMetadata }) => traceMetadata["mlflow.sourceRun"])).toEqual(
    how.endsWith("a trace") ? [info.runId] : [],
  );
  if (how.endsWith("with files")) {
    const root = fileURLToPath(info.artifactUri);
    expect(readFileSync(join(root, "notes/a.txt"), "utf8")).toBe("größe");
    expect(JSON.parse(readFileSync(join(root, "b.json"), "utf8"))).toEqual({ a: 1 });
  }
  if (how.endsWith("a file")) {
    const files = await store.listArtifacts({ uri: info.artifactUri });
    expect(files.map(({ path }) => path)).toEqual(["a.txt", "t.json"]);
    expect(data.tags["mlflow.loggedArtifacts"]).toContain("t.json");
  }
});

test("MLFLOW_LANGCHAIN_SILENT keeps stderr empty", async () => {
  const env = { MLFLOW_TRACKING_URI: "http://127.0.0.1:9", MLFLOW_LANGCHAIN_SILENT: "true" };
  const outcome = await runToItsEnd("by process.exit(3) at once", env);
  expect(outcome).toEqual({ ...quiet, code: 3 });
});

const written = (values: number) =>
  new RegExp(`^langchain-mlflow: ${values} values of runs for http://127.0.0.1:9 written to `);
const NOT_STARTED =
  /^langchain-mlflow: startRun\(\) failed: No answer from the tracking server at http:\/\/127.0.0.1:9/;

test.each([
  ["naturally, without a run", 0, [written(1503)]],
  // The app's promise rejects, and the run does not end. The data that it logged to the run is still sent later.
  ["naturally, in a run", 0, [NOT_STARTED, written(1502)]],
  ["by process.exit(3) at once", 3, [written(1503)]],
])(
  "a program whose server is not there ends %s all the same, and says what it has written to disk",
  async (how, code, lines) => {
    const env = {
      MLFLOW_TRACKING_URI: "http://127.0.0.1:9",
      MLFLOW_LANGCHAIN_EXIT_TIMEOUT_MS: "300",
    };
    const started = performance.now();
    const outcome = await runToItsEnd(how, env);
    expect(outcome.code).toBe(code);
    const printed = outcome.stderr.trim().split("\n");
    expect(printed).toEqual(lines.map((line) => expect.stringMatching(line)));
    expect(performance.now() - started).toBeLessThan(60_000);
  },
);
