import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { BEEN_HERE } from "../support/traces-page.js";

const chromium = chromiumProgram();

describe.skipIf(!chromium)("MLflow's UI on an evaluation", () => {
  let server: MlflowServer;
  let browser: Browser;
  let experimentId: string;
  let runs: { chain: string; agent: string };

  beforeAll(async () => {
    server = await startMlflowServer();
    const env = { ...process.env, MLFLOW_TRACKING_URI: server.url };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["examples/evaluate/evaluate.mjs"],
      { env },
    );
    runs = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    mlflow.setTrackingUri(server.url);
    ({ experimentId } = await mlflow.setExperiment("handbook"));
    await mlflow.genai
      .makeJudge({
        name: "politeness",
        instructions: "Is {{ outputs }} a polite answer to {{ inputs }}?",
        model: "openai:/gpt-4.1-mini",
      })
      .register({ experimentId });
    await mlflow.genai.registerPrompt({
      name: "handbook-answer",
      template: "Context: {{context}}\nQuestion: {{question}}",
      commitMessage: "first",
    });
    browser = await openBrowser(chromium ?? "", { localStorage: BEEN_HERE });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const shows = async (...texts: string[]) => {
    for (const text of texts) {
      await browser.page.getByText(text, { exact: false }).first().waitFor();
    }
  };
  const open = (path: string) => browser.page.goto(`${server.url}/#${path}`);

  test("Evaluation runs: the rows of a run with the feedback of each scorer", async () => {
    await open(`/experiments/${experimentId}/evaluation-runs`);
    await browser.page.getByText("chain", { exact: true }).first().click();
    await shows("When does the library open?", "nine in the morning", "Correctness", "83%", "Fail");
    await browser.screenshot("evaluation-run");
    expect(browser.page.url()).toContain(`selectedRunUuid=${runs.chain}`);
  });

  test("Evaluation runs: both runs and their metrics", async () => {
    await open(`/experiments/${experimentId}/evaluation-runs`);
    await shows("chain", "agent");
    await browser.screenshot("evaluation-runs");
  });

  test("Judges: a registered judge", async () => {
    await open(`/experiments/${experimentId}/judges`);
    await shows("politeness");
    await browser.screenshot("judges");
  });

  test("Prompts: a registered prompt and its version", async () => {
    await open("/prompts");
    await shows("handbook-answer");
    await browser.screenshot("prompts");
    await open("/prompts/handbook-answer");
    await shows("Question:");
    await browser.screenshot("prompt");
  });

  test("Quality: the mean of each scorer over time", async () => {
    await open(`/experiments/${experimentId}/overview/quality`);
    await shows("correctness");
    await browser.screenshot("quality");
  });
});
