import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { ChatOpenAI } from "@langchain/openai";

const prompt = ChatPromptTemplate.fromMessages([
  ["system", "You are a helpful assistant that translates {input_language} to {output_language}."],
  ["human", "{input}"],
]);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const chain = prompt.pipe(llm).pipe(new StringOutputParser());

const graph = new StateGraph(Annotation.Root({ x: Annotation() }))
  .addNode("work", async () => ({
    x: await chain.invoke({
      input_language: "English",
      output_language: "German",
      input: "I love programming.",
    }),
  }))
  .addNode("after", ({ x }) => ({ x: `${x}!` }))
  .addEdge(START, "work")
  .addEdge("work", "after")
  .addEdge("after", END)
  .compile();

for await (const [message] of await graph.stream({ x: "a" }, { streamMode: "messages" })) {
  process.stdout.write(message.content);
}
process.stdout.write("\n");
