import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.ts";

autolog();
console.log(await answer("app"));
