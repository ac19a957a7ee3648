// Logs a retriever chain from code, and registers it. Prints the URI of the model.
// node examples/rag-model/log-model.mjs
import { fileURLToPath } from "node:url";
import * as mlflow from "langchain-mlflow";

await mlflow.setExperiment("LangChain MLflow Integration");

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const info = await mlflow.startRun({ runName: "rag-chain" }, () =>
  mlflow.langchain.logModel({
    lcModel: here("chain.mjs"),
    codePaths: [here("documents.json")],
    name: "rag",
    inputExample: "What does MLflow do?",
    modelConfig: { documents: 3 },
    registeredModelName: "rag-chain",
  }),
);
await mlflow.setRegisteredModelAlias("rag-chain", "champion", info.registeredModelVersion);
console.log("models:/rag-chain@champion");
