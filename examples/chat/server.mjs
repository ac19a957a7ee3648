// A web chat. Answers are streamed as server-sent events; a thumb below an answer becomes feedback on its trace.
//   npm install && npm start      then open the address that is printed
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import express from "express";
import * as mlflow from "langchain-mlflow";

mlflow.langchain.autolog();
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates English to German."],
  ["human", "{question}"],
]);
const chain = prompt.pipe(new ChatOpenAI({ model: "gpt-4o" })).pipe(new StringOutputParser());

/** The traces of this chat, with the id of their thumb: feedback on others is refused. The oldest ones are forgotten. */
const answered = new Map();
const MAX_ANSWERED = 10_000;
/** The traces whose thumb is being stored. */
const storing = new Set();
const FEEDBACK_TIMEOUT_MS = Number(process.env.FEEDBACK_TIMEOUT_MS ?? 5_000);

const app = express();
app.use(express.static(fileURLToPath(new URL("public", import.meta.url))), express.json());

app.post("/chat", async (request, response) => {
  const { question, sessionId } = request.body ?? {};
  if (typeof question !== "string" || typeof sessionId !== "string") {
    return response.status(400).json({ error: "question and sessionId are texts" });
  }
  response.set({ "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (event, data) =>
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const aborter = new AbortController();
  response.on("close", () => aborter.abort());
  try {
    await mlflow.withSpan(
      async (span) => {
        span.setInputs({ question });
        mlflow.updateCurrentTrace({ sessionId });
        let answer = "";
        const { signal } = aborter;
        for await (const text of await chain.stream({ question }, { signal })) {
          answer += text;
          send("text", { text });
        }
        span.setOutputs(answer);
        // If the answer is not traced, there is nothing to log feedback to, and the page shows no thumbs.
        const traceId = span.traceId.startsWith("tr-") ? span.traceId : undefined;
        if (traceId) remember(traceId);
        send("done", { traceId });
      },
      { name: "chat", spanType: mlflow.SpanType.AGENT },
    );
  } catch (error) {
    if (!aborter.signal.aborted) console.error(error);
    send("failed", { error: "The answer failed." });
  }
  response.end();
});

app.post("/feedback", async (request, response) => {
  const { traceId, isUp, sessionId, assessmentId } = request.body ?? {};
  if (typeof isUp !== "boolean" || typeof sessionId !== "string") {
    return response.status(400).json({ error: "isUp is a boolean, and sessionId is a text" });
  }
  if (!answered.has(traceId)) return response.status(400).json({ error: "no such answer" });
  // While MLflow is down, logFeedback() waits for it. The user does not wait, and cannot add a second thumb meanwhile.
  if (storing.has(traceId)) return refuse(response);
  const logging = storeThumb({ traceId, isUp, sessionId, assessmentId });
  const timer = new AbortController();
  const timeout = sleep(FEEDBACK_TIMEOUT_MS, undefined, { signal: timer.signal }).catch(() => {});
  const logged = await Promise.race([logging, timeout]).finally(() => timer.abort());
  if (!logged) return refuse(response);
  response.json({ assessmentId: logged.assessmentId });
});

async function storeThumb({ traceId, isUp, sessionId, assessmentId }) {
  const value = isUp;
  const source = { sourceType: "HUMAN", sourceId: sessionId };
  const earlier = assessmentId ?? answered.get(traceId);
  storing.add(traceId);
  try {
    // The user may change the thumb: the first one is kept, and no longer valid.
    const logged = earlier
      ? await mlflow.overrideFeedback({ traceId, assessmentId: earlier, value, source })
      : await mlflow.logFeedback({ traceId, name: "thumb", value, source });
    if (answered.has(traceId)) answered.set(traceId, logged.assessmentId);
    return logged;
  } finally {
    storing.delete(traceId);
  }
}

function refuse(response) {
  response.status(503).json({ error: "The thumb is not stored yet: MLflow does not answer." });
}

app.use((error, _request, response, _next) => {
  const isMissing = error.errorCode === "RESOURCE_DOES_NOT_EXIST";
  const isInvalid = error.errorCode === "INVALID_PARAMETER_VALUE";
  const status = isMissing ? 404 : isInvalid ? 400 : (error.status ?? 500);
  if (status >= 500) console.error(error);
  response.status(status).json({ error: status >= 500 ? "internal error" : error.message });
});

function remember(traceId) {
  answered.set(traceId, undefined);
  if (answered.size > MAX_ANSWERED) answered.delete(answered.keys().next().value);
}

const server = app.listen(process.env.PORT ?? 3000, "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
