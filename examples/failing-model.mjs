import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { ChatOpenAI } from "@langchain/openai";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

// The scripted server refuses this text, so the trace shows where the chain failed.
try {
  await chain.invoke({ input_language: "English", output_language: "German", input: "BOOM" });
} catch (error) {
  console.log("failed as expected:", error.message);
}
