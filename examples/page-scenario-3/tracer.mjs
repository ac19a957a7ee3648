// Traces some calls only.
// node examples/page-scenario-3/tracer.mjs
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";
import { MlflowLangchainTracer } from "langchain-mlflow";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());
const input = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};

const tracer = new MlflowLangchainTracer();

// Each of these calls is a trace.
console.log(await chain.invoke(input, { callbacks: [tracer] }));
console.log(await chain.withConfig({ callbacks: [tracer] }).invoke(input));

// This call is not traced.
console.log(await chain.invoke(input));
