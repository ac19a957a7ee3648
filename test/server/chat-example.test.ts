import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../examples/openai-server.mjs";
import * as mlflow from "../../src/index.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { BEEN_HERE, openTrace, openTraceList, shownLines } from "../support/traces-page.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const express = join(root, "test/peers/node_modules/express");
const chromium = chromiumProgram();
if (!chromium) console.warn("Chromium is absent: the test of the chat example is skipped");

/** Copies the example into a folder of its own, with the packages that its package.json names. */
async function installExample(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "chat-example-"));
  await cp(join(root, "examples/chat"), folder, { recursive: true });
  const modules = join(folder, "node_modules");
  await mkdir(modules);
  await symlink(express, join(modules, "express"));
  await symlink(join(root, "node_modules/@langchain"), join(modules, "@langchain"));
  await symlink(root, join(modules, "langchain-mlflow"));
  return folder;
}

describe.skipIf(!chromium || !existsSync(express))("the chat example", () => {
  let server: MlflowServer;
  let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
  let folder: string;
  let child: ChildProcess;
  let browser: Browser;
  let url: string;
  let experimentId: string;

  beforeAll(async () => {
    [server, openai] = await Promise.all([startMlflowServer(), startOpenAiServer()]);
    folder = await installExample();
    child = spawn(process.execPath, ["server.mjs"], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ PORT: "0", MLFLOW_TRACKING_URI: server.url, MLFLOW_EXPERIMENT_NAME: "chat" },
        ...{ OPENAI_API_KEY: "none-needed", OPENAI_BASE_URL: openai.url },
        // A machine under load needs longer than a user waits.
        FEEDBACK_TIMEOUT_MS: "120000",
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    [url] = await once(createInterface(child.stdout!), "line");
    mlflow.setTrackingUri(server.url);
    ({ experimentId } = await mlflow.setExperiment("chat"));
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE, timeoutMs: 60_000 });
  });
  afterAll(async () => {
    await browser?.close();
    child?.kill();
    await Promise.all([openai?.close(), server?.close()]);
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const assessments = async () => {
    const all: (readonly [string, unknown, boolean | undefined])[] = [];
    for await (const { info } of mlflow.searchTraces()) {
      for (const { name, value, valid } of info.assessments) all.push([name, value, valid]);
    }
    return all;
  };

  async function ask(question: string): Promise<void> {
    await browser.page.getByLabel("Question").fill(question);
    await browser.page.getByRole("button", { name: "Send" }).click();
  }

  test("a thumb is an assessment in MLflow's UI, and on its Quality page", async () => {
    const { page } = browser;
    await page.goto(url);
    await ask("I love programming.");
    await page.getByText("Ich liebe das Programmieren.").waitFor();
    await page.getByLabel("Good answer").click();
    await page.locator('[aria-pressed="true"]').waitFor();
    expect(await assessments()).toEqual([["thumb", true, true]]);
    await ask("Who are you?");
    await page.getByLabel("Bad answer").nth(1).click();
    await page.locator('[aria-pressed="true"]').nth(1).waitFor();
    await browser.screenshot("chat example");
    // The user changes the first thumb.
    await page.getByLabel("Bad answer").first().click();
    await expect.poll(async () => (await assessments()).length, { timeout: 30_000 }).toBe(3);
    expect((await assessments()).sort()).toEqual(
      [
        ["thumb", false, true],
        ["thumb", false, true],
        ["thumb", true, false],
      ].sort(),
    );
    await page.getByLabel("Good answer").first().click();
    await expect.poll(async () => (await assessments()).length, { timeout: 30_000 }).toBe(4);

    await openTraceList(page, server.url, experimentId);
    const panel = await openTrace(page, 1);
    await panel.getByRole("button", { name: "Assess" }).click();
    await panel.getByText("thumb").first().waitFor();
    await browser.screenshot("chat example trace");
    expect(await shownLines(panel)).toEqual(expect.arrayContaining(["I love programming."]));

    await page.goto(`${server.url}/#/experiments/${experimentId}/overview/quality`);
    await page.getByText("thumb").first().waitFor();
    await browser.screenshot("chat example quality");
  });

  test("feedback on a trace of another program is refused", async () => {
    const answer = await fetch(`${url}/feedback`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ traceId: `tr-${"1".repeat(32)}`, isUp: true, sessionId: "a" }),
    });
    expect([answer.status, await answer.json()]).toEqual([400, { error: "no such answer" }]);
  });
});
