import { setTimeout as sleep } from "node:timers/promises";
import { AIMessage, AIMessageChunk } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { describe, expect, test, vi } from "vitest";
import { MlflowException, serving } from "../../src/index.js";
import type { ServingOptions } from "../../src/serving/options.js";

const echo = RunnableLambda.from((input: unknown) => ({ input }));

function post(path: string, body: unknown, init: RequestInit = {}): Request {
  const headers = { "content-type": "application/json", ...init.headers };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request(`http://host${path}`, { method: "POST", body: text, ...init, headers });
}

async function answerOf(model: serving.ServableModel, request: Request, options?: ServingOptions) {
  const response = await serving.createHandler(model, options)(request);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    body: isJson && text !== "\n" ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

describe("createHandler()", () => {
  test("a Runnable without a signature receives what `inputs` has", async () => {
    const { status, body } = await answerOf(echo, post("/invocations", { inputs: { a: 1 } }));
    expect({ status, body }).toEqual({ status: 200, body: { predictions: { input: { a: 1 } } } });
  });

  test("another model and an unknown option are refused by name", () => {
    const wrong = (model: unknown, options: unknown = {}) =>
      Reflect.apply(serving.createHandler, undefined, [model, options]);
    expect(() => wrong({})).toThrow(MlflowException);
    expect(() => wrong({})).toThrow(/createHandler\(\) argument `model` takes a model of/);
    expect(() => wrong(echo, { agents: true })).toThrow(/no option `agents`. Did you mean `agent`/);
    expect(() => wrong(echo, { maxBodyBytes: 0 })).toThrow(/`maxBodyBytes` takes a whole number/);
  });

  test("NaN and Infinity are read outside of texts only", async () => {
    const body = '{"inputs": {"a": NaN, "b": [-Infinity], "c": "NaN \\" Infinity"}}';
    const received: unknown[] = [];
    const keep = RunnableLambda.from((input: unknown) => received.push(input));
    await answerOf(keep, post("/invocations", body));
    expect(received).toEqual([
      { a: Number.NaN, b: [Number.NEGATIVE_INFINITY], c: 'NaN " Infinity' },
    ]);
  });

  test("a body that is not UTF-8 is refused", async () => {
    const bytes = new Uint8Array([0x7b, 0xff, 0x7d]);
    const headers = { "content-type": "application/json" };
    const request = new Request("http://host/invocations", {
      method: "POST",
      body: bytes,
      headers,
    });
    expect((await answerOf(echo, request)).body).toMatchObject({ error_code: "BAD_REQUEST" });
  });
});

describe.each([false, true])("a body that does not arrive, with agent: %s", (agent) => {
  const path = agent ? "/responses" : "/invocations";
  const requestWith = (pull?: (controller: ReadableStreamDefaultController<Uint8Array>) => void) =>
    new Request(`http://host${path}`, {
      ...{
        method: "POST",
        body: new ReadableStream<Uint8Array>({ pull: pull ?? (() => {}) }),
        duplex: "half",
      },
      headers: { "content-type": "application/json" },
    } as RequestInit);

  test("is an error of the client", async () => {
    let isFirst = true;
    const request = requestWith((controller) => {
      if (isFirst) controller.enqueue(new TextEncoder().encode('{"inputs": '));
      else controller.error(new Error("the client has disconnected"));
      isFirst = false;
    });
    expect(await answerOf(echo, request, { agent })).toMatchObject({
      status: 400,
      body: { detail: "There was an error parsing the body" },
    });
  });

  test("because the app reads it is an error of the server", async () => {
    const request = requestWith();
    request.body?.getReader();
    expect((await answerOf(echo, request, { agent })).status).toBe(500);
  });
});

test("an answer that JSON does not have is an error that names its type", async () => {
  const answers = { "a function": () => {}, "a symbol": Symbol("a") };
  for (const [kind, answer] of Object.entries(answers)) {
    const model = { invoke: () => answer };
    // The answer to a prompt has no `predictions` around it.
    for (const body of [{ inputs: "a" }, { prompt: "a" }]) {
      const { status, body: error } = await answerOf(model, post("/invocations", body));
      expect(status).toBe(500);
      expect(error.message).toContain(`returned ${kind}, which cannot be written as JSON`);
    }
  }
});

describe("limits", () => {
  test("a longer body is refused with 413, also without a length", async () => {
    const long = post("/invocations", { inputs: "a".repeat(100) });
    expect((await answerOf(echo, long, { maxBodyBytes: 50 })).status).toBe(413);
    const short = post("/invocations", { inputs: "a" });
    expect((await answerOf(echo, short, { maxBodyBytes: 50 })).status).toBe(200);
  });

  test("more requests at once are refused with 503, probes are not, and later ones are accepted", async () => {
    let finish = () => {};
    const slow = RunnableLambda.from(
      () =>
        new Promise<string>((resolve) => {
          finish = () => resolve("done");
        }),
    );
    const handler = serving.createHandler(slow, { maxConcurrentRequests: 1 });
    const first = handler(post("/invocations", { inputs: "a" }));
    await sleep(20);
    const second = await handler(post("/invocations", { inputs: "b" }));
    expect([second.status, second.headers.get("retry-after")]).toEqual([503, "1"]);
    expect((await handler(new Request("http://host/ping"))).status).toBe(200);
    finish();
    expect((await first).status).toBe(200);
    const third = handler(post("/invocations", { inputs: "c" }));
    await sleep(20);
    finish();
    expect((await third).status).toBe(200);
  });

  test("a call that takes too long is answered with 504, and aborted", async () => {
    const { model, aborted } = untilAborted();
    const request = post("/invocations", { inputs: "a" });
    const response = await serving.createHandler(model, { requestTimeoutMs: 20 })(request);
    expect(response.status).toBe(504);
    expect(await response.text()).toBe("Request processing time exceeded limit");
    expect(await aborted).toBe(true);
  });

  test("a client that disconnects aborts its call", async () => {
    const { model, aborted } = untilAborted();
    const client = new AbortController();
    const request = post("/invocations", { inputs: "a" }, { signal: client.signal });
    const response = serving.createHandler(model)(request);
    await sleep(20);
    client.abort();
    expect(await aborted).toBe(true);
    await response;
  });
});

/** A model that answers when its signal is aborted. */
function untilAborted() {
  let settle = (_isAborted: boolean) => {};
  const aborted = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const model = {
    invoke: (_input: unknown, { signal }: { signal?: AbortSignal } = {}) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => {
          settle(true);
          reject(signal.reason);
        });
      }),
  };
  return { model, aborted };
}

