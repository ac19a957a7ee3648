import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

// Each item of the batch is one trace.
const answers = await chain.batch(
  [0, 1, 2].map((number) => ({
    input_language: "English",
    output_language: "German",
    input: `I love programming ${number}.`,
  })),
);
console.log(answers.join("\n"));
