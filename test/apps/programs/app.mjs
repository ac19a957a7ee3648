import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
console.log(await answer("app"));
