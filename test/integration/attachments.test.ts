import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HumanMessage } from "@langchain/core/messages";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import {
  type AutologOptions,
  autolog,
  downloadTraceAttachment,
  flushTraces,
  getLastActiveTraceId,
  getTrace,
  type Plain,
  setTrackingUri,
  type Trace,
} from "langchain-mlflow";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import type { LossReason } from "../../src/delivery/losses.js";
import { listSpool, newEffects } from "../../src/delivery/spool/stored-spool.js";
import { getPipeline } from "../../src/recording/pipeline.js";
import { findReferences } from "../../src/trace/find-references.js";
import {
  type FakeTrackingServer,
  startFakeTrackingServer,
} from "../support/fake-tracking-server.js";
import { newFolder } from "../support/traces.js";

/** Its base64 is longer than `maxStringCharacters`. */
const IMAGE = Buffer.alloc(1_200_000, "\x89PNG\r\n\x1a\n and pixels; ", "latin1");
const IMAGE_URL = `data:image/png;base64,${IMAGE.toString("base64")}`;
const message = (url = IMAGE_URL) =>
  new HumanMessage({
    content: [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: { url } },
    ],
  });

let folder: string;
const lossesBefore = new Map<string, number>();

beforeEach(() => {
  folder = newFolder();
  setTrackingUri(`file:${folder}`);
  lossesBefore.clear();
  for (const [reason, count] of Object.entries(getPipeline().losses))
    lossesBefore.set(reason, count);
});
afterEach(() => autolog({ disable: true }));

function lost(reason: LossReason): number {
  return (getPipeline().losses[reason] ?? 0) - (lossesBefore.get(reason) ?? 0);
}

/** Passes the value through ten steps and to a model. */
async function run(options: Partial<AutologOptions> = {}, input = [message()]): Promise<Trace> {
  autolog({ silent: true, ...options });
  const pass = RunnableLambda.from((value: HumanMessage[]) => value);
  let chain = pass.pipe(pass);
  for (let step = 0; step < 8; step += 1) chain = chain.pipe(pass);
  const answer = await chain.pipe(new FakeListChatModel({ responses: ["a board"] })).invoke(input);
  expect(answer.content).toBe("a board");
  await flushTraces();
  const trace = await getTrace(getLastActiveTraceId() ?? "");
  if (!trace) throw new Error("There is no trace");
  return trace;
}

const attachmentFolder = ({ info }: Trace) =>
  join(folder, info.experimentId, "traces", info.traceId, "artifacts", "attachments");

const textOf = ({ data }: Trace) =>
  data.spans.map(({ inputs, outputs }) => JSON.stringify([inputs, outputs])).join("\n");

/** What the model's span has in place of the image. */
function imageOf({ data }: Trace): string {
  const model = data.spans.find(({ spanType }) => spanType === "CHAT_MODEL");
  const text = JSON.stringify(model?.inputs);
  return /"url":"([^"]*)"/.exec(text)?.[1] ?? text;
}

