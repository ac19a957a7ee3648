// Traces an agent, logs its events to a run, and logs it as a model from this file. Prints the id of the run.
// node examples/page-scenario-3/agent.mjs
import { fileURLToPath } from "node:url";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import * as mlflow from "langchain-mlflow";
import { z } from "zod";

const search = tool(
  ({ query }) =>
    query.includes("speed")
      ? "The top speed of an F1 racing car is about 200 mph."
      : "The average distance from Earth to the Moon is 238,900 miles.",
  { name: "search", description: "A search engine.", schema: z.object({ query: z.string() }) },
);
const calculator = tool(
  ({ expression }) => {
    const [dividend, divisor] = expression.split("/").map(Number);
    return String(dividend / divisor);
  },
  {
    name: "calculator",
    description: "Useful for math.",
    schema: z.object({ expression: z.string() }),
  },
);
const agent = createAgent({
  model: new ChatOpenAI({ model: "gpt-4o", temperature: 0 }),
  tools: [search, calculator],
});
mlflow.models.setModel(agent);

const here = fileURLToPath(import.meta.url);
if (process.argv[1] === here) {
  const mlflowTracer = new mlflow.MlflowLangchainTracer();
  const mlflowCallback = new mlflow.MlflowCallbackHandler();
  const question = "How long would it take to drive to the Moon with F1 racing cars?";
  const messages = [{ role: "user", content: question }];

  await agent.invoke({ messages }, { callbacks: [mlflowTracer, mlflowCallback] });

  await mlflowCallback.flushTracker(here, { finish: true });
  console.log(mlflowCallback.runId);
}
