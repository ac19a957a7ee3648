import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { inspect } from "node:util";
import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel, FakeRetriever } from "@langchain/core/utils/testing";
import { MemorySaver } from "@langchain/langgraph";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import {
  type AutologOptions,
  autolog,
  flushTraces,
  type Plain,
  type Redact,
  type RedactContext,
  setTrackingUri,
  type Trace,
} from "langchain-mlflow";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { getPipeline } from "../../src/recording/pipeline.js";
import { collect } from "../support/outcome.js";
import { newFolder, record, traced } from "../support/traces.js";
import { flowOf } from "../support/tree.js";

/** What the app wants nobody to see, and what may be seen. */
const MARK = "jane.doe@example.org";
const HARMLESS = "h4rmless";

const mask: Redact = (value, context) => {
  if (typeof value === "string") return value.replaceAll(MARK, "[mail]");
  if (Array.isArray(value)) return value.map((item: Plain) => mask(item, context));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).map(([name, field]) => [
    name,
    mask(field ?? null, context),
  ]);
  return Object.fromEntries(entries);
};

let server: OpenAiServer;
let folder: string;

beforeAll(async () => {
  server = await startOpenAiServer();
});
afterAll(() => server.close());
beforeEach(() => {
  folder = newFolder();
  setTrackingUri(`file:${folder}`);
});
afterEach(() => {
  vi.restoreAllMocks();
  autolog({ silent: true });
});

/** Every byte of the store a program was recorded in. */
async function stored(options: Partial<AutologOptions>, program = everything): Promise<string> {
  autolog({ silent: true, ...options });
  await program();
  expect(await flushTraces()).toMatchObject({ dropped: 0 });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => `${file.name}\n${readFileSync(join(file.parentPath, file.name), "latin1")}`)
    .join("\n");
}

const openAi = () =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: "none-needed",
    stop: [MARK],
    configuration: { baseURL: server.url },
    maxRetries: 0,
  });

/** Calls that carry it into every place of a trace. */
async function everything(): Promise<void> {
  const config = {
    metadata: { user: MARK, nested: [{ mail: MARK }], thread_id: `${HARMLESS} ${MARK}` },
  };
  const prompt = ChatPromptTemplate.fromMessages([
    ["system", `You write to ${MARK}`],
    ["human", "{text}"],
  ]);
  const chain = prompt.pipe(openAi()).pipe(new StringOutputParser());
  const text = `${HARMLESS} ${MARK}`;
  await chain.invoke({ text }, config);
  await chain.batch([{ text }, { text: MARK }]);
  await collect(chain.stream({ text }));
  const slow = new FakeListChatModel({ responses: [`${MARK} ${text}`] });
  for await (const _ of await slow.pipe(new StringOutputParser()).stream(text)) break;
  let count = 0;
  for await (const _ of await slow.stream(text)) if (++count === MARK.length + 3) break;
  const failing = RunnableLambda.from(() => {
    throw new TypeError(`no ${MARK}`, { cause: new Error(`because of ${MARK}`) });
  });
  await failing.invoke({ text }).catch(() => {});
  await new FakeRetriever({
    output: [{ pageContent: MARK, metadata: { author: MARK } } as never],
  }).invoke(text);
  const write = tool(
    ({ to }) => {
      if (to === MARK) throw new Error(`unknown: ${to}`);
      return [new HumanMessage(MARK), new Map([["to", MARK]]), new Error(MARK)];
    },
    { name: "write", description: `Writes to ${MARK}`, schema: z.object({ to: z.string() }) },
  );
  await write.invoke({ to: MARK }).catch(() => {});
  await write.invoke({ to: text });
  await agent();
}

async function agent(): Promise<void> {
  const schema = (name: string) => z.object({ [name]: z.string() });
  const tools = ["search:query", "calculator:expression"].map((both) => {
    const [name = "", argument = ""] = both.split(":");
    return tool(() => `${name}: ${MARK}`, { name, description: name, schema: schema(argument) });
  });
  const graph = createReactAgent({ llm: openAi(), tools, checkpointer: new MemorySaver() });
  const messages = [{ role: "user", content: `How long would it take, ${MARK}?` }];
  await graph.invoke({ messages }, { configurable: { thread_id: MARK } });
}

