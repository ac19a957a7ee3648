import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain";

autolog();
answer("app").then(console.log);
