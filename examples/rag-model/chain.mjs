// A retriever and a chain around it: the file of a model from code.
import { readFileSync } from "node:fs";
import { Document } from "@langchain/core/documents";
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { BaseRetriever } from "@langchain/core/retrievers";
import { RunnablePassthrough, RunnableSequence } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import * as mlflow from "langchain-mlflow";

const config = new mlflow.models.ModelConfig({ developmentConfig: { documents: 2 } });
const texts = JSON.parse(readFileSync(new URL("./documents.json", import.meta.url), "utf8"));

/** Finds by the words that the question and a document share. */
class WordRetriever extends BaseRetriever {
  lc_namespace = ["examples", "rag-model"];

  async _getRelevantDocuments(question) {
    const words = new Set(wordsOf(question));
    const shared = (text) => wordsOf(text).filter((word) => words.has(word)).length;
    return texts
      .toSorted((one, other) => shared(other.text) - shared(one.text))
      .slice(0, config.get("documents"))
      .map(({ text, ...metadata }) => new Document({ pageContent: text, metadata }));
  }
}

function wordsOf(text) {
  return text.toLowerCase().match(/[a-z]{3,}/g) ?? [];
}

const chain = RunnableSequence.from([
  {
    context: new WordRetriever().pipe((found) => found.map((one) => one.pageContent).join("\n")),
    question: new RunnablePassthrough(),
  },
  ChatPromptTemplate.fromTemplate(
    "Answer the question based only on the context: {context}\nQuestion: {question}",
  ),
  new ChatOpenAI({ model: "gpt-4o", temperature: 0 }),
  new StringOutputParser(),
]);

mlflow.models.setModel(chain);
