// Traces a classic agent, and logs its events to a run that `finish` ends. Prints the id of the run.
// node examples/page-scenario-3/react-agent.mjs
import { initializeAgentExecutorWithOptions } from "@langchain/classic/agents";
import { DynamicTool } from "@langchain/core/tools";
import { ChatOpenAI } from "@langchain/openai";
import { MlflowCallbackHandler, MlflowLangchainTracer } from "langchain-mlflow";

const tools = [
  new DynamicTool({
    name: "Search",
    description: "A search engine.",
    func: async (question) =>
      question.includes("speed")
        ? "The top speed of an F1 racing car is about 200 mph."
        : "The average distance from Earth to the Moon is 238,900 miles.",
  }),
  new DynamicTool({
    name: "Calculator",
    description: "Useful for math.",
    func: async (expression) => {
      const [dividend, divisor] = expression.split("/").map(Number);
      return String(dividend / divisor);
    },
  }),
];
const llm = new ChatOpenAI({ model: "gpt-4o", temperature: 0 });
const agent = await initializeAgentExecutorWithOptions(tools, llm, {
  agentType: "zero-shot-react-description",
});

const mlflowTracer = new MlflowLangchainTracer();
const mlflowCallback = new MlflowCallbackHandler();
const question = "How long would it take to drive to the Moon with F1 racing cars?";

await agent.invoke({ input: question }, { callbacks: [mlflowTracer, mlflowCallback] });

await mlflowCallback.flushTracker(undefined, { finish: true });
console.log(mlflowCallback.runId);
