import { deflateSync } from "node:zlib";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as mlflow from "../../src/index.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { BEEN_HERE } from "../support/traces-page.js";

const chromium = chromiumProgram();
const SIZE = 64;

describe.skipIf(!chromium)("MLflow's UI on a run", () => {
  let server: MlflowServer;
  let browser: Browser;
  let runUrl: string;

  beforeAll(async () => {
    server = await startMlflowServer();
    mlflow.setTrackingUri(server.url);
    await mlflow.setExperiment("seen in the browser");
    mlflow.autolog();
    const { info } = await mlflow.startRun(
      { runName: "seen run", description: "# What it is about" },
      async (run) => {
        void mlflow.logParams({ model: "gpt-4o", temperature: 0.5 });
        for (let step = 0; step < 10; step++)
          void mlflow.logMetric("loss", 1 / (step + 1), { step });
        void mlflow.setTag("team", "search");
        void mlflow.logInput({ name: "sentences", profile: { rows: 2 } }, { context: "eval" });
        void mlflow.logTable([{ input: "Good morning.", output: "Guten Morgen." }], "eval.json");
        void mlflow.logTable([{ input: "Thanks.", output: "Danke, größer." }], "eval.json");
        void mlflow.logText("A note in a file.", "notes/note.txt");
        for (const step of [0, 1, 2])
          void mlflow.logImage(squareOf(step), { key: "squares", step });
        await RunnableLambda.from((text: string) => text.toUpperCase()).invoke("hello");
        return run;
      },
    );
    await mlflow.flushTraces();
    runUrl = `${server.url}/#/experiments/${info.experimentId}/runs/${info.runId}`;
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
  }, 240_000);
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await browser?.close();
    await server?.close();
  });

  const shows = async (...texts: string[]) => {
    for (const text of texts) {
      await browser.page.getByText(text, { exact: false }).first().waitFor();
    }
  };

  it("shows its params, metrics, tags, dataset and description", async () => {
    await browser.page.goto(runUrl);
    await shows("seen run", "What it is about", "temperature", "0.5", "loss", "team", "sentences");
    await shows("Finished");
    await browser.screenshot("run-overview");
  });

  it("shows the table and the file among its artifacts", async () => {
    await browser.page.goto(`${runUrl}/artifacts/eval.json`);
    await shows("eval.json", "Good morning.", "Danke, größer.");
    await browser.screenshot("run-table");
    await browser.page.getByText("notes", { exact: true }).click();
    await browser.page.getByText("note.txt", { exact: true }).click();
    await expect
      .poll(() => browser.page.locator("body").textContent(), { timeout: 15_000 })
      .toContain("A note in a file.");
  });

  it("shows the images of a series, and the metric's chart", async () => {
    await browser.page.goto(`${runUrl}/model-metrics`);
    await shows("loss");
    const image = browser.page.locator("img[src*='squares'], .rc-image img").first();
    await image.waitFor();
    const width = await image.evaluate(
      (element) => (element as { naturalWidth?: number }).naturalWidth,
    );
    expect(width).toBe(SIZE);
    await browser.screenshot("run-charts");
  });

  it("shows its traces", async () => {
    await browser.page.goto(`${runUrl}/traces`);
    await shows("hello", "HELLO");
    await browser.screenshot("run-traces");
  });
});

/** A PNG of one grey. */
function squareOf(step: number): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const row = Buffer.from([0, ...new Array(SIZE).fill(80 * step)]);
  const pixels = deflateSync(Buffer.concat(new Array(SIZE).fill(row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND")]);
}

function chunk(type: string, data: Uint8Array = new Uint8Array()): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
