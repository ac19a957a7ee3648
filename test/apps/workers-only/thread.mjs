import { parentPort } from "node:worker_threads";
import { answer } from "./common/chain.mjs";

parentPort.postMessage(await answer("app"));
