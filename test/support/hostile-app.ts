import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as mlflow from "langchain-mlflow";
import { vi } from "vitest";
import { langchainRoot } from "./core-version.js";
import type { Plants } from "./hostile-data.js";

export const KEY = "sk-planted-0123456789abcdef";
export const OTHER_SECRET = "another-planted-secret-42";
export const VARIABLE = "PLANTED_VARIABLE";
const ANSWER = {
  ...{ id: "c", object: "chat.completion", created: 1, model: "m" },
  choices: [
    { index: 0, text: "hi", message: { role: "assistant", content: "hi" }, finish_reason: "stop" },
  ],
};

interface Request {
  readonly url: string;
  readonly authorization: string;
  readonly body: string;
}

export interface Host {
  readonly url: string;
  readonly requests: Request[];
  readonly server: Server;
}

async function startHost(): Promise<Host> {
  const requests: Request[] = [];
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const { authorization = "" } = request.headers;
    requests.push({ url: request.url ?? "", authorization, body });
    if (body.includes('"stream":true')) {
      response.setHeader("content-type", "text/event-stream");
      response.end(`data: ${JSON.stringify({ ...ANSWER, choices: [] })}\n\ndata: [DONE]\n\n`);
    } else {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(ANSWER));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, requests, server };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** An app with a key, the provider that its environment names, and a host that must not receive anything. */
export interface HostileApp {
  readonly foreign: Host;
  readonly provider: Host;
  readonly directory: string;
  /** A folder that no model may write to. */
  readonly outside: string;
  writeModel(data: unknown, flavor?: object, rest?: object): string;
  plantsFor(index: number): Plants;
  /** The requests that carry a secret where only text belongs, or one that the model was not given. */
  sentSecrets(): readonly Request[];
  forgetRequests(): void;
  close(): void;
}

export async function startHostileApp(): Promise<HostileApp> {
  const [foreign, provider] = await Promise.all([startHost(), startHost()]);
  const directory = mkdtempSync(join(tmpdir(), "hostile-data-"));
  const outside = join(directory, "outside");
  mkdirSync(outside);
  const program = process.argv[1] as string;
  // The app of these tests is the one that has the LangChain they run on.
  process.argv[1] = join(langchainRoot, "app.mjs");
  vi.stubEnv("OPENAI_API_KEY", KEY);
  vi.stubEnv("OPENAI_BASE_URL", `${provider.url}/v1`);
  vi.stubEnv(VARIABLE, OTHER_SECRET);
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  let folders = 0;
  return {
    ...{ foreign, provider, directory, outside },
    writeModel(data, flavor = {}, rest = {}) {
      folders += 1;
      return writeModelTo(join(directory, `model-${folders}`), data, flavor, rest);
    },
    plantsFor: (index) => ({
      address: `${foreign.url}/model-${index}`,
      path: join(outside, `${index}`),
      variable: VARIABLE,
    }),
    sentSecrets: () =>
      provider.requests.filter(
        ({ url, body, authorization }) =>
          [url, body].some((text) => text.includes(KEY)) ||
          [url, body, authorization].some((text) => text.includes(OTHER_SECRET)),
      ),
    forgetRequests() {
      foreign.requests.length = 0;
      provider.requests.length = 0;
    },
    close() {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      process.argv[1] = program;
      for (const { server } of [foreign, provider]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function writeModelTo(folder: string, data: unknown, flavor: object, rest: object): string {
  mkdirSync(join(folder, "model"), { recursive: true });
  const text = typeof data === "string" ? data : JSON.stringify(data);
  writeFileSync(join(folder, "model/runnable.json"), text);
  const langchainjs = {
    ...{ model_data: "model/runnable.json", model_code_path: null, packages: {} },
    ...{ secrets: ["OPENAI_API_KEY", VARIABLE], ...flavor },
  };
  writeFileSync(join(folder, "MLmodel"), JSON.stringify({ ...rest, flavors: { langchainjs } }));
  return folder;
}

/** Loads a model as an app does that runs no code of others. */
export const loadModel = (folder: string) =>
  mlflow.langchain.loadModel(folder, { allowRemoteCode: false });

interface Invoked {
  invoke(input: unknown): Promise<unknown>;
  stream(input: unknown): Promise<AsyncIterable<unknown>>;
}

/** Invokes and streams a model. It may throw: these tests ask only where its requests go. */
export async function runModel(model: unknown): Promise<void> {
  const invoked = model as Invoked;
  try {
    await invoked.invoke("hello");
  } catch {
    // It is streamed all the same.
  }
  try {
    for await (const _chunk of await invoked.stream("hello"));
  } catch {
    // As above.
  }
}