describe("the token and CORS", () => {
  const options = { bearerToken: "secret" };
  test.each([
    [undefined, 401],
    ["Bearer wrong", 401],
    ["secret", 401],
    ["Bearer secret", 200],
    ["bearer secret", 200],
  ])("with the header %s the status is %s", async (authorization, status) => {
    const headers: Record<string, string> = authorization ? { authorization } : {};
    const request = post("/invocations", { inputs: "a" }, { headers });
    const answer = await answerOf(echo, request, options);
    expect(answer.status).toBe(status);
    const probe = await answerOf(echo, new Request("http://host/health"), options);
    expect(probe.status).toBe(200);
  });

  test("only a page of a named origin may call", async () => {
    const named = { corsOrigins: ["https://app.example"] };
    const from = (origin: string, method = "POST") =>
      new Request("http://host/invocations", {
        method,
        ...(method === "POST" ? { body: '{"inputs": 1}' } : {}),
        headers: {
          ...{ origin, "content-type": "application/json" },
          "access-control-request-method": "POST",
        },
      });
    const allowed = "access-control-allow-origin";
    const origin = "https://app.example";
    expect((await answerOf(echo, from(origin), named)).headers.get(allowed)).toBe(origin);
    expect((await answerOf(echo, from(origin, "OPTIONS"), named)).status).toBe(204);
    const other = await answerOf(echo, from("https://other.example"), named);
    expect(other.headers.get(allowed)).toBeNull();
    expect((await answerOf(echo, from(origin))).headers.get(allowed)).toBeNull();
    expect((await answerOf(echo, from(origin, "OPTIONS"))).status).toBe(405);
  });
});

