// The other programs are traced by a flag, without a change of code. This one switches tracing on in code:
// node examples/autolog-in-code.mjs
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";

mlflow.setExperiment("LangChain MLflow Integration");
mlflow.langchain.autolog({ extraTags: { example: "autolog-in-code" } });

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

const answer = await chain.invoke({
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
});
console.log(answer);
