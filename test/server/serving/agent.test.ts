import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RunnableLambda } from "@langchain/core/runnables";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPyFuncModel } from "../../../src/models/pyfunc/pyfunc-model.js";
import { type ModelServer, startModelServer } from "../../../src/serving/node-server.js";
import { readServingOptions } from "../../../src/serving/options.js";
// @ts-expect-error: a JavaScript file
import { installHttpx } from "../../setup/install-python-package.mjs";
import { freePort } from "../../support/mlflow-server.js";
import { mlflowProgram } from "../../support/python.js";

const folder = mkdtempSync(join(tmpdir(), "agent-server-"));
let python: { readonly url: string; close(): void };
let node: ModelServer;

/** The agent of `python-agent.py`, in JavaScript. */
const agent = RunnableLambda.from(async function* ({
  messages,
}: {
  messages: readonly { content: string }[];
}) {
  const content = messages.at(-1)?.content ?? "";
  if (content === "throw") throw new Error("the model failed");
  const text = `You said: ${typeof content === "string" ? content : ""}`;
  yield text.slice(0, 4);
  yield text.slice(4);
});

beforeAll(async () => {
  const port = await freePort();
  const program = join(import.meta.dirname, "python-agent.py");
  const child = spawn(mlflowProgram("python"), [program, String(port)], {
    ...{ cwd: folder, stdio: "ignore" },
    env: {
      ...process.env,
      ...{ MLFLOW_DISABLE_TELEMETRY: "true", MLFLOW_ALLOW_FILE_STORE: "true" },
      MLFLOW_TRACKING_URI: join(folder, "store"),
      PYTHONPATH: await installHttpx(),
    },
  });
  const close = () => child.kill("SIGKILL");
  process.once("exit", close);
  python = { url: `http://127.0.0.1:${port}`, close };
  for (;;) {
    if (child.exitCode !== null) throw new Error(`The agent server ended: ${child.exitCode}`);
    const response = await fetch(`${python.url}/health`).catch(() => undefined);
    if (response?.ok) break;
    await sleep(100);
  }
  const model = createPyFuncModel({ model: agent, metadata: {}, warn: () => {} });
  const options = readServingOptions("test", { agent: true });
  node = await startModelServer(model, options, { host: "127.0.0.1", port: 0 });
});
afterAll(async () => {
  python?.close();
  await node?.close(1000);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const headers = { "content-type": "application/json" };
const wantsId = { ...headers, "x-mlflow-return-trace-id": "TRUE" };
const post = (body: unknown, given: Record<string, string> = headers, path = "/invocations") => ({
  path,
  init: { method: "POST", headers: given, body: JSON.stringify(body) },
});
const raw = (body: string) => ({
  path: "/responses",
  init: { method: "POST", headers, body },
});
const get = (path: string, method = "GET") => ({ path, init: { method } });
const user = (content: unknown) => ({ input: [{ role: "user", content }] });
const hello = user("hello");
const call = { type: "function_call", call_id: "c1", name: "add", arguments: "{}" };
const output = { type: "function_call_output", call_id: "c1", output: "3" };

const REQUESTS: Readonly<Record<string, { path: string; init: RequestInit }>> = {
  health: get("/health"),
  "the health by POST": get("/health", "POST"),
  "the information": get("/agent/info"),
  "the information by POST": get("/agent/info", "POST"),
  "an unknown path": get("/agent"),
  "the paths of a scoring server": get("/ping"),
  "invocations by GET": get("/invocations"),
  "responses by PUT": get("/responses", "PUT"),
  "an OPTIONS request": get("/responses", "OPTIONS"),
  "a text": post(hello),
  "a text at /responses": post(hello, headers, "/responses"),
  "without a content type": post(hello, {}),
  "a text with the id of its trace": post(hello, wantsId),
  "the header with another value": post(hello, { ...wantsId, "x-mlflow-return-trace-id": "1" }),
  "blocks of text": post(
    user([
      { type: "input_text", text: "one" },
      { type: "input_text", text: " two" },
    ]),
  ),
  "a message with a type": post({ input: [{ type: "message", role: "user", content: "hello" }] }),
  "a conversation": post({
    input: [{ role: "system", content: "a" }, { role: "assistant", content: "b" }, ...hello.input],
  }),
  "a tool's output": post({ input: [...hello.input, call, output] }),
  "all optional fields": post({
    ...{ ...hello, context: { conversation_id: "t", user_id: "u" }, custom_inputs: { a: 1 } },
    ...{ temperature: 0.5, top_p: 1, max_output_tokens: 9, metadata: { a: "b" }, store: true },
    ...{
      tools: [{ type: "function", name: "add", parameters: {} }],
      user: "me",
      truncation: "auto",
    },
    ...{ parallel_tool_calls: false, background: false, reasoning: { effort: "low" } },
  }),
  "null for optional fields": post({ ...hello, temperature: null, metadata: null, tools: null }),
  "an unknown field": post({ ...hello, other: 1 }),
  "stream: false": post({ ...hello, stream: false }),
  "a stream": post({ ...hello, stream: true }),
  "a stream at /responses": post({ ...hello, stream: true }, headers, "/responses"),
  "a stream with the id of its trace": post({ ...hello, stream: true }, wantsId),
  "a stream of a model that throws": post({ ...user("throw"), stream: true }),
  "a model that throws": post(user("throw")),
  "a model that throws, with the id of its trace": post(user("throw"), wantsId),
  "broken JSON": raw('{"input": ['),
  "an empty body": raw(""),
  "a list as the body": raw("[1]"),
  "a text as the body": raw('"a"'),
  "an empty object": post({}),
  "messages instead of an input": post({ messages: hello.input }),
  "a text as the input": post({ input: "hello" }),
  "an input of texts": post({ input: ["hello"] }),
  "a message without content": post({ input: [{ role: "user" }] }),
  "a message of an unknown role": post({ input: [{ role: "robot", content: "a" }] }),
  "a number as content": post(user(1)),
  "a block of an unknown type": post(user([{ type: "smell", text: "a" }])),
  "a block of text without a type": post(user([{ text: "a" }])),
  "a block of an unknown type without a text": post(user([{ type: "smell" }])),
  "a block without text": post(user([{ type: "input_text" }])),
  "an image": post(user([{ type: "input_image", image_url: "https://example.org/a.png" }])),
  "a refusal of the agent": post({
    input: [{ role: "assistant", content: [{ type: "refusal", refusal: "no" }] }, ...hello.input],
  }),
  "an item of an unknown type": post({ input: [{ type: "thought", text: "a" }] }),
  "a call of a tool without arguments": post({ input: [{ type: "function_call", name: "add" }] }),
  "a tool's output without an id": post({ input: [{ type: "function_call_output", output: "3" }] }),
  "a text for a number": post({ ...hello, temperature: "warm" }),
  "a number in a text": post({ ...hello, temperature: "0.5" }),
  "a number in metadata": post({ ...hello, metadata: { a: 1 } }),
  "a list as context": post({ ...hello, context: [] }),
  "a tool without a type": post({ ...hello, tools: [{ name: "add" }] }),
  "a text as the input of a stream": post({ input: "hello", stream: true }),
  "an invalid request for a stream": post({ input: ["hello"], stream: true }),
};

/** The requests that the servers answer differently, the statuses, and why. */
const DIFFERENCES: Readonly<Record<string, readonly [ours: number, pythons: number, why: string]>> =
  {
    "a text as the input": [200, 400, "OpenAI's API takes it as a message of the user"],
    "a text as the input of a stream": [200, 400, "OpenAI's API takes it as a message of the user"],
    "a list as the body": [400, 500, "a body that is not an object is an error of the client"],
    "a text as the body": [400, 500, "a body that is not an object is an error of the client"],
    "a refusal of the agent": [200, 400, "an earlier answer of an agent may be a refusal"],
    "a number in a text": [400, 200, "values are not converted to other types"],
  };

/** Ids are new each time, and the reasons of a refusal have the words of each language. */
function shapeOf(text: string): string {
  return text
    .replace(/"(id|item_id)": ?"[^"]+"/g, '"$1":"…"')
    .replace(/tr-[0-9a-f]{32}/g, "tr-…")
    .replace(
      /(Invalid JSON in request body|Invalid data for ResponsesAgentRequest): [^\n]*"\}$/,
      '$1"}',
    );
}

async function ask(url: string, { path, init }: { path: string; init: RequestInit }) {
  // Python's server closes a connection after an error that it did not expect.
  const headers = { ...init.headers, connection: "close" };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const text = shapeOf(await response.text());
  const type = response.headers.get("content-type");
  const isStream = type?.startsWith("text/event-stream");
  const parse = (one: string) => {
    try {
      return JSON.parse(one);
    } catch {
      return one;
    }
  };
  // What the server adds to fields that the model leaves out.
  const body = isStream
    ? text.split("\n\n").map((one) => parse(one.replace("data: ", "")))
    : parse(text);
  return { status: response.status, type, body };
}

test.each(Object.keys(REQUESTS))(
  "%s: the status, the type and the body are Python's",
  async (name) => {
    const request = REQUESTS[name];
    if (!request) throw new Error(name);
    const [ours, pythons] = await Promise.all([ask(node.url, request), ask(python.url, request)]);
    const difference = DIFFERENCES[name];
    if (!difference) return expect(ours).toEqual(pythons);
    return expect([ours.status, pythons.status]).toEqual(difference.slice(0, 2));
  },
);

test("every difference names a request", () => {
  expect(Object.keys(REQUESTS)).toEqual(expect.arrayContaining(Object.keys(DIFFERENCES)));
});
