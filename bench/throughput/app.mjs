// Traces calls as fast as possible, and prints when all are sent: node app.mjs <calls>
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import * as mlflow from "langchain-mlflow";

const calls = Number(process.argv[2]);
mlflow.autolog({ silent: true, maxQueueBytes: 2 ** 30 });
const responses = ["hello world, this is a slightly longer answer"];
const chain = ChatPromptTemplate.fromMessages([["human", "{question}"]])
  .pipe(new FakeListChatModel({ responses }))
  .pipe(new StringOutputParser());

await chain.invoke({ question: "compiles the code" });
await mlflow.flushTraces();
const cpu = process.cpuUsage();
const startedAtMs = performance.now();
for (let index = 0; index < calls; index += 1) {
  await chain.invoke({ question: `${index}` });
  if (index % 10 === 0) await new Promise(setImmediate);
}
const calledMs = performance.now() - startedAtMs;
// A flush also waits for optional fields of stored traces.
void mlflow.flushTraces({ timeoutMs: 300_000 });
const waiting = ({ pending, spooled }) => pending + spooled;
while (waiting(mlflow.stats().traces) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
const tookMs = performance.now() - startedAtMs;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({ tookMs, calledMs, cpuMs: (user + system) / 1000, ...mlflow.stats().traces }),
);
process.exit(0);
