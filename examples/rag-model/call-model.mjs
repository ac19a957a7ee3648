// Loads the model as a LangChain object and as a pyfunc model, and calls both. Prints the two answers.
// node examples/rag-model/call-model.mjs models:/rag-chain@champion
import * as mlflow from "langchain-mlflow";

const [modelUri] = process.argv.slice(2);
const question = "What does MLflow do?";

const chain = await mlflow.langchain.loadModel(modelUri);
console.log(JSON.stringify(await chain.invoke(question)));

const model = await mlflow.pyfunc.loadModel(modelUri);
console.log(JSON.stringify(await model.predict(question)));
