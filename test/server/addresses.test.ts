import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { TrackingStore, Verdict } from "../../src/store/store.js";
import { freePort, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";
import { sampleTrace } from "./sample-trace.js";

let server: MlflowServer;
const open: { close(): unknown }[] = [];

/** A server below a path, that only answers to the name `localhost`. */
beforeAll(async () => {
  server = await startMlflowServer({ prefix: "/mlf", args: ["--allowed-hosts", "localhost:*"] });
});
afterAll(() => server?.close());
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

function storeAt(uri: string, env?: Record<string, string>): TrackingStore {
  const store = openRestStore(uri, env);
  open.push(store);
  return store;
}
const byName = () => server.url.replace("127.0.0.1", "localhost");

async function logOne(store: TrackingStore): Promise<{ verdict: Verdict; message: string }> {
  const [verdict] = await store.logTraces("0", [sampleTrace()]);
  const message = verdict && "cause" in verdict ? verdict.cause.message : "";
  return { verdict: verdict!, message };
}

describe("a tracking server", () => {
  it("below a path is reached by that path, with or without a slash at the end", async () => {
    for (const uri of [byName(), `${byName()}/`]) {
      const store = storeAt(uri);
      const trace = sampleTrace();
      expect(await store.logTraces("0", [trace])).toEqual([{ state: "stored" }]);
      await store.drain?.();
      expect((await store.getTrace(trace.info.traceId))?.data.spans).toHaveLength(2);
      expect(store.traceUrl("0", "tr-1")).toBe(
        `${byName()}/#/experiments/0/traces?selectedEvaluationId=tr-1`,
      );
    }
  });

  it("with another path than the URI's blocks, and says that the path is wrong", async () => {
    for (const uri of [byName().replace("/mlf", ""), `${byName()}/other`]) {
      const { verdict, message } = await logOne(storeAt(uri));
      expect(verdict.state).toBe("blocked");
      expect(message).toContain(`No MLflow tracking server answers at ${uri}`);
      expect(message).toContain("--static-prefix");
    }
  });

  it("that refuses our host name blocks, and says which option lets us in", async () => {
    const { verdict, message } = await logOne(storeAt(server.url));
    expect(verdict.state).toBe("blocked");
    expect(message).toContain(`--allowed-hosts ${new URL(server.url).host}`);
    expect(message).toContain("DNS rebinding");
  });

  it("that does not respond is a reason to retry, and the error names its address", async () => {
    const port = await freePort();
    const { verdict, message } = await logOne(storeAt(`http://user:secret@127.0.0.1:${port}`));
    expect(verdict).toMatchObject({ state: "retry" });
    expect(message).toContain(`No answer from the tracking server at http://127.0.0.1:${port}`);
    expect(message).toContain("check that it is running");
    expect(message).not.toContain("secret");
  });

  it("that answers with web pages is not taken for MLflow", async () => {
    const uri = await listen((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Hello</p>");
    });
    const { verdict, message } = await logOne(storeAt(uri));
    expect(verdict.state).toBe("blocked");
    expect(message).toContain("No MLflow tracking server answers");
  });

  it("that sends us elsewhere says where", async () => {
    const uri = await listen((_request, response) => {
      response.writeHead(308, { location: "https://mlflow.example.com/" }).end();
    });
    const { verdict, message } = await logOne(storeAt(uri));
    expect(verdict.state).toBe("blocked");
    expect(message).toContain("https://mlflow.example.com/");
  });

  it.each([
    [429, "3", 3_000],
    [503, "2", 2_000],
    [503, "Fri, 31 Dec 2099 23:59:59 GMT", Date.UTC(2099, 11, 31) - Date.now()],
    [502, undefined, undefined],
  ])(
    "behind a proxy that answers %i with Retry-After %s is tried again after that time",
    async (status, header, afterMs) => {
      let refusals = 1;
      const uri = await listenInFront((incoming) => {
        if (incoming.method !== "POST" || refusals-- <= 0) return undefined;
        return { status, headers: header ? { "retry-after": header } : {} };
      });
      const store = storeAt(`${uri}/mlf`);
      const trace = sampleTrace();
      const [first] = await store.logTraces("0", [trace]);
      expect(first).toMatchObject({ state: "retry" });
      const { afterMs: told } = first as { afterMs?: number };
      if (afterMs === undefined) expect(told).toBeUndefined();
      else expect(Math.abs(told! / afterMs - 1)).toBeLessThan(0.01);
      expect(await store.logTraces("0", [trace])).toEqual([{ state: "stored" }]);
    },
  );

  it("behind a proxy that limits the size of a request gets smaller ones", async () => {
    const sizes: number[] = [];
    const uri = await listenInFront((incoming) => {
      const size = Number(incoming.headers["content-length"] ?? 0);
      if (incoming.url?.endsWith("/v1/traces")) sizes.push(size);
      return size > 20_000 ? { status: 413, headers: {} } : undefined;
    });
    const big = sampleTrace({ root: { outputs: "x".repeat(30_000) } });
    const traces = [
      ...Array.from({ length: 7 }, () => sampleTrace({ root: { outputs: "x".repeat(4_000) } })),
      big,
    ];
    const verdicts = await storeAt(`${uri}/mlf`).logTraces("0", traces);
    // The text of the last one is shortened.
    expect(verdicts.map(({ state }) => state)).toEqual(Array(8).fill("stored"));
    expect(Math.max(...sizes)).toBeGreaterThan(50_000);
  });

  it("receives our name and version, and the workspace", async () => {
    const seen: Record<string, unknown>[] = [];
    const uri = await listen((incoming, response) => {
      seen.push(incoming.headers);
      response.writeHead(404).end();
    });
    await logOne(storeAt(uri, { MLFLOW_WORKSPACE: "team-a" }));
    expect(seen.length).toBeGreaterThan(0);
    for (const headers of seen) {
      expect(headers["user-agent"]).toMatch(/^langchain-mlflow\/\d+\.\d+\.\d+/);
      expect(headers["x-mlflow-workspace"]).toBe("team-a");
    }
  });

  it("that hangs is given up when the caller says so", async () => {
    const uri = await listen(() => {});
    const store = storeAt(uri);
    const began = Date.now();
    const verdicts = await store.logTraces("0", [sampleTrace()], AbortSignal.timeout(200));
    expect(verdicts).toMatchObject([{ state: "retry" }]);
    expect(Date.now() - began).toBeLessThan(3_500);
  });
});

type Listener = Parameters<typeof createServer>[1];
type Incoming = import("node:http").IncomingMessage;

async function listen(listener: Listener): Promise<string> {
  const http: Server = createServer(listener as never).listen(0, "127.0.0.1");
  open.push({
    close() {
      http.closeAllConnections();
      http.close();
    },
  });
  await once(http, "listening");
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** A proxy before the real server, that answers by itself where `refuse` says so. */
function listenInFront(
  refuse: (incoming: Incoming) => { status: number; headers: Record<string, string> } | undefined,
): Promise<string> {
  const target = new URL(server.url);
  return listen(((incoming: Incoming, response: import("node:http").ServerResponse) => {
    const refusal = refuse(incoming);
    if (refusal) {
      incoming.resume();
      response.writeHead(refusal.status, refusal.headers).end("not now");
      return;
    }
    const { method, url: path, headers } = incoming;
    const host = `localhost:${target.port}`;
    const onward = request(
      { host: target.hostname, port: target.port, method, path, headers: { ...headers, host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(onward);
  }) as never);
}
