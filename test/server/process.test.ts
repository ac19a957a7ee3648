import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
let directory: string;
let program: string;

/** Opens a store, logs one trace, says when it is logged, and has nothing left to do. */
const PROGRAM = `
  import { createRestStore } from "./src/store/rest/rest-store.js";
  import { readSettings } from "./src/settings/settings.js";
  import { sampleTrace } from "./test/server/sample-trace.js";
  const alive = setInterval(() => {}, 1000);
  const store = createRestStore({ uri: process.argv[2], settings: readSettings({}) });
  const [verdict] = await store.logTraces("0", [sampleTrace()]);
  process.send({ state: verdict.state });
  process.disconnect();
  if (process.argv[3] === "drain") await store.drain();
  clearInterval(alive);
`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "process-"));
  program = join(directory, "program.mjs");
  await build({
    stdin: { contents: PROGRAM, resolveDir: root, loader: "ts" },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    // Bundled CommonJS asks for require.
    banner: {
      js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`,
    },
  });
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** A server that takes everything, but answers StartTraceV3 only after `slowMs`. */
async function slowServer(slowMs: number) {
  const infos: string[] = [];
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    await request.toArray();
    response.setHeader("content-type", "application/json");
    if (path === "/version") response.end("3.17.2");
    else if (path.endsWith("/mlflow/traces")) {
      setTimeout(() => {
        infos.push(path);
        response.end("{}");
      }, slowMs).unref();
    } else response.end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, infos, close };
}

async function run(...args: string[]) {
  const child = fork(program, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  let printed = "";
  child.stdout?.on("data", (chunk) => {
    printed += chunk;
  });
  const [message] = (await once(child, "message")) as [{ state: string }];
  const logged = Date.now();
  const [code] = await once(child, "exit");
  return { ...message, code, printed, lingeredMs: Date.now() - logged };
}

describe("a process with a store", () => {
  it("ends at once, with connections open and a nice-to-have request on its way", async () => {
    const server = await slowServer(60_000);
    const { state, code, printed, lingeredMs } = await run(server.url);
    server.close();
    expect({ state, code, printed }).toEqual({ state: "stored", code: 0, printed: "" });
    expect(lingeredMs).toBeLessThan(1_500);
  });

  it("stays until what is nice to have is there, when it asked for that", async () => {
    const server = await slowServer(2_000);
    const { code, lingeredMs } = await run(server.url, "drain");
    server.close();
    expect(code).toBe(0);
    expect(lingeredMs).toBeGreaterThan(1_500);
    expect(server.infos).toHaveLength(1);
  });
});
