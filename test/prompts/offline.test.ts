import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { genai, setTrackingUri } from "../../src/index.js";
import { type RecordingServer, startRecordingServer } from "../support/recording-server.js";

let server: RecordingServer;
let folder = "";
let status = 200;
let lines: string[] = [];

function answer({ url, body }: { url: string; body: string }, response: ServerResponse): unknown {
  if (status !== 200) {
    response.statusCode = status;
    return { error_code: "INTERNAL_ERROR", message: `status ${status}` };
  }
  if (url.includes("/logged-models/")) {
    const tags = JSON.parse(body || "{}").tags ?? [];
    return { model: { info: { model_id: "m-1", tags } } };
  }
  const version = /version=(\d+)/.exec(url)?.[1] ?? "2";
  const tags = Object.entries({
    "mlflow.prompt.is_prompt": "true",
    "mlflow.prompt.text": `Version ${version}: {{question}}`,
    _mlflow_prompt_type: "text",
  }).map(([key, value]) => ({ key, value }));
  const stored = { name: "qa", version, source: "dummy-source", aliases: ["production"], tags };
  return { model_version: stored, model_versions: [stored], registered_model: { tags } };
}

const requestsOf = (path: string) => server.requests.filter(({ url }) => url.includes(path)).length;

beforeEach(async () => {
  server = await startRecordingServer(answer);
  folder = mkdtempSync(join(tmpdir(), "prompts-"));
  status = 200;
  vi.stubEnv("MLFLOW_LANGCHAIN_CACHE_DIR", folder);
  vi.stubEnv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0");
  vi.stubEnv("MLFLOW_TRACKING_TOKEN", "secret-token");
  lines = [];
  vi.spyOn(process.stderr, "write").mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
  setTrackingUri(server.url);
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await server.close().catch(() => {});
  rmSync(folder, { recursive: true, force: true });
});

test("While the server is away, the last version that it returned is loaded, with one warning", async () => {
  const uri = "prompts:/qa@production";
  expect((await genai.loadPrompt(uri)).version).toBe(2);
  await server.close();
  const load = () => genai.loadPrompt(uri, { cacheTtlSeconds: 0 });
  const prompt = await load();
  await load();
  expect(prompt.format({ question: "é?" })).toBe("Version 2: é?");
  expect(lines).toEqual([
    expect.stringMatching(
      /the prompt "qa" \(production\) is a copy that is \d+ s old, since .*127/,
    ),
  ]);
  await expect(genai.loadPrompt("prompts:/qa/3")).rejects.toThrow("No answer");
});

test.each([500, 503])("After the status %s the copy is loaded", async (failure) => {
  await genai.loadPrompt("qa", { version: 1 });
  status = failure;
  const prompt = await genai.loadPrompt("qa", { version: 1, cacheTtlSeconds: 0 });
  expect(prompt.version).toBe(1);
  expect(lines.join()).toContain("is a copy");
});

test.each([401, 403, 404])("After the status %s no copy is loaded", async (failure) => {
  await genai.loadPrompt("qa", { version: 1 });
  status = failure;
  await expect(genai.loadPrompt("qa", { version: 1, cacheTtlSeconds: 0 })).rejects.toThrow(
    `status ${failure}`,
  );
  expect(lines).toEqual([]);
});

test("Copies are readable by this user only, and a broken one counts as missing", async () => {
  await genai.loadPrompt("qa", { version: 1 });
  const [name = ""] = readdirSync(join(folder, "prompts"), {
    recursive: true,
    encoding: "utf8",
  }).filter((one) => one.endsWith(".json"));
  expect(name).toMatch(/^[0-9a-f]{64}[/\\][0-9a-f]{64}\.json$/);
  const path = join(folder, "prompts", name);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path, "utf8")).toContain("Version 1");
  expect(readFileSync(path, "utf8")).not.toContain("secret-token");
  writeFileSync(path, '{"stored":{"name":"qa"},"savedAtMs":1}');
  status = 500;
  await expect(genai.loadPrompt("qa", { version: 1, cacheTtlSeconds: 0 })).rejects.toThrow("500");
});

test("A version by number stays in memory, one by alias for 60 s, and a change of the prompt drops both", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const load = async () => {
    await genai.loadPrompt("qa", { version: 1 });
    await genai.loadPrompt("prompts:/qa@production");
  };
  await load();
  await load();
  expect([requestsOf("model-versions/get"), requestsOf("/alias?")]).toEqual([1, 1]);
  vi.setSystemTime(Date.now() + 61_000);
  await load();
  expect([requestsOf("model-versions/get"), requestsOf("/alias?")]).toEqual([1, 2]);
  await genai.setPromptTag("qa", "team", "search");
  await load();
  expect([requestsOf("model-versions/get"), requestsOf("/alias?")]).toEqual([2, 3]);
  vi.useRealTimers();
});

test("Environment variables set how long versions stay in memory", async () => {
  vi.stubEnv("MLFLOW_ALIAS_PROMPT_CACHE_TTL_SECONDS", "inf");
  vi.stubEnv("MLFLOW_VERSION_PROMPT_CACHE_TTL_SECONDS", "0");
  for (let count = 0; count < 2; count++) {
    await genai.loadPrompt("qa", { version: 1 });
    await genai.loadPrompt("prompts:/qa@production");
  }
  expect([requestsOf("model-versions/get"), requestsOf("/alias?")]).toEqual([2, 1]);
});

test("A loaded version is linked to the given model, unless linkToModel is false", async () => {
  await genai.loadPrompt("qa", { version: 1, modelId: "m-1", linkToModel: false });
  await genai.loadPrompt("qa", { version: 1, modelId: "m-1" });
  const linked = () => server.requests.find(({ method }) => method === "PATCH");
  await vi.waitFor(() => expect(linked()).toBeDefined());
  const [tag] = JSON.parse(linked()?.body ?? "").tags;
  expect(tag).toEqual({
    key: "mlflow.linkedPrompts",
    value: '[{"name": "qa", "version": "1"}]',
  });
  expect(requestsOf("/logged-models/")).toBe(2);
});
