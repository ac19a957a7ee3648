import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { CallbackManagerForLLMRun } from "@langchain/core/callbacks/manager";
import { HumanMessage } from "@langchain/core/messages";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda } from "@langchain/core/runnables";
import { tool } from "@langchain/core/tools";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { autolog, flushTraces, setTrackingUri } from "langchain-mlflow";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type OpenAiServer, startOpenAiServer } from "../../examples/openai-server.mjs";
import { newFolder } from "../support/traces.js";

/** Every planted key has this in it, and what may be seen has the other. */
const MARK = "pl4nted";
const HARMLESS = "h4rmless";

let count = 0;
const planted = (before = "") => `${before}${MARK}${String(++count).padStart(8, "0")}key`;

let server: OpenAiServer;
let denying: Server;
let deniedUrl: string;
let folder: string;

beforeAll(async () => {
  server = await startOpenAiServer();
  // As OpenAI does, it repeats the key it refuses.
  denying = createServer((request, response) => {
    const key = request.headers.authorization?.replace("Bearer ", "");
    const message = `Incorrect API key provided: ${key}. You can find your API key at https://example.org.`;
    response.writeHead(401, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { message, code: "invalid_api_key" } }));
  }).listen(0, "127.0.0.1");
  await once(denying, "listening");
  deniedUrl = `http://127.0.0.1:${(denying.address() as AddressInfo).port}/v1`;
});
afterAll(async () => {
  denying.closeAllConnections();
  denying.close();
  await server.close();
});
beforeEach(() => {
  folder = newFolder();
  setTrackingUri(`file:${folder}`);
  autolog({ silent: true });
});

/** Runs the program, which may fail, and reads every byte of the store it was recorded in. */
async function stored(program: () => Promise<unknown>): Promise<string> {
  await program().catch(() => {});
  expect(await flushTraces()).toMatchObject({ dropped: 0 });
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => `${file.name}\n${readFileSync(join(file.parentPath, file.name), "latin1")}`);
  return texts.join("\n");
}

async function expectNoKeys(program: () => Promise<unknown>): Promise<string> {
  const text = await stored(program);
  expect(text, "the program was recorded").toContain(HARMLESS);
  const at = text.indexOf(MARK);
  expect(at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 100)).toBe("");
  return text;
}

const model = (fields: ConstructorParameters<typeof ChatOpenAI>[0] = {}) =>
  new ChatOpenAI({
    model: "gpt-4o",
    apiKey: planted("sk-"),
    configuration: {
      baseURL: server.url,
      organization: planted(),
      defaultHeaders: { Authorization: `Bearer ${planted()}`, "Helicone-Auth": planted() },
    },
    maxRetries: 0,
    ...fields,
  });

test("what is looked for would be found", async () => {
  const echo = RunnableLambda.from((text: string) => text);
  expect(await stored(() => echo.invoke(`${MARK} ${HARMLESS}`))).toContain(MARK);
});

test("a model's key, headers and query", async () => {
  const prompt = ChatPromptTemplate.fromMessages([["human", "{text}"]]);
  const chain = prompt.pipe(model()).pipe(new StringOutputParser());
  const text = await expectNoKeys(() => chain.invoke({ text: HARMLESS }));
  expect(text).toContain(`You said: ${HARMLESS}`);
  await expectNoKeys(async () => {
    for await (const _ of await chain.stream({ text: HARMLESS })) break;
  });
});

test("a key from the environment", async () => {
  const before = { ...process.env };
  Object.assign(process.env, {
    OPENAI_API_KEY: planted("sk-"),
    SOME_SERVICE_TOKEN: planted(),
    DATABASE_URL: `postgresql://app:${planted()}@db/app`,
  });
  try {
    const chat = new ChatOpenAI({ configuration: { baseURL: server.url } });
    const settings = RunnableLambda.from(() => ({ all: process.env, copy: { ...process.env } }));
    await expectNoKeys(() => chat.invoke(HARMLESS));
    await expectNoKeys(() => settings.invoke({ HARMLESS }));
  } finally {
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) delete process.env[name];
    }
  }
});

test("options of a call", async () => {
  const headers = { Authorization: `Bearer ${planted()}`, "X-Tenant-Secret": planted() };
  await expectNoKeys(() => model().invoke(HARMLESS, { options: { headers } } as never));
  await expectNoKeys(() =>
    model()
      .withConfig({ options: { headers } } as never)
      .invoke(HARMLESS),
  );
});

test("the config: configurable and metadata", async () => {
  const config = {
    configurable: { apiKey: planted(), api_key: planted(), headers: { cookie: planted() } },
    metadata: { openAIApiKey: planted(), nested: { authorization: planted() }, note: HARMLESS },
  };
  await expectNoKeys(() => RunnableLambda.from(() => HARMLESS).invoke("x", config));
  await expectNoKeys(() => model().invoke(HARMLESS, config));
});

