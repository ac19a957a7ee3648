import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Verdict } from "../../src/store/store.js";
import { ADMIN, type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { openRestStore } from "./open-store.js";
import { sampleTrace } from "./sample-trace.js";

const { username: USER, password: PASSWORD } = ADMIN;
const RIGHT = { MLFLOW_TRACKING_USERNAME: USER, MLFLOW_TRACKING_PASSWORD: PASSWORD };

let server: MlflowServer;
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "home-"));
  vi.stubEnv("HOME", home);
  server = await startMlflowServer({ authApp: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  await rm(home, { recursive: true, force: true });
});

/** What becomes of a trace sent with these credentials, and whether it can be read with them. */
async function log(uri: string, env: Record<string, string>): Promise<Verdict> {
  const store = openRestStore(uri, env);
  try {
    const trace = sampleTrace();
    const [verdict] = await store.logTraces("0", [trace]);
    if (verdict?.state === "stored") {
      await store.drain?.();
      expect((await store.getTrace(trace.info.traceId))?.info.traceId).toBe(trace.info.traceId);
    }
    return verdict!;
  } finally {
    await store.close();
  }
}

function withCredentials(user: string, password: string): string {
  return server.url.replace(
    "http://",
    `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`,
  );
}

describe("a server with basic authentication", () => {
  it.each([
    ["no credentials", {}],
    ["a wrong password", { ...RIGHT, MLFLOW_TRACKING_PASSWORD: "wrong" }],
    ["a token it does not know", { MLFLOW_TRACKING_TOKEN: "token" }],
  ])("blocks %s and names the variables to set", async (_what, env) => {
    const verdict = await log(server.url, env);
    expect(verdict.state).toBe("blocked");
    const { message } = (verdict as { cause: Error }).cause;
    expect(message).toContain(
      "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN",
    );
    expect(message).toContain("401");
  });

  it("prefers user name and password of the environment over the token", async () => {
    expect(await log(server.url, RIGHT)).toEqual({ state: "stored" });
    expect(await log(server.url, { ...RIGHT, MLFLOW_TRACKING_TOKEN: "token" })).toEqual({
      state: "stored",
    });
  });

  it("takes user name and password from the tracking URI, and no message contains them", async () => {
    expect(await log(withCredentials(USER, PASSWORD), {})).toEqual({ state: "stored" });
    const store = openRestStore(withCredentials(USER, "s3cr/t"));
    const [verdict] = await store.logTraces("0", [sampleTrace()]);
    const error = await store.getExperiment("0").catch((cause) => cause);
    await store.close();
    for (const cause of [(verdict as { cause: Error }).cause, error]) {
      expect(cause).toMatchObject({ status: 401, errorCode: "UNAUTHENTICATED" });
      expect(`${cause.message} ${cause.stack}`).not.toMatch(/s3cr/);
    }
    expect(store.uri).toBe(server.url);
    expect(store.traceUrl("0", "tr-1")).not.toContain("s3cr");
  });

  it("takes user name and password from ~/.mlflow/credentials, unless the environment sets them", async () => {
    await mkdir(join(home, ".mlflow"));
    const file = join(home, ".mlflow", "credentials");
    const credentials = (password: string) =>
      `[mlflow]\nmlflow_tracking_username = ${USER}\nmlflow_tracking_password = ${password}\n`;
    await writeFile(file, credentials(PASSWORD));
    expect(await log(server.url, {})).toEqual({ state: "stored" });
    await writeFile(file, credentials("wrong"));
    expect((await log(server.url, {})).state).toBe("blocked");
    expect(await log(server.url, { MLFLOW_TRACKING_PASSWORD: PASSWORD })).toEqual({
      state: "stored",
    });
    await rm(file);
  });

  it("rejects writes of a user who may only read, and the error says so", async () => {
    const created = await fetch(`${server.url}/api/2.0/mlflow/users/create`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`,
      },
      body: JSON.stringify({ username: "guest", password: "guest p@ss:word" }),
    });
    expect(created.status).toBe(200);
    const verdict = await log(withCredentials("guest", "guest p@ss:word"), {});
    expect(verdict.state).toBe("blocked");
    const { message } = (verdict as { cause: Error }).cause;
    expect(message).toContain("forbids this request to the current user");
    expect(message).not.toContain("p@ss");
  });
});
