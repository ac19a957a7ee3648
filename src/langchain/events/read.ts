import { withoutKeys } from "../../data/secret-texts.js";
import { readZodSchema } from "../../data/zod-schema.js";
import type { ValuePolicy } from "../../recording/value-policy.js";
import { SpanType } from "../../trace/span.js";
import { tracePolicyOfRunnable } from "./trace-policy.js";

/**
 * Reads a LangChain object into the form LangChain dumps it in. Calls no method that could run app code or serialize
 * secrets. The result is a new, shallow object: the snapshot reads the nested values.
 */
export function readLangChain(value: object, redactsSecrets = true): object | undefined {
  const live = value as Live;
  if (isMessage(live)) return readMessage(live, redactsSecrets);
  if (typeof live.pageContent === "string" && "metadata" in live) return readDocument(live);
  if (typeof live.toChatMessages === "function") return readPromptValue(live);
  if (typeof live.lg_name === "string") return readGraphObject(live);
  if ("generationInfo" in live && "text" in live) return readGeneration(live);
  return readZodSchema(live);
}

/** A foreign object. Each field is checked where it is used. */
export type Live = { readonly [name: string]: unknown };

function isMessage(value: Live): boolean {
  return typeof value._getType === "function" && "content" in value;
}

/** The type of a live message, or of the dump of one. */
export function readMessageType(value: Live): string | undefined {
  if (isMessage(value)) return messageType(value);
  return typeof value.type === "string" ? value.type : undefined;
}

/** `human`, `ai`, `system`, `tool`, `function`, or the role of a ChatMessage. */
function messageType(message: Live): string {
  const type = (message._getType as () => unknown).call(message);
  return typeof type === "string" ? type : "unknown";
}

function readMessage(message: Live, redactsSecrets: boolean): object {
  const type = messageType(message);
  const chunk = isChunk(message);
  const read: Record<string, unknown> = {
    content: message.content,
    additional_kwargs: message.additional_kwargs,
    response_metadata: message.response_metadata,
    type: chunk ? className(message) : type,
    name: message.name ?? null,
    id: message.id ?? null,
  };
  if (type === "ai") {
    read.tool_calls = message.tool_calls ?? [];
    read.invalid_tool_calls = message.invalid_tool_calls ?? [];
    read.usage_metadata = message.usage_metadata ?? null;
    if (chunk) read.tool_call_chunks = message.tool_call_chunks ?? [];
  } else if (type === "tool") readToolFields(message, read, redactsSecrets);
  else if (type === "generic") read.role = message.role;
  return read;
}

function readToolFields(
  message: Live,
  read: Record<string, unknown>,
  redactsSecrets: boolean,
): void {
  read.tool_call_id = message.tool_call_id;
  read.artifact = message.artifact ?? null;
  read.status = message.status ?? "success";
  // The text of a tool's error may contain an API key that the provider repeated.
  if (redactsSecrets && read.status === "error" && typeof read.content === "string") {
    read.content = withoutKeys(read.content);
  }
}

/** Both chunks and, since 1.x, whole messages can be concatenated, so the class name decides. */
function isChunk(message: Live): boolean {
  return typeof message.concat === "function" && className(message).endsWith("Chunk");
}

/** LangChain's `lc_name` survives minification. The constructor's name does not. */
function className(value: Live): string {
  const maker = value.constructor as unknown as { lc_name?: () => unknown; name?: unknown };
  const name = typeof maker.lc_name === "function" ? maker.lc_name() : maker.name;
  return typeof name === "string" ? name : "Object";
}

function readDocument(document: Live): object {
  return {
    id: document.id ?? null,
    metadata: document.metadata,
    page_content: document.pageContent,
    type: "Document",
  };
}

function readPromptValue(prompt: Live): object {
  if (Array.isArray(prompt.messages)) return { messages: prompt.messages };
  return "value" in prompt ? { text: prompt.value } : { type: className(prompt) };
}

/** LangGraph's Command, Send and Overwrite. */
function readGraphObject(value: Live): object {
  if (value.lg_name === "Overwrite") return { __overwrite__: value.value };
  if (value.lg_name === "Send") return { node: value.node, arg: value.args };
  const { graph = null, update = null, resume = null, goto = [] } = value;
  return { graph, update, resume, goto };
}

function readGeneration(generation: Live): object {
  const { text, generationInfo, message } = generation;
  return { text, generation_info: generationInfo, ...(message ? { message } : {}) };
}

/** The name and type that a run of this Runnable, called with this config, would have. */
export function describeRunnable(
  self: object,
  config?: unknown,
): {
  readonly name: string;
  readonly spanType: SpanType;
  readonly policy: ValuePolicy | undefined;
  readonly isInternal: boolean;
} {
  const live = self as Live;
  const runName = (config as Live | undefined | null)?.runName;
  const names = [runName, live.name];
  const name = names.find(isName) ?? className(live);
  const policy = tracePolicyOfRunnable(self);
  return { name, spanType: spanTypeOf(live), policy, isInternal: isInternal(live) };
}

/** Whether a graph created the Runnable, or `createAgent` did: a node that calls a hook of a middleware. */
function isInternal({ lc_namespace: path, lg_is_pregel: isGraph, recurse }: Live): boolean {
  if (!Array.isArray(path)) return false;
  const [library, folder] = path;
  if (library === "langgraph") return isGraph !== true;
  return library === "langchain" && folder === "agents" && typeof recurse === "boolean";
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "";
}

function spanTypeOf(live: Live): SpanType {
  if (typeof live._getRelevantDocuments === "function") return SpanType.RETRIEVER;
  if (typeof live._modelType === "function") {
    return live._modelType() === "base_llm" ? SpanType.LLM : SpanType.CHAT_MODEL;
  }
  const isTool = "schema" in live && typeof live._call === "function";
  return isTool ? SpanType.TOOL : SpanType.CHAIN;
}

/** Further documents of one value are dropped. */
const MAX_DOCUMENTS = 20_000;

/** Reads the documents that a retriever returned. */
export function readAllRetrieved(documents: unknown): unknown {
  if (!Array.isArray(documents)) return documents;
  const read: unknown[] = documents.slice(0, MAX_DOCUMENTS).map(readRetrieved);
  const missing = documents.length - read.length;
  if (missing > 0) read.push(`[dropped: ${missing} more items]`);
  return read;
}

/** Some retrievers return plain `{ pageContent, metadata }` objects. */
function readRetrieved(document: unknown): unknown {
  if (typeof document !== "object" || document === null || !("pageContent" in document)) {
    return document;
  }
  const { pageContent, metadata, id = null } = document as Live;
  return { page_content: pageContent, metadata, id };
}
