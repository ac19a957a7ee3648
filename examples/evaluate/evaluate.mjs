// Evaluates the chain and the agent of app.mjs. Start it with: node examples/evaluate/evaluate.mjs
// MLFLOW_TRACKING_URI names the server. Without it, the results are in the local store.
import { autolog, genai, setExperiment } from "langchain-mlflow";
import { agent, chain } from "./app.mjs";
import { ScriptedModel } from "./scripted-model.mjs";

autolog();
await setExperiment("handbook");
const { Correctness, EditDistance, Guidelines, Latency, RelevanceToQuery, ResponseLength } =
  genai.scorers;
const { RetrievalRecall } = genai.scorers;

const judge = new ScriptedModel("scripted-judge");
const mentionsNumber = genai.scorer({ name: "mentions_number" }, ({ output }) =>
  /\b(nine|ten|twelve|twenty|forty)\b/.test(output),
);
const scorers = [
  mentionsNumber,
  new EditDistance(),
  new ResponseLength({ maxLength: 200 }),
  new Latency(),
  new RetrievalRecall({ k: 2 }),
  new Correctness({ model: judge }),
  new RelevanceToQuery({ model: judge }),
  new Guidelines({ guidelines: "The answer has one sentence.", name: "short", model: judge }),
];
const data = new URL("rows.jsonl", import.meta.url);

const ofChain = await genai.evaluate({
  data,
  model: chain,
  scorers,
  runName: "chain",
  qualityCriteria: "correctness >= 0.8 AND `latency/p90` <= 5",
});
const ofAgent = await genai.evaluate({
  data,
  predictFn: async ({ question }) => {
    const { messages } = await agent.invoke({ messages: [["user", question]] });
    return messages.at(-1).text;
  },
  scorers,
  runName: "agent",
});
console.log(
  JSON.stringify({ chain: ofChain.runId, agent: ofAgent.runId, metrics: ofChain.metrics }),
);
