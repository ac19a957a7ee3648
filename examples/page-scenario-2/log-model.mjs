// Logs an agent from code, with its tools. Prints the URI of the model.
// node examples/page-scenario-2/log-model.mjs
import { fileURLToPath } from "node:url";
import * as mlflow from "langchain-mlflow";

await mlflow.setExperiment("LangChain MLflow Integration");

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const inputExample = "How long would it take to drive to the Moon with F1 racing cars?";

const info = await mlflow.startRun({ runName: "search-math-agent" }, () =>
  mlflow.langchain.logModel({
    lcModel: here("agent.mjs"),
    codePaths: [here("tools")],
    name: "model",
    inputExample,
  }),
);
console.error("The agent is successfully logged to MLflow!");
console.log(info.modelUri);
