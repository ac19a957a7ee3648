import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
console.log(await answer(process.argv[2]));
process.disconnect();
