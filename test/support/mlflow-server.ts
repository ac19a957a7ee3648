import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { copyEmptyDatabase, keepEmptyDatabase } from "./empty-database.js";
import { type MlflowProcess, startMlflow } from "./mlflow-process.js";
import { MLFLOW_VERSION } from "./python.js";

export interface MlflowServer {
  readonly url: string;
  /** The server's own directory: database and artifacts. */
  readonly directory: string;
  readonly version: string;
  /** Kills the server, and starts it on the same port with the same store. */
  restart(): Promise<MlflowServer>;
  close(): Promise<void>;
}

/** Servers have no password of their own for the first user; before 3.17 it was `password1234`. */
export const ADMIN = { username: "admin", password: "only for tests 1" } as const;

const START_TIMEOUT_MS = 90_000;

/** A real MLflow server on a free port, with an empty store of its own. */
export async function startMlflowServer(
  options: {
    version?: string;
    args?: readonly string[];
    env?: Record<string, string>;
    /** With MLflow's basic-auth app: its first user is {@link ADMIN}. */
    authApp?: boolean;
    /** `sqlite` unless told: a file store refuses OTLP. */
    backend?: "sqlite" | "file";
    /** The path a proxy or `--static-prefix` gives the server. */
    prefix?: string;
    /** Those of a server that was killed. Default: new ones. */
    place?: { readonly directory: string; readonly port: number };
  } = {},
): Promise<MlflowServer> {
  const { version = MLFLOW_VERSION, args = [], env = {}, prefix = "", place } = options;
  const directory = place?.directory ?? (await mkdtemp(join(tmpdir(), "mlflow-server-")));
  const port = place?.port ?? (await freePort());
  const database = join(directory, "mlflow.db");
  const store = options.backend === "file" ? join(directory, "store") : `sqlite:///${database}`;
  // Arguments may change what a server writes into its new database.
  const isUsual = options.backend !== "file" && args.length === 0 && !prefix && !place;
  const isFirst = isUsual && !(await copyEmptyDatabase(version, database));
  const child = await startMlflow(version, {
    args: [
      ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
      ...["--backend-store-uri", store],
      ...["--artifacts-destination", join(directory, "artifacts")],
      ...(options.authApp ? ["--app-name", "basic-auth"] : []),
      ...(prefix ? ["--static-prefix", prefix] : []),
      ...args,
    ],
    cwd: directory,
    env: { ...process.env, ...serverEnv(directory), ...env },
  });
  const kill = () => killGroup(child.pid);
  process.once("exit", kill);
  const url = `http://127.0.0.1:${port}${prefix}`;
  const close = async () => {
    kill();
    process.removeListener("exit", kill);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await waitForHealth(url, child);
    if (isFirst) await keepEmptyDatabase(version, database);
  } catch (cause) {
    await close();
    throw new Error(`MLflow ${version} did not start:\n${child.log().slice(-4000)}`, { cause });
  }
  const restart = async () => {
    kill();
    process.removeListener("exit", kill);
    await child.ended;
    return startMlflowServer({ ...options, place: { directory, port } });
  };
  return { url, directory, version, restart, close };
}

function serverEnv(directory: string): Record<string, string> {
  return {
    MLFLOW_DISABLE_TELEMETRY: "true",
    // A dozen processes for evaluation jobs, of no use here.
    MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false",
    MLFLOW_ALLOW_FILE_STORE: "true",
    // The basic-auth app keeps its users in the working directory.
    MLFLOW_AUTH_ADMIN_PASSWORD: ADMIN.password,
    MLFLOW_FLASK_SERVER_SECRET_KEY: "test",
    MLFLOW_TRACKING_URI: "",
    HOME: directory,
  };
}

async function waitForHealth(url: string, child: MlflowProcess): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    if (child.hasEnded()) throw new Error("It ended.");
    const healthy = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (healthy) return;
    await sleep(100);
  }
  throw new Error(`${url}/health gave no answer within ${START_TIMEOUT_MS} ms.`);
}

/** The server starts workers of its own: its whole process group has to go. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
