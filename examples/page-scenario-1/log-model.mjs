// Logs a translation chain as data. Prints the URI of the model.
// node examples/page-scenario-1/log-model.mjs
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";

mlflow.langchain.autolog();
await mlflow.setExperiment("LangChain MLflow Integration");

const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

const inputExample = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};

const info = await mlflow.startRun({ runName: "translation-chain" }, () =>
  mlflow.langchain.logModel({ lcModel: chain, name: "model", inputExample }),
);
console.log(info.modelUri);
