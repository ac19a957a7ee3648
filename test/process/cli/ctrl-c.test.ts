import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createFileStore } from "../../../src/store/file/file-store.js";
import { translation } from "../../cli/traces-of-tests.js";
import { temporaryDirectory } from "../../store/file/temporary-directory.js";
import { startFakeTrackingServer } from "../../support/fake-tracking-server.js";
import { interruptInTerminal, runInTerminal } from "./run-in-terminal.js";

const cli = fileURLToPath(new URL("../../../dist/cli.js", import.meta.url));
const COUNT = 200;
const ids = Array.from({ length: COUNT }, (_, index) => `tr-${String(index).padStart(32, "0")}`);

test("Ctrl-C during a push prints what is stored and exits with 130, and the next push sends the others", async () => {
  const directory = temporaryDirectory();
  const store = createFileStore({ directory });
  await store.logTraces(
    "0",
    ids.map((traceId) => ({ ...translation, info: { ...translation.info, traceId } })),
  );
  const server = await startFakeTrackingServer();
  server.before = async ({ url }) => {
    if (!url.startsWith("/v1/traces")) return undefined;
    await sleep(200);
    return {};
  };
  const command = [process.execPath, cli, "push", server.url];
  const env = { MLFLOW_TRACKING_URI: directory, TERM: "xterm-256color" };
  try {
    const interrupted = await interruptInTerminal(command, "25/200", env);
    expect(interrupted.code).toBe(130);
    const message = interrupted.lines.at(-1) ?? "";
    const stored = Number(/Interrupted: \S+ has (\d+) of 200 traces\./.exec(message)?.[1]);
    expect(message).toContain("To send the others, run the same command again.");
    expect(stored).toBeGreaterThanOrEqual(25);
    expect(stored).toBeLessThan(COUNT);
    const resumed = await runInTerminal(80, command, env);
    const earlier = `An earlier push has sent ${stored} of them.`;
    expect(resumed.at(-1)).toBe(`${server.url} has ${COUNT} of ${COUNT} traces. ${earlier}`);
    expect((await runInTerminal(80, command, env)).join("\n")).toBe(
      `Nothing to push: an earlier push has sent all ${COUNT} traces to ${server.url}.`,
    );
  } finally {
    await server.close();
  }
});