describe("the paths of an agent", () => {
  const agent = { agent: true };
  const ask = { input: [{ role: "user", content: "hello" }] };
  const text = (value: string) => ({
    id: expect.any(String),
    content: [{ text: value, type: "output_text", annotations: [] }],
    role: "assistant",
    type: "message",
  });

  test("a graph receives messages, and its new messages are the output", async () => {
    const graph = RunnableLambda.from(({ messages }: { messages: { content: string }[] }) => ({
      messages: [
        { type: "human", content: messages[0]?.content },
        new AIMessage({
          content: "",
          tool_calls: [{ id: "c1", name: "weather", args: { city: "Oslo" } }],
        }),
        { type: "tool", tool_call_id: "c1", content: "cold" },
        new AIMessage({ id: "m1", content: "It is cold." }),
      ],
    }));
    const { status, body } = await answerOf(graph, post("/responses", ask), agent);
    expect(status).toBe(200);
    const call = {
      type: "function_call",
      call_id: "c1",
      name: "weather",
      arguments: '{"city":"Oslo"}',
    };
    expect(body).toEqual({
      object: "response",
      output: [
        { id: expect.any(String), ...call },
        { type: "function_call_output", call_id: "c1", output: "cold" },
        { ...text("It is cold."), id: "m1" },
      ],
    });
  });

  test("a text as the input is one message of the user", async () => {
    const model = RunnableLambda.from(({ messages }: { messages: unknown }) =>
      JSON.stringify(messages),
    );
    const { body } = await answerOf(model, post("/responses", { input: "hello" }), agent);
    expect(body.output).toEqual([text('[{"role":"user","content":"hello"}]')]);
  });

  test("the id of the trace is returned to a client that asks for it", async () => {
    const headers = { "x-mlflow-return-trace-id": "true" };
    const model = RunnableLambda.from(() => "answer");
    const { body } = await answerOf(model, post("/invocations", ask, { headers }), agent);
    expect(body.output).toEqual([text("answer")]);
    expect(body.metadata.trace_id).toMatch(/^tr-[0-9a-f]{32}$/);
    const plain = await answerOf(model, post("/invocations", ask), agent);
    expect(plain.body.metadata).toBeUndefined();
  });

  test("a stream sends each text, the whole item, and [DONE]", async () => {
    const model = {
      invoke: () => "",
      stream: async function* () {
        yield new AIMessageChunk("Good ");
        yield new AIMessageChunk("day");
      },
    };
    const headers = { "x-mlflow-return-trace-id": "true" };
    const request = post("/responses", { ...ask, stream: true }, { headers });
    const answer = await answerOf(model, request, agent);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = String(answer.body).split("\n\n").filter(Boolean);
    expect(events.every((event) => event.startsWith("data: "))).toBe(true);
    expect(events.at(-1)).toBe("data: [DONE]");
    const parsed = events.slice(0, -1).map((event) => JSON.parse(event.slice(6)));
    expect(parsed).toEqual([
      { type: "response.output_text.delta", item_id: expect.any(String), delta: "Good " },
      { type: "response.output_text.delta", item_id: parsed[0].item_id, delta: "day" },
      { type: "response.output_item.done", item: { ...text("Good day"), id: parsed[0].item_id } },
      { trace_id: expect.stringMatching(/^tr-/) },
    ]);
  });

  test("a stream that fails ends with the error and [DONE]", async () => {
    const model = {
      invoke: () => "",
      stream: async function* () {
        yield "Good";
        throw new Error("no more tokens");
      },
    };
    const answer = await answerOf(model, post("/invocations", { ...ask, stream: true }), agent);
    const events = String(answer.body).split("\n\n").filter(Boolean);
    expect(events.slice(1)).toEqual(['data: {"error":"no more tokens"}', "data: [DONE]"]);
  });

  test("a stream that does not begin in time is answered with 504, and aborted", async () => {
    let hasAborted = (_isAborted: boolean) => {};
    const aborted = new Promise<boolean>((resolve) => {
      hasAborted = resolve;
    });
    const model = {
      invoke: () => "done",
      async *stream(_input: unknown, { signal }: { signal?: AbortSignal } = {}) {
        await new Promise((resolve) => signal?.addEventListener("abort", resolve));
        hasAborted(true);
        yield "late";
      },
    };
    const limits = { requestTimeoutMs: 20, maxConcurrentRequests: 1 };
    const handler = serving.createHandler(model, { ...agent, ...limits });
    const response = await handler(post("/invocations", { ...ask, stream: true }));
    expect([response.status, await response.text()]).toEqual([
      504,
      "Request processing time exceeded limit",
    ]);
    expect(await aborted).toBe(true);
    expect((await handler(post("/invocations", ask))).status).toBe(200);
  });

  test("a stream that has begun in time has no time limit", async () => {
    const model = {
      invoke: () => "done",
      async *stream() {
        yield "early";
        await sleep(60);
        yield "late";
      },
    };
    const limits = { ...agent, requestTimeoutMs: 20 };
    const request = post("/invocations", { ...ask, stream: true });
    expect((await answerOf(model, request, limits)).body).toMatch(/"delta":"late"[\s\S]*\[DONE\]/);
  });

  test("a stream that is left before it is read frees its place", async () => {
    const model = { invoke: () => "done", stream: async function* () {} };
    const handler = serving.createHandler(model, { ...agent, maxConcurrentRequests: 1 });
    const response = await handler(post("/invocations", { ...ask, stream: true }));
    await response.body?.cancel();
    expect((await handler(post("/invocations", ask))).status).toBe(200);
  });

  test("a client that leaves a stream aborts it, and frees its place", async () => {
    let hasEnded = () => {};
    const ended = new Promise<void>((resolve) => {
      hasEnded = resolve;
    });
    const model = {
      invoke: () => "done",
      async *stream(_input: unknown, { signal }: { signal?: AbortSignal } = {}) {
        try {
          while (!signal?.aborted) {
            yield "a";
            await sleep(1);
          }
        } finally {
          hasEnded();
        }
      },
    };
    const handler = serving.createHandler(model, { ...agent, maxConcurrentRequests: 1 });
    const response = await handler(post("/invocations", { ...ask, stream: true }));
    const reader = response.body?.getReader();
    await reader?.read();
    expect((await handler(post("/invocations", ask))).status).toBe(503);
    await reader?.cancel();
    await ended;
    await vi.waitFor(async () =>
      expect((await handler(post("/invocations", ask))).status).toBe(200),
    );
  });

  test("a client that leaves a stream returns a generator that ignores the signal", async () => {
    let isReturned = false;
    const model = {
      invoke: () => "done",
      async *stream() {
        try {
          for (;;) {
            yield "a";
            await sleep(5);
          }
        } finally {
          isReturned = true;
        }
      },
    };
    const handler = serving.createHandler(model, agent);
    const response = await handler(post("/responses", { ...ask, stream: true }));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await vi.waitFor(() => expect(isReturned).toBe(true));
  });
});