test("what is looked for would be found", async () => {
  const text = await stored({ extraTags: { team: MARK } });
  expect(text.split(MARK).length).toBeGreaterThan(100);
});

test("what `redact` takes out is in no byte of the store", async () => {
  const text = await stored({ redact: mask, extraTags: { team: `${HARMLESS} ${MARK}` } });
  expect(text).not.toContain(MARK);
  expect(text).toContain(HARMLESS);
  expect(text).toContain("[mail]");
  expect(text).not.toContain("[redaction failed]");
});

test("nor is it sent to a server, and a trace that is sent again is redacted once", async () => {
  const bodies: Buffer[] = [];
  const sink = createServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()));
    const isFirst = request.url === "/v1/traces" && bodies.length < 5;
    if (isFirst) response.statusCode = 503;
    response.setHeader("content-type", "application/json");
    response.end(request.url === "/version" ? "3.17.2" : "{}");
  }).listen(0, "127.0.0.1");
  await once(sink, "listening");
  setTrackingUri(`http://127.0.0.1:${(sink.address() as AddressInfo).port}`);
  const redact = vi.fn(mask);
  try {
    autolog({ silent: true, redact });
    await RunnableLambda.from((text: string) => text).invoke(`${HARMLESS} ${MARK}`);
    while ((await flushTraces({ timeoutMs: 5000 })).sent === 0);
  } finally {
    sink.closeAllConnections();
    sink.close();
  }
  const sent = Buffer.concat(bodies).toString("latin1");
  expect(sent.split(`${HARMLESS} [mail]`).length).toBeGreaterThan(2);
  expect(sent).not.toContain(MARK);
  expect(redact.mock.calls.map(([, { field }]) => field)).toEqual(["inputs", "outputs"]);
});

describe("it fails closed:", () => {
  test("and says so in one line that shows nothing of the value", async () => {
    const lines: string[] = [];
    vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const redact = () => {
      throw new TypeError(MARK);
    };
    await stored({ silent: false, redact }, async () => {
      await RunnableLambda.from((text: string) => text).invoke(MARK);
    });
    expect(lines).toEqual([
      'langchain-mlflow: `redact` threw TypeError (inputs of a CHAIN span): "[redaction failed]" is stored instead.\n',
    ]);
  });

  class Mail {
    readonly address = MARK;
  }
  const circular: Record<string, unknown> = { mail: MARK };
  circular.self = circular;
  test.each<[string, (value: Plain) => unknown]>([
    [
      "threw TypeError",
      (value) => {
        throw new TypeError(`cannot read ${JSON.stringify(value)} ${MARK}`);
      },
    ],
    [
      "threw a value of type string",
      () => {
        throw MARK;
      },
    ],
    ["returned a promise", async (value) => value],
    ["returned a promise", () => Promise.reject(new Error(MARK))],
    ["returned a value of type undefined", () => undefined],
    ["returned a value of type function", (value) => () => value],
    ["returned an object of class Mail", () => new Mail()],
    ["returned an object of class Mail", () => [{ mail: new Mail() }]],
    ["returned a circular object", () => circular],
    [
      "returned a value that cannot be read",
      () =>
        Object.defineProperty({}, "x", {
          enumerable: true,
          get: () => {
            throw new Error(MARK);
          },
        }),
    ],
  ])("%s", async (_what, redact) => {
    const before = getPipeline().losses.redaction_failed ?? 0;
    const echo = RunnableLambda.from((text: string) => ({ text, mail: MARK }));
    const text = await stored({ redact: redact as Redact }, async () => {
      await echo.invoke(MARK, { metadata: { mail: MARK } });
    });
    expect(text).not.toContain(MARK);
    expect(text).toContain("[redaction failed]");
    expect(text).toContain("RunnableLambda");
    expect((getPipeline().losses.redaction_failed ?? 0) - before).toBe(3);
  });

  test("of everything there is when it always throws", async () => {
    const redact = () => {
      throw new Error(MARK);
    };
    const text = await stored({ redact, extraTags: { team: MARK } });
    expect(text).not.toContain(MARK);
    expect(text).toContain("[redaction failed]");
    expect(text).toContain("RunnableSequence");
  });
});

