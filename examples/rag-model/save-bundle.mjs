// Saves the retriever chain in a folder, with all of its packages in one file: loading it installs nothing. Needs esbuild.
// node examples/rag-model/save-bundle.mjs /srv/models/rag
import { fileURLToPath } from "node:url";
import * as mlflow from "langchain-mlflow";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [path] = process.argv.slice(2);

const info = await mlflow.langchain.saveModel({
  lcModel: here("chain.mjs"),
  codePaths: [here("documents.json")],
  inputExample: "What does MLflow do?",
  modelConfig: { documents: 3 },
  path,
  bundle: true,
});
console.log(info.modelUri);
