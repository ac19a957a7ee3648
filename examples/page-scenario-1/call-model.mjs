// Loads the model as a LangChain object and as a pyfunc model, and calls both. Prints the two answers.
// node examples/page-scenario-1/call-model.mjs MODEL_URI
import * as mlflow from "langchain-mlflow";

const [modelUri] = process.argv.slice(2);
const input = {
  input_language: "English",
  output_language: "German",
  input: "I love programming.",
};

const chain = await mlflow.langchain.loadModel(modelUri);
console.log(JSON.stringify(await chain.invoke(input)));

const model = await mlflow.pyfunc.loadModel(modelUri);
console.log(JSON.stringify(await model.predict(input)));
