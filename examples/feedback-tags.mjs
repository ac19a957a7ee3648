// Feedback, an expectation and a tag on the trace of a call. Run it with: node --import langchain-mlflow/register examples/feedback-tags.mjs
import { RunnableLambda } from "@langchain/core/runnables";
import * as mlflow from "langchain-mlflow";

const chain = RunnableLambda.from((/** @type {string} */ text) => text.toUpperCase());
await chain.invoke("hello");
const traceId = mlflow.getLastActiveTraceId() ?? "";

await mlflow.setTraceTag(traceId, "env", "test");
await mlflow.setTraceTag(traceId, "temporary", "yes");
await mlflow.deleteTraceTag(traceId, "temporary");
await mlflow.logFeedback({ traceId, value: 5 });
await mlflow.logFeedback({
  traceId,
  name: "helpful",
  value: true,
  rationale: "It answers the question.",
  source: { sourceType: "HUMAN", sourceId: "ann@example.com" },
});
await mlflow.logExpectation({ traceId, name: "answer", value: "HELLO" });
