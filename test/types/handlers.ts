// Compiled by `npm run typecheck` only: LangChain 1.x and 0.3 accept both handlers as a BaseCallbackHandler.
import type { BaseCallbackHandler } from "@langchain/core/callbacks/base";
import { CallbackManager } from "@langchain/core/callbacks/manager";
import { RunnableLambda } from "@langchain/core/runnables";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MlflowCallbackHandler, MlflowLangchainTracer } from "langchain-mlflow";

const handlers: BaseCallbackHandler[] = [new MlflowLangchainTracer(), new MlflowCallbackHandler()];
const manager = new CallbackManager();
for (const handler of handlers) manager.addHandler(handler);
manager.addHandler(new MlflowLangchainTracer());
manager.addHandler(new MlflowCallbackHandler());
const chain = RunnableLambda.from((text: string) => text);
export const results = [
  chain.invoke("x", { callbacks: handlers }),
  chain.invoke("x", { callbacks: [new MlflowLangchainTracer(), new MlflowCallbackHandler()] }),
  new FakeListChatModel({ responses: ["x"], callbacks: handlers }),
];