describe("an image in the messages of ten steps", () => {
  it("is stored once, whole, and can be read back", async () => {
    const trace = await run();
    const [name = "", ...others] = readdirSync(attachmentFolder(trace));
    expect(others).toEqual([]);
    expect(readFileSync(join(attachmentFolder(trace), name)).equals(IMAGE)).toBe(true);
    const ref = `mlflow-attachment://${name}?content_type=image%2Fpng&trace_id=${trace.info.traceId}&size=1200000`;
    expect(textOf(trace).split(ref)).toHaveLength(1 + 2 * 11);
    const { contentType, contentBytes } = await downloadTraceAttachment(imageOf(trace));
    expect([contentType, IMAGE.equals(contentBytes)]).toEqual(["image/png", true]);
    expect(trace.info.requestPreview).toContain(ref);
  });

  it("is whole although it exceeds every limit of a text, a value and the trace", async () => {
    const limits = {
      maxStringCharacters: 50,
      maxValueCharacters: 2000,
      maxTraceCharacters: 30_000,
    };
    const trace = await run(limits);
    const { contentBytes } = await downloadTraceAttachment(imageOf(trace));
    expect(IMAGE.equals(contentBytes)).toBe(true);
  });

  it("is recorded unchanged although a later step overwrites its bytes", async () => {
    const bytes = new Uint8Array(IMAGE);
    autolog({ silent: true });
    const change = RunnableLambda.from((block: { data: Uint8Array }) => {
      block.data.fill(0);
      return "done";
    });
    const block = { type: "image", mimeType: "image/png", data: bytes };
    await RunnableLambda.from((value: typeof block) => value)
      .pipe(change)
      .invoke(block);
    await flushTraces();
    const trace = await getTrace(getLastActiveTraceId() ?? "");
    const { data: ref = "" } = (trace?.data.spans[0]?.inputs ?? {}) as { data?: string };
    expect(IMAGE.equals((await downloadTraceAttachment(ref)).contentBytes)).toBe(true);
  });
});

describe("redact", () => {
  const withoutImages = (value: Plain): Plain => {
    if (typeof value === "string") return value.startsWith("data:image/") ? "[image]" : value;
    if (Array.isArray(value)) return value.map(withoutImages);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [name, withoutImages(field ?? null)]),
    );
  };

  it("receives the image itself, and what it removes is never stored", async () => {
    const trace = await run({ redact: withoutImages });
    expect(imageOf(trace)).toBe("[image]");
    expect(existsSync(attachmentFolder(trace))).toBe(false);
  });

  it("can replace the image", async () => {
    const other = "data:image/gif;base64,R0lGODlhAQABAAAAACw=";
    const redact = (value: Plain) =>
      JSON.parse(JSON.stringify(value).replaceAll(IMAGE_URL, other)) as Plain;
    const trace = await run({ redact });
    const { contentType, contentBytes } = await downloadTraceAttachment(imageOf(trace));
    expect(contentType).toBe("image/gif");
    expect(Buffer.from(contentBytes).toString("base64")).toBe("R0lGODlhAQABAAAAACw=");
    expect(readdirSync(attachmentFolder(trace))).toHaveLength(1);
  });

  it("that fails leaves no attachment", async () => {
    const redact = () => {
      throw new Error("broken");
    };
    const trace = await run({ redact });
    expect(textOf(trace)).toContain("[redaction failed]");
    expect(existsSync(attachmentFolder(trace))).toBe(false);
    expect(lost("redaction_failed")).toBeGreaterThan(0);
  });
});

describe("an image that is no attachment is replaced by a mark, not cut", () => {
  test("if extractAttachments is false", async () => {
    const trace = await run({ extractAttachments: false });
    expect(imageOf(trace)).toBe("[dropped: image/png, 1200000 bytes: longer than the limit]");
    expect(existsSync(attachmentFolder(trace))).toBe(false);
  });

  test("if it is larger than maxAttachmentBytes", async () => {
    const trace = await run({ maxAttachmentBytes: 1_000_000 });
    expect(imageOf(trace)).toBe(
      "[dropped: image/png, 1200000 bytes: more than `maxAttachmentBytes`]",
    );
    expect(lost("attachment_too_large")).toBe(1);
  });

  test("if it does not fit into the queue, which takes its trace", async () => {
    const trace = await run({ maxQueueBytes: 1_000_000 });
    expect(imageOf(trace)).toBe(
      "[dropped: image/png, 1200000 bytes: the media of this trace exceed `maxQueueBytes`]",
    );
    expect(lost("attachment_queue_full")).toBeGreaterThan(0);
    expect(lost("queue_full")).toBe(0);
  });

  test("if the trace fits into the queue and both together do not", async () => {
    const trace = await run({ maxQueueBytes: 1_600_500 });
    expect(imageOf(trace)).toBe(
      "[dropped: image/png, 1200000 bytes: `maxQueueBytes` were waiting to be sent]",
    );
    expect([lost("attachment_queue_full"), lost("queue_full")]).toEqual([1, 0]);
  });
});

