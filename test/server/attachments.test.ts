import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { HumanMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSettings } from "../../src/settings/settings.js";
import { openStore } from "../../src/store/open.js";
import { referenceTo } from "../../src/trace/attachment.js";
import { findReferences } from "../../src/trace/find-references.js";
import { pushTraces } from "../../src/tracing/push.js";
import { type Browser, chromiumProgram, openBrowser } from "../support/browser.js";
import { type MlflowServer, startMlflowServer } from "../support/mlflow-server.js";
import { chatView } from "../support/mlflow-ui.js";
import { runPython } from "../support/python.js";
import { SpeakingModel, samplePng, sampleWav } from "../support/sample-media.js";
import { BEEN_HERE, openTrace, openTraceList, selectSpan } from "../support/traces-page.js";

const IMAGE = samplePng();
const RECORDING = sampleWav();
const chromium = chromiumProgram();

/** Ten steps that pass on a message with an image, and a model that answers with a recording. */
async function describeImage(): Promise<string> {
  const pass = RunnableLambda.from((message: HumanMessage[]) => message);
  let chain = pass.pipe(pass);
  for (let step = 0; step < 8; step += 1) chain = chain.pipe(pass);
  const url = `data:image/png;base64,${IMAGE.toString("base64")}`;
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url } },
  ];
  await chain.pipe(new SpeakingModel(RECORDING)).invoke([new HumanMessage({ content })]);
  await mlflow.flushTraces();
  return mlflow.getLastActiveTraceId() ?? "";
}

/** The attachments of a trace as Python's client reads them: content type and base64. */
async function readWithPython(
  trackingUri: string,
  traceId: string,
): Promise<Record<string, string>> {
  const program = `
import base64, json, re, sys
from mlflow.tracing.attachments import Attachment
from mlflow.tracing.client import TracingClient
client = TracingClient("${trackingUri}")
trace = client.get_trace("${traceId}")
repo = client._get_artifact_repo_for_trace(trace.info)
text = json.dumps([[span.inputs, span.outputs] for span in trace.data.spans])
found = {}
for ref in set(re.findall(r'mlflow-attachment://[^"]+', text)):
    parsed = Attachment.parse_ref(ref)
    content = repo.download_trace_attachment(parsed["attachment_id"])
    assert len(content) == parsed["size"]
    found[parsed["content_type"]] = base64.b64encode(content).decode()
print(json.dumps(found))
`;
  const env = { MLFLOW_ALLOW_FILE_STORE: "true", MLFLOW_TRACKING_URI: trackingUri };
  return runPython(program, { env });
}

const BOTH = {
  "image/png": IMAGE.toString("base64"),
  "audio/wav": RECORDING.toString("base64"),
};

const stores = [
  {
    name: "a server",
    async start() {
      const server = await startMlflowServer();
      const folder = join(server.directory, "artifacts", "0", "traces");
      return { server, uri: server.url, folder, remove: async () => {} };
    },
  },
  {
    name: "a server with a file store",
    async start() {
      const server = await startMlflowServer({ backend: "file" });
      const folder = join(server.directory, "artifacts", "0", "traces");
      return { server, uri: server.url, folder, remove: async () => {} };
    },
  },
  {
    name: "a local store",
    async start() {
      const directory = await mkdtemp(join(tmpdir(), "attachments-"));
      mlflow.setTrackingUri(directory);
      const store = pathToFileURL(directory).href;
      const server = await startMlflowServer({ args: ["--backend-store-uri", store] });
      const folder = join(directory, "0", "traces");
      const remove = () => rm(directory, { recursive: true, force: true });
      return { server, uri: directory, folder, remove };
    },
  },
];

