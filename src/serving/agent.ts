import { messageOf } from "../base/errors.js";
import { type Fields, fieldsOf } from "../models/dump.js";
import { MLFLOW_VERSION } from "../models/folder/ml-model.js";
import { SpanType } from "../trace/span.js";
import { withSpan } from "../tracing/spans.js";
import { receivesRequest } from "./agent-columns.js";
import { itemsOfAnswer, messagesOf } from "./agent-messages.js";
import { problemOfRequest } from "./agent-request.js";
import { eventsOf, StreamedOutput, streamOptionsOf } from "./agent-stream.js";
import { answerJson } from "./answer-json.js";
import {
  detailReply,
  jsonReply,
  parseJson,
  Refusal,
  type Reply,
  type ServedRequest,
} from "./exchange.js";
import { errorOfModel } from "./failure.js";
import type { Routes } from "./routes.js";
import type { ServedModel } from "./served-model.js";
import { yieldUntilAborted } from "./yield-until-aborted.js";

const MESSAGE_FORMAT = "mlflow.message.format";

/** The paths of Python's `mlflow.genai.agent_server`, with `agent_type="ResponsesAgent"`. */
export function agentRoutes(model: ServedModel, maxBodyBytes: number): Routes {
  const info = {
    name: "mlflow_agent_server",
    use_case: "agent",
    mlflow_version: MLFLOW_VERSION,
    agent_api: "responses",
  };
  const answer = async (request: ServedRequest, signal: AbortSignal) => {
    const { isStream, fields } = readRequest(await request.readBody(maxBodyBytes));
    const returnsTraceId = request.header("x-mlflow-return-trace-id")?.toLowerCase() === "true";
    const { logFailure } = request;
    const call = { model, fields, signal, returnsTraceId, logFailure };
    return isStream ? streamReply(call) : invokeReply(call);
  };
  return {
    "/invocations": { POST: answer },
    "/responses": { POST: answer },
    "/agent/info": { GET: () => jsonReply(200, info) },
    "/health": { GET: () => jsonReply(200, { status: "healthy" }) },
  };
}

function readRequest(body: Uint8Array): { isStream: boolean; fields: Fields } {
  const refuse = (detail: string) => new Refusal(detailReply(400, detail));
  let value: unknown;
  try {
    value = parseJson(body);
  } catch (cause) {
    throw refuse(`Invalid JSON in request body: ${messageOf(cause)}`);
  }
  const { stream, ...given } = fieldsOf(value) ?? {};
  const fields = withMessages(given);
  const problem = problemOfRequest(fields);
  if (problem === undefined) return { isStream: Boolean(stream), fields };
  throw refuse(
    `Invalid parameters for ResponsesAgent: Invalid data for ResponsesAgentRequest: ${problem}`,
  );
}

/** For OpenAI, a text is one message of the user. */
function withMessages(fields: Fields): Fields {
  const { input } = fields;
  return typeof input === "string"
    ? { ...fields, input: [{ role: "user", content: input }] }
    : fields;
}

interface AgentCall {
  readonly model: ServedModel;
  /** The body, without `stream`. */
  readonly fields: Fields;
  readonly signal: AbortSignal;
  readonly returnsTraceId: boolean;
  readonly logFailure: ServedRequest["logFailure"];
}

/** A model whose signature has a column `input` receives the request unchanged, any other model its messages. */
function inputOf({ model, fields }: AgentCall) {
  const messages = messagesOf(fields.input as readonly unknown[]);
  return { messages, input: receivesRequest(model) ? fields : { messages } };
}

/** The id of the conversation is the thread of a graph with a checkpointer. */
function callOptionsOf({ fields, signal }: AgentCall): Fields {
  const id = fieldsOf(fields.context)?.conversation_id;
  return { signal, ...(typeof id === "string" ? { configurable: { thread_id: id } } : {}) };
}

async function invokeReply(call: AgentCall): Promise<Reply> {
  const { model, fields, returnsTraceId } = call;
  try {
    const response = await withSpan({ name: "invoke", spanType: SpanType.AGENT }, async (span) => {
      span.setInputs(fields);
      span.setAttribute(MESSAGE_FORMAT, "openai");
      const { input, messages } = inputOf(call);
      const predicted = await model.predict(input, undefined, callOptionsOf(call));
      const answer = Array.isArray(predicted) && predicted.length === 1 ? predicted[0] : predicted;
      const own = fieldsOf(answer);
      const metadata = {
        ...fieldsOf(own?.metadata),
        ...(returnsTraceId ? { trace_id: span.traceId } : {}),
      };
      return {
        object: "response",
        ...(Array.isArray(own?.output) ? own : {}),
        output: itemsOfAnswer(answer, messages),
        ...(Object.keys(metadata).length > 0 ? { metadata } : {}),
      };
    });
    return jsonReply(200, response);
  } catch (cause) {
    call.logFailure?.(500, cause);
    return detailReply(500, messageOf(errorOfModel(cause)));
  }
}

/** Resolves when the stream has its first event: only then it is in time. */
async function streamReply(call: AgentCall): Promise<Reply> {
  const { model, fields, returnsTraceId, signal } = call;
  // Writing waits for the reader, and is without effect after the reader has left.
  const { readable, writable } = new TransformStream<string, string>();
  const writer = writable.getWriter();
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const send = (data: string) => {
    begin();
    return writer.write(`data: ${data}\n\n`).catch(() => {});
  };
  const run = async () => {
    try {
      await withSpan({ name: "stream", spanType: SpanType.AGENT }, async (span) => {
        span.setInputs(fields);
        span.setAttribute(MESSAGE_FORMAT, "openai");
        const output = new StreamedOutput();
        const options = { ...callOptionsOf(call), ...streamOptionsOf(model.getRawModel()) };
        const chunks = model.predictStream(inputOf(call).input, undefined, options);
        try {
          for await (const event of eventsOf(yieldUntilAborted(chunks, signal))) {
            output.add(event);
            await send(answerJson(event));
          }
        } finally {
          span.setOutputs({ object: "response", output: output.items() });
        }
        if (returnsTraceId) await send(answerJson({ trace_id: span.traceId }));
      });
    } catch (cause) {
      call.logFailure?.(200, cause);
      await send(answerJson({ error: messageOf(cause) }));
    }
    await send("[DONE]");
    await writer.close();
  };
  run().catch(() => {});
  await begun;
  // The client has left, or has received 504. Without a reader, writing would wait without end.
  if (signal.aborted) await readable.cancel();
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  return { status: 200, headers, body: readable };
}
