import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AIMessage, HumanMessage } from "@langchain/core/messages";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { createAgent, tool } from "langchain";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import {
  BEEN_HERE,
  closeTrace,
  openTrace,
  openTraceList,
  selectSpan,
  shownLines,
} from "../support/traces-page.js";

const chromium = chromiumProgram();
const PATIENT = { timeout: 30_000 };

/** A green square. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGNk+M9AEmAiTfmohlENQ0kDALA0AR8Vxz6zAAAAAElFTkSuQmCC";
/** One second of silence. */
const WAV = Buffer.concat([
  Buffer.from("UklGRmQfAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YUAfAAA=", "base64"),
  Buffer.alloc(8000, 128),
]).toString("base64");

/** A model that gives these answers, one after the other. */
class Answering extends FakeListChatModel {
  readonly #answers: AIMessage[];

  constructor(...answers: AIMessage[]) {
    super({ responses: ["unused"] });
    this.#answers = answers;
  }

  override bindTools() {
    return this;
  }

  override async _generate() {
    const message = this.#answers.shift() ?? new AIMessage("nothing");
    return { generations: [{ text: message.text, message }] };
  }
}

const thinking = (thought: string) => ({ type: "thinking", thinking: thought, signature: "s" });

const programs = {
  async thinkingAgent() {
    const add = tool(async ({ a, b }) => `${a + b}`, {
      name: "add",
      description: "Adds two numbers.",
      schema: z.object({ a: z.number(), b: z.number() }),
    });
    const call = { type: "tool_call" as const, id: "c1", name: "add", args: { a: 1, b: 2 } };
    const model = new Answering(
      new AIMessage({ content: [thinking("I should add them.")], tool_calls: [call] }),
      new AIMessage({ content: [thinking("That was easy."), { type: "text", text: "It is 3." }] }),
    );
    const agent = createAgent({ model, tools: [add] });
    await agent.invoke({ messages: [new HumanMessage("What is 1 + 2?")] });
  },
  async image() {
    const block = { type: "image", source_type: "base64", mime_type: "image/png", data: PNG };
    const question = { type: "text", text: "Which colour is this?" };
    const model = new Answering(new AIMessage("Green."));
    await model.invoke([new HumanMessage({ content: [question, block] })]);
  },
  async spoken() {
    const audio = { id: "a", data: WAV, transcript: "These are spoken words.", expires_at: 1 };
    const model = new Answering(new AIMessage({ content: "", additional_kwargs: { audio } }));
    await model.invoke("Say something.");
  },
};

describe.skipIf(!chromium)("MLflow's UI", () => {
  let folder: string;
  let server: MlflowServer;
  let browser: Browser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "chat-ui-"));
    mlflow.setTrackingUri(pathToFileURL(folder).href);
    mlflow.autolog();
    for (const program of Object.values(programs)) await program();
    await mlflow.flushTraces();
    server = await startMlflowServer({
      args: ["--backend-store-uri", pathToFileURL(folder).href],
    });
    browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
    await openTraceList(browser.page, server.url, "0");
  }, 240_000);
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("plays a spoken answer below its transcript", async () => {
    const panel = await openTrace(browser.page, 0);
    await expect.poll(() => shownLines(panel), PATIENT).toContain("These are spoken words.");
    await expect.poll(() => panel.locator("audio").count(), PATIENT).toBeGreaterThan(0);
    await browser.screenshot("chat, a spoken answer");
    await closeTrace(panel);
  });

  it("shows an image", async () => {
    const panel = await openTrace(browser.page, 1);
    await expect.poll(() => shownLines(panel), PATIENT).toContain("Which colour is this?");
    const image = panel.locator(`img[src^="blob:"]`);
    await expect.poll(() => image.count(), PATIENT).toBeGreaterThan(0);
    await browser.screenshot("chat, an image");
    await closeTrace(panel);
  });

  it("shows the thoughts and tool calls of an agent", async () => {
    const panel = await openTrace(browser.page, 2);
    await selectSpan(panel, "Answering", "last");
    await expect.poll(() => shownLines(panel), PATIENT).toContain("It is 3.");
    expect((await shownLines(panel)).filter((line) => line === "Reasoning")).toHaveLength(2);
    await browser.screenshot("chat, a thinking agent");
    await closeTrace(panel);
  });
});
