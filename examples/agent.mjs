import { ChatOpenAI } from "@langchain/openai";
import { createAgent, tool } from "langchain";
import * as z from "zod";

const search = tool(
  ({ query }) =>
    query.includes("speed")
      ? "The top speed of an F1 racing car is about 200 mph."
      : "The average distance from Earth to the Moon is 238,900 miles.",
  { name: "search", description: "Search the web.", schema: z.object({ query: z.string() }) },
);
const calculator = tool(
  ({ expression }) => {
    const [left, operator, right] = expression.split(" ");
    const numbers = [Number(left), Number(right)];
    return String(operator === "/" ? numbers[0] / numbers[1] : numbers[0] * numbers[1]);
  },
  {
    name: "calculator",
    description: "Evaluate a math expression.",
    schema: z.object({ expression: z.string() }),
  },
);
const agent = createAgent({
  model: new ChatOpenAI({ model: "gpt-4o", temperature: 0 }),
  tools: [search, calculator],
  systemPrompt: "You answer with tools.",
});

const question = "How long would it take to drive to the Moon with F1 racing cars?";
const ask = (content) => ({ messages: [{ role: "user", content }] });

const { messages } = await agent.invoke(ask(question));
console.log(messages.at(-1).content);

// The thread is the session of the trace. The model requests two searches at once.
await agent.invoke(ask(`PARALLEL ${question}`), { configurable: { thread_id: "t-1" } });

for await (const update of await agent.stream(ask(question), { streamMode: "updates" })) {
  console.log("step:", Object.keys(update).join());
}
