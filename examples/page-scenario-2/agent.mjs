// An agent as a model from code. This file is the model: it is stored unchanged, and runs again at each load.
import { RunnableLambda } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import * as mlflow from "langchain-mlflow";
import { calculator } from "./tools/calculator.mjs";
import { search } from "./tools/search.mjs";

const agent = createAgent({
  model: new ChatOpenAI({ model: "gpt-4o", temperature: 0 }),
  tools: [search, calculator],
  systemPrompt: "You answer with tools.",
});

/** Takes a question, returns an answer. */
const answer = RunnableLambda.from(async (question, options) => {
  const { messages } = await agent.invoke({ messages: [["user", question]] }, options);
  return messages.at(-1).content;
});

mlflow.models.setModel(answer);