describe("a server", () => {
  let server: FakeTrackingServer | undefined;
  afterEach(() => server?.close());

  const isUpload = (request: { method: string; url: string }) =>
    request.method === "PUT" && request.url.includes("/attachments/");
  const uploads = () => server?.requests.filter(isUpload) ?? [];
  const spansOf = () => {
    const posts = server?.requests.filter(({ url }) => url.startsWith("/v1/traces")) ?? [];
    return posts.map(({ body }) => body).join();
  };

  /** Runs the steps with a server of this version. `failsUploads`: the status of every upload. */
  async function runWith(version: string, place: string, failsUploads?: number): Promise<void> {
    server = await startFakeTrackingServer(version);
    server.place = place;
    server.before = (request, response) => {
      if (request.url.startsWith("/v1/traces")) return {};
      if (!failsUploads || !isUpload(request)) return undefined;
      response.statusCode = failsUploads;
      return { error_code: "INVALID_PARAMETER_VALUE", message: "no" };
    };
    setTrackingUri(server.url);
    autolog({ silent: true, retryTimeoutMs: 0 });
    const pass = RunnableLambda.from((value: HumanMessage[]) => value);
    await pass.pipe(pass).invoke([message()]);
    const { sent, dropped } = await flushTraces();
    expect({ sent, dropped }).toEqual({ sent: 1, dropped: 0 });
    setTrackingUri(`file:${folder}`);
  }

  it("receives the image in one request", async () => {
    await runWith("3.17.0", "mlflow-artifacts:/1");
    const [upload, ...others] = uploads();
    expect(others).toEqual([]);
    expect(upload?.url).toMatch(
      /^\/api\/2\.0\/mlflow-artifacts\/artifacts\/1\/traces\/tr-\w{32}\/artifacts\/attachments\/[\w-]{36}$/,
    );
    expect(Buffer.from(upload?.body ?? "", "latin1").equals(IMAGE)).toBe(true);
    expect(spansOf()).toContain("mlflow-attachment://");
  });

  it.each([
    [400, "loses the image, and keeps it with the answer", { refused: 1, waiting: 0 }],
    [500, "loses nothing: the image waits on disk", { refused: 0, waiting: 1 }],
  ])("that answers uploads with %i, but takes the trace, %s", async (status, _what, onDisk) => {
    await runWith("3.17.0", "mlflow-artifacts:/1", status);
    expect(uploads().length).toBeGreaterThan(0);
    expect(spansOf()).toContain("mlflow-attachment://");
    const { refused } = onDisk;
    expect([lost("attachment_refused"), lost("refused")]).toEqual([refused, 0]);
    expect([lost("attachment_retry_timeout"), lost("retry_timeout")]).toEqual([0, 0]);
    const spool = process.env.MLFLOW_LANGCHAIN_SPOOL_DIRECTORY ?? "";
    const servers = listSpool(spool, newEffects()).filter(({ uri }) => uri === server?.url);
    expect(servers).toMatchObject([onDisk]);
    expect(servers[0]?.bytes).toBeGreaterThan(IMAGE.byteLength);
  });

  it.each([
    ["is too old to show attachments", "3.11.1", "mlflow-artifacts:/1"],
    ["has its artifacts where they cannot be uploaded", "3.17.0", "s3://bucket/1"],
  ])("that %s receives a mark in place of a long image", async (_what, version, place) => {
    await runWith(version, place);
    expect(uploads()).toEqual([]);
    expect(spansOf()).toContain(
      "[dropped: image/png, 1200000 bytes: the store takes no attachments]",
    );
    expect(lost("attachment_unsupported")).toBe(1);
  });
});

it("a trace without media has no attachments", async () => {
  const trace = await run({}, [new HumanMessage("no image")]);
  expect(findReferences(trace)).toEqual([]);
  expect(existsSync(attachmentFolder(trace))).toBe(false);
});
