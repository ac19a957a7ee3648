import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startOpenAiServer } from "../../../examples/openai-server.mjs";
import { freePort } from "../../support/mlflow-server.js";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const express = join(root, "test/peers/node_modules/express");

interface Answer {
  readonly status: number;
  readonly body: { readonly error?: string; readonly assessmentId?: string };
}

interface Chat {
  post(path: string, body: string): Promise<Answer>;
  feedback(fields: object): Promise<Answer>;
  /** Asks a question, and returns the id of its trace. */
  ask(): Promise<string | undefined>;
  /** What the server has written to stderr. */
  stderr(): string;
}

describe.skipIf(!existsSync(express))("the server of the chat example", () => {
  let openai: Awaited<ReturnType<typeof startOpenAiServer>>;
  let folder: string;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    openai = await startOpenAiServer();
    folder = await mkdtemp(join(tmpdir(), "chat-server-"));
    await cp(join(root, "examples/chat"), folder, { recursive: true });
    const modules = join(folder, "node_modules");
    await mkdir(modules);
    await symlink(express, join(modules, "express"));
    await symlink(join(root, "node_modules/@langchain"), join(modules, "@langchain"));
    await symlink(root, join(modules, "langchain-mlflow"));
  });
  afterEach(async () => {
    if (child?.exitCode !== null || !child.kill("SIGKILL")) return;
    await once(child, "exit");
  });
  afterAll(async () => {
    await openai?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function start(env: Readonly<Record<string, string>>): Promise<Chat> {
    const started = spawn(process.execPath, ["server.mjs"], {
      cwd: folder,
      env: {
        ...process.env,
        ...{ PORT: "0", OPENAI_API_KEY: "none-needed", OPENAI_BASE_URL: openai.url },
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child = started;
    let stderr = "";
    started.stderr.on("data", (text) => {
      stderr += text;
    });
    const [url] = await once(createInterface(started.stdout), "line");
    const headers = { "content-type": "application/json" };
    const send = (path: string, body: string) =>
      fetch(`${url}${path}`, { method: "POST", headers, body });
    const post = async (path: string, body: string) => {
      const response = await send(path, body);
      return { status: response.status, body: (await response.json()) as Answer["body"] };
    };
    return {
      post,
      feedback: (fields) => post("/feedback", JSON.stringify({ sessionId: "a", ...fields })),
      ask: async () => {
        const question = { question: "I love programming.", sessionId: "a" };
        const text = await (await send("/chat", JSON.stringify(question))).text();
        const [, data = ""] = /^event: done\ndata: (.*)$/m.exec(text) ?? [];
        return JSON.parse(data).traceId;
      },
      stderr: () => stderr,
    };
  }

  test("answers invalid requests as JSON, without an error in its log", async () => {
    const chat = await start({ MLFLOW_TRACKING_URI: "./store", FEEDBACK_TIMEOUT_MS: "120000" });
    const traceId = await chat.ask();
    expect(traceId).toMatch(/^tr-/);
    for (const path of ["/chat", "/feedback"]) {
      expect(await chat.post(path, "")).toMatchObject({
        status: 400,
        body: { error: expect.any(String) },
      });
      expect(await chat.post(path, "{")).toMatchObject({
        status: 400,
        body: { error: expect.any(String) },
      });
    }
    const thumb = { traceId, isUp: true };
    const unknown = await chat.feedback({ ...thumb, assessmentId: "a-unknown" });
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: expect.stringMatching("a-unknown") },
    });
    expect(await chat.feedback({ ...thumb, assessmentId: 5 })).toMatchObject({ status: 400 });
    const first = await chat.feedback(thumb);
    expect(first.status).toBe(200);
    const { assessmentId } = first.body;
    expect((await chat.feedback({ traceId, isUp: false, assessmentId })).status).toBe(200);
    expect(chat.stderr()).toBe("");
  });

  test("sends no id of a trace with an answer that is not traced", async () => {
    const chat = await start({
      ...{ MLFLOW_TRACKING_URI: "./store", MLFLOW_TRACE_SAMPLING_RATIO: "0" },
    });
    expect(await chat.ask()).toBe(undefined);
  });

  test("answers 503 to a thumb while MLflow is down", async () => {
    const chat = await start({
      MLFLOW_TRACKING_URI: `http://127.0.0.1:${await freePort()}`,
      FEEDBACK_TIMEOUT_MS: "500",
    });
    const thumb = { traceId: await chat.ask(), isUp: true };
    const answers = await Promise.all([chat.feedback(thumb), chat.feedback(thumb)]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  });
});
