// autolog() logs the chain that is called as an MLflow model. Prints the URI of the model.
// node examples/page-scenario-1/autolog-model.mjs
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";

mlflow.langchain.autolog({ logModels: true, logInputExamples: true, logModelSignatures: true });
await mlflow.setExperiment("LangChain MLflow Integration");

const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

await chain.invoke({
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
});

// Waits for the delivery of the run, its model and the trace.
const run = await mlflow.lastActiveRun();
console.log(`runs:/${run.info.runId}/model`);