describe.each(stores)("attachments of traces in $name", ({ name, start }) => {
  let place: Awaited<ReturnType<typeof start>>;
  let server: MlflowServer;
  let traceId: string;

  beforeAll(async () => {
    place = await start();
    server = place.server;
    mlflow.setTrackingUri(place.uri);
    mlflow.autolog({ silent: true });
    traceId = await describeImage();
  }, 240_000);
  afterAll(async () => {
    mlflow.autolog({ disable: true });
    await server?.close();
    await place?.remove();
  });

  it("are stored once, although many spans contain them", async () => {
    const files = await readdir(join(place.folder, traceId, "artifacts", "attachments"));
    const trace = await mlflow.getTrace(traceId);
    if (!trace) throw new Error("There is no trace");
    expect(trace.data.spans.length).toBeGreaterThan(10);
    expect(
      findReferences(trace)
        .map(({ attachmentId }) => attachmentId)
        .sort(),
    ).toEqual(files.sort());
    expect(files).toHaveLength(2);
    for (const { inputs, outputs } of trace.data.spans) {
      expect(JSON.stringify([inputs, outputs])).not.toContain(IMAGE.toString("base64"));
      expect(JSON.stringify([inputs, outputs])).toContain("mlflow-attachment://");
    }
  });

  it("have the same bytes in Python's client", async () => {
    expect(await readWithPython(place.uri, traceId)).toEqual(BOTH);
  });

  it("can be read back", async () => {
    const trace = await mlflow.getTrace(traceId);
    const read: Record<string, string> = {};
    for (const { attachmentId: id, contentType, size = 0 } of trace ? findReferences(trace) : []) {
      const contentBytes = new Uint8Array(size);
      const ref = referenceTo({ id, contentType, contentBytes }, contentType, traceId);
      const attachment = await mlflow.downloadTraceAttachment(ref);
      expect(attachment).toMatchObject({ id, contentType });
      read[contentType] = Buffer.from(attachment.contentBytes).toString("base64");
    }
    expect(read).toEqual(BOTH);
    const missing = `mlflow-attachment://00000000-0000-4000-8000-000000000000?content_type=image%2Fpng&trace_id=${traceId}&size=5`;
    await expect(mlflow.downloadTraceAttachment(missing)).rejects.toThrow("has no attachment");
  });

  it("are a part of the chat in MLflow's UI", async () => {
    const trace = await mlflow.getTrace(traceId);
    const model = trace?.data.spans.find(({ spanType }) => spanType === "CHAT_MODEL");
    expect(chatView(model?.inputs)?.[0]?.content).toContain("![](mlflow-attachment://");
    expect(chatView(model?.outputs)).toMatchObject([{ role: "assistant" }]);
  });

  it.skipIf(!chromium)("are shown and can be played in MLflow's UI", async () => {
    const browser: Browser = await openBrowser(chromium!, { localStorage: BEEN_HERE });
    try {
      await openTraceList(browser.page, server.url, "0");
      const panel = await openTrace(browser.page, 0);
      await selectSpan(panel, "SpeakingModel");
      const image = panel.locator("img[src^='blob:']").first();
      await image.waitFor();
      await expect
        .poll(() =>
          image.evaluate(
            (element) => (element as unknown as { naturalWidth: number }).naturalWidth,
          ),
        )
        .toBe(96);
      const audio = panel.locator("audio").first();
      await audio.waitFor({ state: "attached" });
      await expect
        .poll(() =>
          audio.evaluate((element) => (element as unknown as { duration: number }).duration),
        )
        .toBeCloseTo(0.5);
      await browser.screenshot(`${name.replace(/^a /, "")} attachments`);
    } finally {
      await browser.close();
    }
  });

  it("are pushed with their trace", async () => {
    if (name !== "a local store") return;
    const other = await startMlflowServer();
    const [from, to] = [place.uri, other.url].map((uri) => openStore(uri, readSettings({})));
    try {
      const result = await pushTraces({ from: from!, to: to! });
      expect(result).toMatchObject({ stored: 1, failed: [] });
      expect(await readWithPython(other.url, traceId)).toEqual(BOTH);
    } finally {
      await Promise.all([from?.close(), to?.close()]);
      await other.close();
    }
  });
});
