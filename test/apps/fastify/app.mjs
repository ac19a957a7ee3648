import Fastify from "fastify";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
const app = Fastify();
app.get("/answer", () => answer("app"));
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
