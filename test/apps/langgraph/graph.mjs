import { Annotation, END, START, StateGraph } from "@langchain/langgraph";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
const State = Annotation.Root({ question: Annotation, answer: Annotation });

export const graph = new StateGraph(State)
  .addNode("ask", async () => ({ answer: await answer("chain") }))
  .addEdge(START, "ask")
  .addEdge("ask", END)
  .compile();
