import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";
import { runPython } from "../support/python.js";

/** One pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** The tests of the artifacts of runs, for any store. */
export function describeRunFiles(uri: () => string): void {
  let experimentId: string;
  beforeAll(async () => {
    mlflow.setTrackingUri(uri());
    ({ experimentId } = await mlflow.setExperiment(`files ${Math.random()}`));
  });
  afterEach(async () => {
    while (mlflow.activeRun()) await mlflow.endRun();
  });

  const store = () => getPipeline().tracking.current().store;
  const rootOf = ({ info }: mlflow.Run) => ({ uri: info.artifactUri, runId: info.runId });
  const readBytes = async (run: mlflow.Run, path: string) => {
    const file = join(temporaryDirectory({ prefix: "mlflow-read-" }), "file");
    await store().downloadArtifact(rootOf(run), path, file);
    return readFileSync(file);
  };
  const readText = async (run: mlflow.Run, path: string) => String(await readBytes(run, path));
  const list = async (run: mlflow.Run, path?: string) =>
    (await store().listArtifacts(rootOf(run), path)).map((info) => info.path);

  test("texts and plain data", async () => {
    const run = await mlflow.startRun();
    void mlflow.logText("first", "notes/größe 1.md");
    void mlflow.logText("grün", "notes/größe 1.md");
    void mlflow.logDict({ ü: [1, null, { x: "y: z" }], big: 2n ** 70n }, "data.json");
    void mlflow.logDict({ ü: ["yes", null, 1.5], n: { "a b": "1" } }, "data.yaml");
    await mlflow.endRun();
    expect(await readText(run, "notes/größe 1.md")).toBe("grün");
    expect(await readText(run, "data.json")).toBe(
      '{\n  "\\u00fc": [\n    1,\n    null,\n    {\n      "x": "y: z"\n    }\n  ],\n  "big": "1180591620717411303424"\n}',
    );
    expect(await readText(run, "data.yaml")).toBe("ü:\n- 'yes'\n- null\n- 1.5\n'n':\n  a b: '1'\n");
  });

  test("local files and directories", async () => {
    const local = temporaryDirectory({ prefix: "mlflow-local-" });
    mkdirSync(join(local, "deep/er"), { recursive: true });
    writeFileSync(join(local, "a.txt"), "a");
    writeFileSync(join(local, "deep/er/b.bin"), PNG);
    symlinkSync(join(local, "a.txt"), join(local, "deep/link.txt"));
    const run = await mlflow.startRun();
    await mlflow.logArtifact(join(local, "a.txt"));
    await mlflow.logArtifact(join(local, "a.txt"), "sub/dir");
    await mlflow.logArtifacts(local, "all");
    await mlflow.logArtifact(join(local, "deep"), "one");
    expect(await list(run)).toEqual(["a.txt", "all", "one", "sub"]);
    expect(await list(run, "all")).toEqual(["all/a.txt", "all/deep"]);
    expect(await readText(run, "sub/dir/a.txt")).toBe("a");
    expect(await readBytes(run, "all/deep/er/b.bin")).toEqual(PNG);
    expect(await readText(run, "all/deep/link.txt")).toBe("a");
    expect(await readBytes(run, "one/deep/er/b.bin")).toEqual(PNG);
    await expect(mlflow.logArtifact("/nowhere/x")).rejects.toThrow(
      "No such file or directory: '/nowhere/x'",
    );
    await expect(mlflow.logArtifacts(join(local, "a.txt"))).rejects.toThrow("takes a directory");
  });

  test.each(["../a.json", "/a.json", "a/../../b.json", "%2e%2e/a.json", "a\\b.json", ""])(
    "no path leaves the run: %s",
    async (path) => {
      await mlflow.startRun();
      const error = { errorCode: "INVALID_PARAMETER_VALUE" };
      await expect(mlflow.logText("x", path)).rejects.toMatchObject(error);
      await expect(mlflow.logDict({}, path)).rejects.toMatchObject(error);
      await expect(mlflow.logTable({ a: [1] }, path)).rejects.toMatchObject(error);
      await expect(mlflow.logImage(PNG, path)).rejects.toMatchObject(error);
      if (path === "") return;
      await expect(mlflow.logArtifact(import.meta.filename, path)).rejects.toMatchObject(error);
      await expect(mlflow.logArtifacts(import.meta.dirname, path)).rejects.toMatchObject(error);
    },
  );

  test("images in a series, and with a path", async () => {
    const run = await mlflow.startRun();
    await mlflow.logImage(PNG, "plots/one.png");
    await mlflow.logImage(PNG, { key: "dogs/big", step: 3, timestampMs: 5 });
    expect(await readBytes(run, "plots/one.png")).toEqual(PNG);
    const prefix = String.raw`^images/dogs~big\+step\+3\+timestamp\+5\+[0-9a-f-]{36}`;
    expect(await list(run, "images")).toEqual([
      expect.stringMatching(new RegExp(String.raw`${prefix}\+compressed\.webp$`)),
      expect.stringMatching(new RegExp(String.raw`${prefix}\.png$`)),
    ]);
    const { data } = await mlflow.getRun(run.info.runId);
    expect(data.tags["mlflow.loggedImages"]).toBe("True");
    await expect(mlflow.logImage(PNG, { key: "a#b" })).rejects.toThrow("invalid characters");
    await expect(mlflow.logImage(PNG, { key: "a", step: 1.5 })).rejects.toThrow(
      "option `step` takes an integer",
    );
    await expect(mlflow.logImage(Buffer.from("GIF8"), "a.gif")).rejects.toThrow("PNG or JPEG");
    await expect(mlflow.logImage("x" as never, "a.png")).rejects.toThrow("Unsupported image");
  });

  describe("tables", () => {
    test("are logged as rows or columns, appended to, and loaded back", async () => {
      const run = await mlflow.startRun();
      void mlflow.logTable([{ question: "한국어?", score: 1 }], "eval/table.json");
      void mlflow.logTable({ question: ["b", "c"], tags: [{ x: null }, [1]] }, "eval/table.json");
      void mlflow.logTable({ question: "one row", score: Number.NaN }, "eval/table.json");
      await mlflow.endRun();
      expect(JSON.parse(await readText(run, "eval/table.json"))).toEqual({
        columns: ["question", "score", "tags"],
        data: [
          ["한국어?", 1, null],
          ["b", null, { x: null }],
          ["c", null, [1]],
          ["one row", null, null],
        ],
      });
      const { data } = await mlflow.getRun(run.info.runId);
      expect(data.tags["mlflow.loggedArtifacts"]).toBe(
        '[{"path": "eval/table.json", "type": "table"}]',
      );
      await mlflow.startRun({ tags: { team: "ml" } }, () =>
        mlflow.logTable([{ question: "other run" }], "eval/table.json"),
      );
      const rows = await mlflow.loadTable("eval/table.json", {
        extraColumns: ["run_id", "tags.team", "params.none"],
      });
      expect(rows.map(({ question }) => question)).toEqual([
        "other run",
        "한국어?",
        "b",
        "c",
        "one row",
      ]);
      expect(rows[0]).toMatchObject({ "tags.team": "ml", "params.none": null });
      const { runId } = run.info;
      const ofRun = await mlflow.loadTable("eval/table.json", { runIds: [runId] });
      expect(ofRun).toHaveLength(4);
    });

    test("an invalid table is refused before data is sent", async () => {
      await mlflow.startRun();
      const refused = [
        mlflow.logTable({ a: [1], b: [1, 2] }, "t.json"),
        mlflow.logTable([1] as never, "t.json"),
        mlflow.logTable("x" as never, "t.json"),
        mlflow.logTable({ a: [1] }, "t.parquet"),
        mlflow.logTable({ a: [1] }, "t[1].json"),
      ];
      for (const refusal of refused) {
        await expect(refusal).rejects.toMatchObject({ errorCode: "INVALID_PARAMETER_VALUE" });
      }
      await expect(mlflow.loadTable("t.json")).rejects.toThrow(
        "No runs found with the corresponding table artifact.",
      );
    });

    test("Python reads ours, appends to it, and we read Python's", async () => {
      const run = await mlflow.startRun();
      await mlflow.logTable(
        { text: ["a", "ü"], when: [new Date(0), new Date(1)], ok: [true, null] },
        "both.json",
      );
      await mlflow.logText("x", "hello.txt");
      await mlflow.logDict({ ü: ["yes", 1] }, "d.yaml");
      const { runId } = run.info;
      const seen = await runPython(
        `
import json, mlflow, yaml, pandas
with mlflow.start_run(run_id="${runId}"):
    table = mlflow.MlflowClient().load_table("${experimentId}", "both.json")
    print(json.dumps([table["text"].tolist(), list(table.columns), mlflow.artifacts.load_text(f"runs:/${runId}/hello.txt"),
        yaml.safe_load(mlflow.artifacts.load_text(f"runs:/${runId}/d.yaml"))]))
    mlflow.log_table({"text": ["from Python"], "n": [2.5]}, "both.json")
    mlflow.log_table({"text": ["second"]}, "python.json")`,
        {
          env: {
            MLFLOW_ALLOW_FILE_STORE: "true",
            MLFLOW_TRACKING_URI: mlflow.getTrackingUri(),
            MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: "true",
            MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: "false",
          },
        },
      );
      expect(seen).toEqual([["a", "ü"], ["text", "when", "ok"], "x", { ü: ["yes", 1] }]);
      const both = await mlflow.loadTable("both.json", { runIds: [runId] });
      expect(both.map(({ text }) => text)).toEqual(["a", "ü", "from Python"]);
      expect(both[2]).toMatchObject({ n: 2.5 });
      await mlflow.logTable([{ text: "third" }], "python.json", { runId });
      const python = await mlflow.loadTable("python.json");
      expect(python.map(({ text }) => text)).toEqual(["second", "third"]);
    });
  });
}