test("it receives every value once, as plain data, with its position", async () => {
  const seen: [RedactContext, Plain][] = [];
  const redact: Redact = (value, context) => {
    seen.push([context, value]);
    return value;
  };
  const chain = RunnableLambda.from((text: string): string => {
    throw new RangeError(text);
  }).withConfig({ runName: "chain" });
  const program = () => chain.invoke("a", { metadata: { m: 1, thread_id: "t" } }).catch(() => {});
  await traced(program, { redact, extraTags: { team: "search" } });
  const where = { spanName: "chain", spanType: "CHAIN" };
  expect(seen).toEqual([
    [{ field: "inputs", ...where }, "a"],
    [{ field: "statusMessage", ...where }, "a"],
    [
      { field: "attribute", name: "metadata", ...where },
      { m: 1, thread_id: "t" },
    ],
    [{ field: "event", name: "exception.message", ...where }, "a"],
    [{ field: "event", name: "exception.type", ...where }, "RangeError"],
    [{ field: "event", name: "exception.stacktrace", ...where }, expect.stringContaining("Range")],
    [{ field: "session", ...where }, "t"],
    [{ field: "tag", name: "team", ...where }, "search"],
  ]);
});

test("it runs when the app's call is over, and what it gives back is no longer the app's", async () => {
  const given = { mail: "masked", at: new Date(0), bytes: new Uint8Array([1]) };
  const redact = vi.fn<Redact>(() => given);
  const { traces } = await traced(
    async () => {
      await RunnableLambda.from((x: string) => x).invoke("a");
      expect(redact).not.toHaveBeenCalled();
      await flushTraces();
      expect(redact).toHaveBeenCalledTimes(2);
      given.mail = "changed";
    },
    { redact },
  );
  expect(traces[0]?.data.spans[0]?.inputs).toMatchObject({ mail: "masked" });
});

test("a call that began with it is redacted, whatever options autolog() gets before it is sent", async () => {
  autolog({ silent: true, redact: mask });
  const text = await stored({ redact: mask }, async () => {
    await RunnableLambda.from((x: string) => x).invoke(`${HARMLESS} ${MARK}`);
    await RunnableLambda.from((x: string) => {
      autolog({ silent: true });
      return x;
    }).invoke(`${HARMLESS} ${MARK}`);
  });
  expect(text).toContain(HARMLESS);
  expect(text).not.toContain(MARK);
});

test("a function that changes nothing changes nothing", async () => {
  const program = async () => {
    const chain = ChatPromptTemplate.fromTemplate("{text}").pipe(openAi());
    await chain.invoke({ text: "a" });
    await collect(chain.stream({ text: "b" }));
    await agent();
  };
  const plain = await traced(program);
  const same = await traced(program, { redact: (value) => value });
  expect(same.traces.map(flowOf)).toEqual(plain.traces.map(flowOf));
  const attributes = ({ traces }: typeof plain) =>
    traces.map(({ info, data }) => ({
      usage: info.traceMetadata["mlflow.trace.tokenUsage"],
      request: info.requestPreview,
      session: info.traceMetadata["mlflow.trace.session"],
      names: data.spans.map((span) => Object.keys(span.attributes).sort()),
      models: data.spans.map((span) => span.attributes["mlflow.llm.model"]),
    }));
  expect(attributes(same)).toEqual(attributes(plain));
});

describe("redactSecrets: false", () => {
  const textOf = ({ data }: Trace) =>
    inspect(data.spans, { depth: null, maxStringLength: null, breakLength: Infinity });
  const value = {
    password: "hunter2",
    link: "https://user:hunter3@host/",
    headers: { authorization: "Bearer hunter4" },
    error: new Error("api key: hunter5hunter5"),
  };
  const program = () => {
    const lambda = RunnableLambda.from((_: unknown): string => {
      throw new Error("Incorrect API key provided: hunter6hunter6");
    });
    return lambda.invoke(value);
  };

  test("keeps what is known to be secret", async () => {
    const { trace } = await record(program, { autolog: { redactSecrets: false } });
    const text = textOf(trace);
    for (const secret of [2, 3, 4, 5, 6]) expect(text).toContain(`hunter${secret}`);
  });

  test("is not the default", async () => {
    const { trace } = await record(program);
    expect(textOf(trace)).not.toMatch(/hunter\d/);
  });
});
