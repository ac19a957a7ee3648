import { Worker } from "node:worker_threads";
import { autolog } from "langchain-mlflow";

autolog();
const worker = new Worker(new URL("./thread.mjs", import.meta.url));
worker.once("message", (result) => console.log(result));