test("values of the app: fields, clients, URLs, messages", async () => {
  class Client {
    apiKey = planted();
    toJSON() {
      return { apiKey: this.apiKey };
    }
  }
  const value = {
    note: HARMLESS,
    password: planted(),
    client: new Client(),
    model: model(),
    headers: new Headers({ authorization: planted() }),
    request: { headers: [["authorization", planted()]] },
    secrets: new Map([["apiKey", planted()]]),
    url: new URL(`https://user:${planted()}@host/?access_token=${planted()}`),
    link: `see https://${planted()}@github.com/a/b and https://h/b?sig=${planted()}&x=1`,
    error: new Error(`refused ${planted("sk-")}`),
  };
  const message = new HumanMessage({
    content: HARMLESS,
    additional_kwargs: { api_key: planted() } as never,
    response_metadata: { headers: { "set-cookie": planted() } },
  });
  const echo = RunnableLambda.from((input: unknown) => input);
  await expectNoKeys(() => echo.invoke(value));
  await expectNoKeys(() => echo.batch([value, [message]]));
});

test("a provider that repeats the key it refuses", async () => {
  const denied = () => model({ configuration: { baseURL: deniedUrl } });
  await expectNoKeys(() => denied().invoke(HARMLESS));
  await expectNoKeys(() => denied().stream(HARMLESS));
  await expectNoKeys(() => denied().batch([HARMLESS], {}, { returnExceptions: true }));
  // Not of a known shape: then the words before it tell.
  const apiKey = planted();
  await expectNoKeys(() =>
    model({ apiKey, configuration: { baseURL: deniedUrl } }).invoke(HARMLESS),
  );
});

test("an address with a password, which fetch refuses and repeats", async () => {
  const baseURL = server.url.replace("://", `://user:${planted()}@`);
  await expectNoKeys(() => model({ configuration: { baseURL } }).invoke(HARMLESS));
});

test("a key in the query of an address, which a server repeats", async () => {
  const configuration = { baseURL: server.url, defaultQuery: { api_key: planted() } };
  await expectNoKeys(() => model({ configuration }).invoke(HARMLESS));
});

test("a retriever and its embeddings", async () => {
  const embeddings = new OpenAIEmbeddings({
    apiKey: planted("sk-"),
    configuration: { baseURL: deniedUrl },
    maxRetries: 0,
  });
  class Search extends BaseRetriever {
    override lc_namespace = ["test"];
    override async _getRelevantDocuments(query: string) {
      const vector = await embeddings.embedQuery(query);
      return [{ pageContent: String(vector), metadata: {} }];
    }
  }
  await expectNoKeys(() => new Search().invoke(HARMLESS));
});

test("a stream that emits a URL token by token, read to its end or left", async () => {
  const words = () => [
    `${HARMLESS} see postgresql://app:`,
    planted(),
    "@db.example.org/app?password=",
    planted(),
  ];
  const streamed = (tokens: string[]) => {
    class Model extends FakeListChatModel {
      override async *_streamResponseChunks(
        _messages: unknown,
        _options: unknown,
        run?: CallbackManagerForLLMRun,
      ) {
        for (const token of tokens) {
          yield this._createResponseChunk(token);
          await run?.handleLLMNewToken(token);
        }
      }
    }
    return new Model({ responses: [""] });
  };
  for (let count = 1; count <= 5; count++) {
    const take = async (stream: Promise<AsyncIterable<unknown>>) => {
      let taken = 0;
      for await (const _ of await stream) if (++taken === count) break;
    };
    await expectNoKeys(() => take(streamed(words()).stream(HARMLESS)));
    const chain = streamed(words()).pipe(new StringOutputParser());
    await expectNoKeys(() => take(chain.stream(HARMLESS)));
    // The first token alone tells of the credential, or begins to.
    const [first = "", second = ""] = words();
    await expectNoKeys(() => take(streamed([first + second, "x@db"]).stream(HARMLESS)));
  }
});

test("an agent whose tools close over a key, and fail with it", async () => {
  const key = planted("sk-");
  const search = tool(
    ({ query }) => {
      if (query.includes("speed")) throw new Error(`401 Incorrect API key provided: ${key}`);
      return `${query}: ${key.length}`;
    },
    { name: "search", description: "Searches.", schema: z.object({ query: z.string() }) },
  );
  const calculator = tool(() => "1", {
    name: "calculator",
    description: "Calculates.",
    schema: z.object({ expression: z.string() }),
  });
  const agent = createReactAgent({ llm: model(), tools: [search, calculator] });
  const messages = [{ role: "user", content: `How long would it take? ${HARMLESS}` }];
  const text = await expectNoKeys(() => agent.invoke({ messages }));
  expect(text).toContain("Incorrect API key provided: [REDACTED]");
  expect(text).toContain("It would take approximately");
  await expectNoKeys(() => search.invoke({ query: `speed ${HARMLESS}` }));
});

test("a tool that takes and returns keys by their names", async () => {
  const login = tool(
    ({ note }) => ({ note, request: { apiKey: planted(), headers: { authorization: planted() } } }),
    {
      name: "login",
      description: "Logs in.",
      schema: z.object({ note: z.string(), password: z.string() }),
    },
  );
  const text = await expectNoKeys(() => login.invoke({ note: HARMLESS, password: planted() }));
  expect(text).toContain("[REDACTED]");
  // What the parameter is for is no secret.
  const bound = model().bindTools([login]);
  expect(await expectNoKeys(() => bound.invoke(HARMLESS))).toMatch(/password[\\": {]+type/);
});
