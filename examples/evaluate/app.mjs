// The app that is evaluated: a chain and an agent that answer questions about a library's handbook.
import { readFileSync } from "node:fs";
import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnableLambda, RunnableSequence } from "@langchain/core/runnables";
import { createAgent, tool } from "langchain";
import * as z from "zod";
import { ScriptedModel } from "./scripted-model.mjs";

const text = readFileSync(new URL("handbook.md", import.meta.url), "utf8");
const documents = text
  .split("\n\n")
  .map((section) => section.trim())
  .map((section) => {
    const [title] = section.split(".");
    return new Document({ id: title, pageContent: section, metadata: { doc_uri: title } });
  });

/** Finds the sections that share most words with a question. */
class HandbookRetriever extends BaseRetriever {
  lc_namespace = ["examples", "evaluate"];

  async _getRelevantDocuments(question) {
    const words = question.toLowerCase().match(/\p{L}{4,}/gu) ?? [];
    const score = ({ pageContent }) =>
      words.filter((word) => pageContent.toLowerCase().includes(word)).length;
    return documents.toSorted((a, b) => score(b) - score(a)).slice(0, 2);
  }
}

const retriever = new HandbookRetriever();
const model = new ScriptedModel("scripted-1");
const join = (found) => found.map(({ pageContent }) => pageContent).join("\n");

export const chain = RunnableSequence.from([
  {
    context: RunnableLambda.from(({ question }) => question)
      .pipe(retriever)
      .pipe(join),
    question: ({ question }) => question,
  },
  ChatPromptTemplate.fromTemplate("Context: {context}\nQuestion: {question}"),
  model,
  new StringOutputParser(),
]);

const search = tool(async ({ query }) => join(await retriever.invoke(query)), {
  name: "search_handbook",
  description: "Search the handbook of the library.",
  schema: z.object({ query: z.string() }),
});
export const agent = createAgent({ model, tools: [search] });
