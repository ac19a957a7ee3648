// An agent as a model from code. This file is the model: it is stored unchanged, and runs again at each load.
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

mlflow.models.setModel(agent);
