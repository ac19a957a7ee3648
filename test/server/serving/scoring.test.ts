import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ModelServer, startModelServer } from "../../../src/serving/node-server.js";
import { readServingOptions } from "../../../src/serving/options.js";
import { freePort } from "../../support/mlflow-server.js";
import { mlflowProgram } from "../../support/python.js";
import { equalModel, SIGNATURE } from "./equal-model.js";
import { REQUESTS, type ServingRequest } from "./serving-requests.js";

const directory = mkdtempSync(join(tmpdir(), "serving-"));
const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true", HOME: directory };
let python: { readonly url: string; close(): void };
let node: ModelServer;

beforeAll(async () => {
  const [path, signature] = [join(directory, "model"), join(directory, "signature.json")];
  writeFileSync(signature, JSON.stringify(SIGNATURE));
  const program = join(import.meta.dirname, "python-model.py");
  await promisify(execFile)(mlflowProgram("python"), [program, path, signature], { env });
  python = await servePython(path);
  const options = readServingOptions("test", {});
  node = await startModelServer(equalModel(), options, { host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  python?.close();
  await node?.close(1000);
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

async function servePython(path: string) {
  const port = await freePort();
  const args = ["models", "serve", "-m", path, "--env-manager", "local", "--port", String(port)];
  const PATH = `${join(mlflowProgram("python"), "..")}:${process.env.PATH}`;
  const child = spawn(mlflowProgram("mlflow"), args, {
    ...{ cwd: directory, detached: true, stdio: "ignore" },
    env: { ...env, PATH },
  });
  const close = () => {
    try {
      if (child.pid) process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  };
  process.once("exit", close);
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mlflow models serve: code ${child.exitCode}`);
    const isThere = await fetch(`${url}/ping`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return { url, close };
    await sleep(100);
  }
}

interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  /** The whole body, or the fields of an error. */
  readonly body: unknown;
}

function ask(url: string, { method, path, headers, body }: ServingRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}${path}`, { method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({
        status: response.statusCode ?? 0,
        type: response.headers["content-type"],
        body: shapeOf(String(Buffer.concat(chunks))),
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** An error has its own words in each language. */
function shapeOf(text: string): unknown {
  try {
    const value = JSON.parse(text);
    if (typeof value !== "object" || !("error_code" in value)) return value;
    const { message, stack_trace: _trace, ...rest } = value;
    return { ...rest, message: typeof message };
  } catch {
    return text.startsWith("This predictor") || text.startsWith("Unrecognized content")
      ? text.slice(0, 12)
      : text;
  }
}

/** The statuses of the requests that the servers answer differently, and why. */
const DIFFERENCES: Readonly<Record<string, readonly [ours: number, pythons: number, why: string]>> =
  {
    "a path with a slash at its end": [404, 307, "Python's web framework redirects"],
    "inputs of rows": [200, 400, "an optional column may be missing in some rows"],
    "text/csv": [415, 200, "only JSON is read"],
    "a model that throws": [500, 400, "an error of the model is not one of the client"],
    "an empty column": [400, 200, "an input without rows is an error"],
    "a number for a text": [400, 200, "a DataFrame's texts are not converted"],
    "a boolean for a text": [400, 200, "a DataFrame's texts are not converted"],
    "an object for a text of inputs that are an object": [400, 200, "an object is no text"],
    "a number as a date": [400, 200, "a date is a text"],
    "a boolean as a date": [400, 400, "the class of the error"],
    "a text for a boolean": [400, 200, 'for Python, each text is true, also "false"'],
    "a text for a boolean of inputs": [400, 200, 'for Python, each text is true, also "false"'],
    "null for an optional integer": [200, 400, "null is a missing value"],
    "null for an optional integer of inputs": [200, 400, "null is a missing value"],
    "null for an optional boolean": [200, 200, "for Python, null is false"],
    "null for an optional binary column": [200, 200, "for Python, null is the text None"],
    "null for an optional binary column of dataframe_records": [
      200,
      400,
      "null is a missing value",
    ],
    "an answer of NaN": [200, 200, "NaN is null, since JSON has no NaN"],
  };

test.each(Object.keys(REQUESTS))(
  "%s: the status, the type and the body are Python's",
  async (name) => {
    const request = REQUESTS[name];
    if (!request) throw new Error(name);
    const [ours, pythons] = await Promise.all([ask(node.url, request), ask(python.url, request)]);
    const difference = DIFFERENCES[name];
    if (!difference) return expect(ours).toEqual(pythons);
    expect(ours).not.toEqual(pythons);
    return expect([ours.status, pythons.status]).toEqual(difference.slice(0, 2));
  },
);

test("every difference names a request", () => {
  expect(Object.keys(REQUESTS)).toEqual(expect.arrayContaining(Object.keys(DIFFERENCES)));
});
