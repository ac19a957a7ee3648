import express from "express";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
const app = express();
app.get("/answer", async (_request, response) => response.send(await answer("app")));
app.listen(process.env.PORT, "127.0.0.1");
