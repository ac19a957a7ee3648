import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import type { Span } from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { createFileStore } from "../../src/store/file/file-store.js";
import { CHILD_LIMIT_MS } from "../support/child-limit.js";
import { chatView } from "../support/mlflow-ui.js";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "test/providers/chat.mjs");
const isInstalled = existsSync(join(root, "test/providers/node_modules"));
const why = isInstalled ? "" : " (test/providers is not installed: `npm test` does that)";

const PROVIDERS = [
  ...["OpenAI", "OpenAI Responses", "Anthropic", "Google GenAI", "Bedrock Converse"],
  ...["Ollama", "Mistral", "Groq"],
];

describe.skipIf(!isInstalled)(
  `MLflow's UI on the chat models of LangChain's packages${why}`,
  () => {
    let folder: string;
    let spans: readonly Span[];
    /** By span: why the provider's package refused the messages. */
    let refused: Readonly<Record<string, string>>;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "chat-view-"));
      const args = ["--import", join(root, "dist/register.cjs"), program];
      const env = { ...process.env, MLFLOW_TRACKING_URI: folder };
      const limits = { timeout: CHILD_LIMIT_MS, killSignal: "SIGKILL" } as const;
      const { stdout } = await promisify(execFile)(process.execPath, args, { env, ...limits });
      refused = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
      const store = createFileStore({ directory: folder });
      const { items } = await store.searchTraceInfos({ experimentIds: ["0"], maxResults: 500 });
      const read = await Promise.all(items.map(({ traceId }) => store.getTrace(traceId)));
      await store.close();
      spans = read.flatMap((trace) => trace?.data.spans ?? []);
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    const spanOf = (name: string) => spans.find((span) => span.name === name);

    /** "yes", or what the UI shows no chat for. */
    function shows({ inputs, outputs }: Span): string {
      if (!chatView(inputs)?.length) return "no chat of the inputs";
      return outputs === undefined || chatView(outputs)?.length ? "yes" : "no chat of the outputs";
    }

    it("shows a chat for each kind of message of each provider", async () => {
      const names = new Set(spans.map(({ name }) => name));
      expect(names.size).toBeGreaterThan(125);
      const kinds = new Set([...names].map((name) => name.split(": ")[1] ?? ""));
      const cell = (provider: string, kind: string) => {
        const name = `${provider}: ${kind}`;
        const span = spanOf(name);
        if (!span) return "-";
        return refused[name] ? `${shows(span)}, refused by the package` : shows(span);
      };
      const rows = [...kinds].sort().map((kind) => {
        return `| ${[kind, ...PROVIDERS.map((provider) => cell(provider, kind))].join(" | ")} |`;
      });
      const head = `| message | ${PROVIDERS.join(" | ")} |\n|${" --- |".repeat(PROVIDERS.length + 1)}`;
      expect(rows.join("\n")).not.toContain("no chat");
      await expect(`${head}\n${rows.join("\n")}\n`).toMatchFileSnapshot("chat-view.txt");
    });

    const answerOf = (name: string) => {
      const outputs = spanOf(name)?.outputs as { choices: { message: object }[] } | undefined;
      return outputs?.choices[0];
    };
    const thinking = PROVIDERS.filter((provider) => provider !== "Groq");

    test.each(thinking)("shows what %s thought", (provider) => {
      for (const kind of ["thinking", "thinking, version 1"]) {
        const message = expect.objectContaining({ reasoning: "hm" });
        expect(answerOf(`${provider}: ${kind}`)).toMatchObject({ message });
        expect(chatView(spanOf(`${provider}: ${kind}`)?.outputs)).toMatchObject([
          { role: "assistant", content: "hello", reasoning: "hm" },
        ]);
      }
    });

    test.each([
      ["OpenAI", "stop", "tool_calls"],
      ["OpenAI Responses", "completed", "completed"],
      ["Anthropic", "end_turn", "tool_use"],
      ["Google GenAI", "STOP", "STOP"],
      ["Bedrock Converse", "end_turn", "tool_use"],
      ["Ollama", "stop", "stop"],
      ["Mistral", "stop", "tool_calls"],
      ["Groq", "stop", "tool_calls"],
    ])("has the finish reasons, tools and tokens of %s", (provider, text, call) => {
      expect(answerOf(`${provider}: text`)).toMatchObject({ finish_reason: text });
      expect(answerOf(`${provider}: tool call`)).toMatchObject({
        finish_reason: call,
        message: { tool_calls: [{ function: { name: "add", arguments: '{"a": 1}' } }] },
      });
      const parameters = { type: "object", properties: { a: { type: "number" } } };
      const { attributes } = spanOf(`${provider}: tool call`) ?? {};
      expect(attributes).toMatchObject({
        "mlflow.chat.tools": [{ function: { name: "add", description: "adds", parameters } }],
        "mlflow.chat.tokenUsage": { input_tokens: 3 },
      });
    });

    test.each([
      ["OpenAI", "stop", "tool_calls"],
      ["OpenAI Responses", "completed", "completed"],
      ["Anthropic", "end_turn", "tool_use"],
      ["Google GenAI", "STOP", "STOP"],
      ["Bedrock Converse", "end_turn", "tool_use"],
      ["Ollama", "stop", "stop"],
      ["Mistral", "stop", "tool_calls"],
      ["Groq", "stop", "tool_calls"],
    ])(
      "has the text, the thought, the tool call and the end of a stream of %s",
      (provider, text, call) => {
        // The package of Groq drops what the model thought.
        const thought = provider === "Groq" ? {} : { reasoning: "hm" };
        for (const kind of ["thinking, streamed", "thinking, streamed, version 1"]) {
          expect(answerOf(`${provider}: ${kind}`)).toMatchObject({ finish_reason: text });
          expect(chatView(spanOf(`${provider}: ${kind}`)?.outputs)).toMatchObject([
            { role: "assistant", content: "hello", ...thought },
          ]);
        }
        expect(answerOf(`${provider}: tool call, streamed`)).toMatchObject({
          finish_reason: call,
          message: { tool_calls: [{ function: { name: "add", arguments: '{"a": 1}' } }] },
        });
      },
    );

    it("shows refusals and spoken answers", () => {
      // The package of OpenAI's chat completions drops the text of a refusal.
      expect(answerOf("OpenAI Responses: refusal")).toMatchObject({
        message: { content: "I cannot.", refusal: "I cannot." },
      });
      expect(chatView(spanOf("OpenAI: spoken answer")?.outputs)).toMatchObject([
        {
          content: "spoken words",
          audioParts: [{ data: expect.stringMatching(/^mlflow-attachment:/), format: "wav" }],
        },
      ]);
    });

    it("has the number of reasoning tokens beside the usage", () => {
      const { attributes } = spanOf("OpenAI Responses: thinking") ?? {};
      expect(attributes).toMatchObject({ "langchain.reasoning_tokens": 2 });
    });

    it("shows no chat for a message that is not converted", () => {
      const block = { type: "thinking", thinking: "hm" };
      expect(
        chatView({ choices: [{ message: { role: "assistant", content: [block] } }] }),
      ).toBeNull();
    });
  },
);
