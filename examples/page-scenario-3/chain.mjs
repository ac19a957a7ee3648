// Traces one call of a chain, and logs its events to an MLflow run. Prints the id of the run.
// node examples/page-scenario-3/chain.mjs
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { MlflowCallbackHandler, MlflowLangchainTracer } from "langchain-mlflow";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates English to German."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

const mlflowTracer = new MlflowLangchainTracer();
const mlflowCallback = new MlflowCallbackHandler({ name: "page-%", tags: { team: "docs" } });

await chain.invoke({ input: "I love programming." }, { callbacks: [mlflowTracer, mlflowCallback] });

await mlflowCallback.flushTracker();
console.log(mlflowCallback.runId);
