// Compiled by `npm run typecheck` only: LangChain 1.x and 0.3 accept the tracer wherever they accept a callback handler.
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MlflowLangchainTracer } from "langchain-mlflow";

const tracer = new MlflowLangchainTracer({ tags: { a: "b" } });
const chain = RunnableLambda.from((text: string) => text);
export const results = [
  chain.invoke("x", { callbacks: [tracer] }),
  chain.stream("x", { callbacks: [tracer] }),
  chain.batch(["x"], { callbacks: [tracer] }),
  chain.withConfig({ callbacks: [tracer] }),
  new FakeListChatModel({ responses: [""], callbacks: [tracer] }),
  CallbackManager.configure([tracer]),
];
