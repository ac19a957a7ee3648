import { MemoryVectorStore } from "@langchain/classic/vectorstores/memory";
import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda, RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { FakeEmbeddings } from "@langchain/core/utils/testing";
import { ChatOpenAI } from "@langchain/openai";

const store = await MemoryVectorStore.fromDocuments(
  [
    new Document({
      id: "d2",
      pageContent: "LangChain chains prompts and models.",
      metadata: { source: "b.md" },
    }),
    new Document({
      id: "d1",
      pageContent: "MLflow tracks experiments.",
      metadata: { source: "a.md", page: 1 },
    }),
  ],
  new FakeEmbeddings(),
);
const format = RunnableLambda.from((documents) =>
  documents.map((document) => document.pageContent).join("\n"),
).withConfig({ runName: "fmt" });
const prompt = ChatPromptTemplate.fromTemplate(
  "Answer the question based only on the context: {context}\nQuestion: {question}",
);
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });

const chain = RunnableSequence.from([
  { context: store.asRetriever(2).pipe(format), question: new RunnablePassthrough() },
  prompt,
  llm,
  new StringOutputParser(),
]);
console.log(await chain.invoke("What does MLflow do?"));
