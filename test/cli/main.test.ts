import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MlflowException } from "../../src/base/errors.js";
import type { Command } from "../../src/cli/command.js";
import { doctor } from "../../src/cli/doctor/doctor.js";
import { main } from "../../src/cli/main.js";
import { push } from "../../src/cli/push.js";
import { traces } from "../../src/cli/traces.js";
import { ui } from "../../src/cli/ui.js";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { TRACE_ID, type trace, translation } from "./traces-of-tests.js";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "langchain-mlflow-cli-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs a command line on the local store of this test. Returns its output and exit code. */
async function run(argv: string[], commands: readonly Command[] = [traces, ui], env = {}) {
  const [written, noted] = [[] as string[], [] as string[]];
  const code = await main({
    argv,
    commands,
    version: "1.2.3",
    env: { MLFLOW_TRACKING_URI: directory, ...env },
    terminal: {
      write: (line) => written.push(line),
      note: (line) => noted.push(line),
      columns: undefined,
      colours: false,
      showsProgress: false,
    },
    catchInterrupt: () => new AbortController().signal,
  });
  return { code, written: written.join("\n"), noted: noted.join("\n") };
}

async function store(...all: Parameters<typeof trace>[1][]) {
  const open = openStore(directory, readSettings({}));
  const wholes = all.map((info) => {
    const id = info?.traceId ?? TRACE_ID;
    const spans = translation.data.spans.map((span) => ({ ...span, traceId: id }));
    return { info: { ...translation.info, ...info }, data: { spans } };
  });
  const verdicts = await open.logTraces("0", wholes);
  await open.close();
  expect(verdicts.map((verdict) => verdict.state)).toEqual(all.map(() => "stored"));
}

describe("the command line", () => {
  it("prints its version and its commands to stdout when asked", async () => {
    expect(await run(["--version"])).toEqual({ code: 0, written: "1.2.3", noted: "" });
    const help = await run(["--help"]);
    expect(help).toMatchObject({ code: 0, noted: "" });
    expect(help.written).toMatch(/traces .*\n.*ui /);
    expect((await run(["traces", "--help"])).written).toMatch(/^Usage: .* traces .*--limit/s);
  });

  it("prints help that fits a terminal of 80 columns", async () => {
    const commands = [traces, push, ui, doctor];
    for (const argv of [["--help"], ...commands.map(({ name }) => [name, "--help"])]) {
      const { written } = await run(argv, commands);
      expect(written.split("\n").filter((line) => line.length > 80)).toEqual([]);
      expect(written).toContain("Examples:");
    }
  });

  it.each([
    [["traces", ""], "an argument of traces is empty."],
    [["traces", "--limit="], "--limit needs a value, got an empty text."],
    [["traces", "--experiment", ""], "--experiment needs a value, got an empty text."],
  ])("refuses an empty argument: %j", async (argv, message) => {
    const { code, noted } = await run(argv);
    expect({ code, noted }).toEqual({ code: 2, noted: expect.stringContaining(message) });
  });

  it("exits with 2, and prints nothing to stdout, for invalid arguments", async () => {
    expect(await run([])).toMatchObject({ code: 2, written: "" });
    const wrong: Record<string, RegExp> = {
      trace: /no command trace\. Did you mean traces\? Commands are: traces, ui/,
      "traces --limt 3":
        /traces has no option --limt\. Did you mean --limit\? Options are: --tracking-uri, /,
      "traces --colour": /traces has no option --colour\. Options are: /,
      "traces --limit":
        /: --limit needs a value\. If the value begins with "-", write --limit=VALUE\.$/,
      "traces --limit -3":
        /: --limit needs a value\. If the value begins with "-", write --limit=VALUE\.$/,
      "traces --json=1": /: --json takes no value\. Write --json alone\.$/,
      "traces --help=yes": /: --help takes no value\. Write --help alone\.$/,
      "traces -x": /: traces has no option -x\. Options are: /,
      "traces --limit 0": /--limit takes a positive whole number, got 0/,
      "traces a b": /does not take `b`/,
      "ui --port x": /--port takes a number/,
    };
    for (const [line, complaint] of Object.entries(wrong)) {
      const result = await run(line.split(" "));
      expect(result, line).toMatchObject({ code: 2, written: "" });
      expect(result.noted).toMatch(complaint);
    }
  });

  it("exits with 1 and the reason in one line when the command fails", async () => {
    const failing = {
      ...traces,
      run: () => Promise.reject(new MlflowException("The server is away.")),
    };
    expect(await run(["traces"], [failing])).toEqual({
      code: 1,
      written: "",
      noted: "langchain-mlflow: The server is away.",
    });
    const database = await run(["traces", "--tracking-uri", "sqlite:///x.db"]);
    expect(database).toMatchObject({ code: 1, noted: expect.stringContaining("mlflow server") });
  });
});

describe("langchain-mlflow traces", () => {
  it("lists the newest traces of all experiments first, as many as asked for", async () => {
    await store(
      { traceId: `tr-${"a".repeat(32)}`, requestTime: 1000 },
      { traceId: `tr-${"b".repeat(32)}`, requestTime: 3000 },
      { traceId: `tr-${"c".repeat(32)}`, requestTime: 2000 },
    );
    const { written } = await run(["traces", "--limit", "2"]);
    expect(written.match(/tr-./g)).toEqual(["tr-b", "tr-c"]);
    expect(JSON.parse((await run(["traces", "--json"])).written)).toMatchObject([
      { traceId: `tr-${"b".repeat(32)}`, requestTime: 3000 },
      { requestTime: 2000 },
      { requestTime: 1000 },
    ]);
  });

  it("reports on stderr that there are no traces, and prints an empty JSON array", async () => {
    expect(await run(["traces"])).toMatchObject({ code: 0, written: "" });
    expect((await run(["traces"])).noted).toContain(directory);
    expect((await run(["traces", "--json"])).written).toBe("[]");
  });

  it("shows a trace as a tree, or whole as JSON with exact nanoseconds", async () => {
    await store({});
    const { written } = await run(["traces", TRACE_ID]);
    expect(written).toContain("├─ ChatOpenAI          CHAT_MODEL   12 ms  27 tokens");
    const json = await run(["traces", TRACE_ID, "--json"]);
    expect(json.written).toContain('"startTimeNs":1795459932500000000');
    expect(JSON.parse(json.written).data.spans).toHaveLength(4);
  });

  it("names a missing trace or experiment", async () => {
    await store({});
    expect(await run(["traces", "tr-nowhere"])).toMatchObject({
      code: 1,
      noted: expect.stringMatching(/no trace tr-nowhere in .* run: langchain-mlflow traces$/),
    });
    expect(await run(["traces", "--experiment", "lost"])).toMatchObject({
      code: 1,
      noted: expect.stringContaining("no experiment lost in"),
    });
    const lost = await run(["traces"], [traces], { MLFLOW_EXPERIMENT_NAME: "lost" });
    expect(lost.code).toBe(1);
    expect((await run(["traces", "--experiment", "Default"])).written).toContain(TRACE_ID);
    expect((await run(["traces", "--experiment", "0"])).written).toContain(TRACE_ID);
  });
});

describe("langchain-mlflow ui", () => {
  it("names the address of a server, and a missing directory", async () => {
    const server = ["ui", "--tracking-uri", "http://127.0.0.1:5000"];
    expect((await run(server)).written).toContain("http://127.0.0.1:5000");
    const missing = await run(["ui", "--tracking-uri", join(directory, "none")]);
    expect(missing).toMatchObject({ code: 1, noted: expect.stringContaining("no local store at") });
  });
});
