import { parentPort } from "node:worker_threads";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
parentPort.postMessage(await answer("app"));
