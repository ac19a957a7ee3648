// Loads the agent as a LangChain object and as a pyfunc model, and calls both with tracing. Prints the two answers.
// node examples/page-scenario-2/call-model.mjs MODEL_URI
import * as mlflow from "langchain-mlflow";

mlflow.langchain.autolog();
const [modelUri] = process.argv.slice(2);
const question = "How long would it take to drive to the Moon with F1 racing cars?";

const langchainAgent = await mlflow.langchain.loadModel(modelUri);
const { messages } = await langchainAgent.invoke({ messages: [["user", question]] });
console.log(JSON.stringify(messages.at(-1).content));

// A pyfunc model takes the question itself.
const agent = await mlflow.pyfunc.loadModel(modelUri);
console.log(JSON.stringify(await agent.predict(question)));
