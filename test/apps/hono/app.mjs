import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
const app = new Hono();
app.get("/answer", async (context) => context.text(await answer("app")));
serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: "127.0.0.1" });
