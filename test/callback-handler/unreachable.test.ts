import { ChatPromptTemplate } from "@langchain/core/prompts";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { afterAll, expect, test } from "vitest";
import * as mlflow from "../../src/index.js";
import { warnings } from "../runs/warnings.js";
import { temporaryDirectory } from "../store/file/temporary-directory.js";

const directory = temporaryDirectory({ whenOver: afterAll });
const stderr = warnings();

test("a chain continues if the store refuses everything; stderr shows it once, and the flush rejects", async () => {
  mlflow.setTrackingUri(directory);
  const handler = new mlflow.MlflowCallbackHandler({ runId: "0123456789abcdef0123456789abcdef" });
  const model = new FakeListChatModel({ responses: ["Guten Morgen."] });
  const chain = ChatPromptTemplate.fromTemplate("{text}").pipe(model);
  for (const text of ["a", "b", "c"]) {
    const { content } = await chain.invoke({ text }, { callbacks: [handler] });
    expect(content).toBe("Guten Morgen.");
  }
  await expect(handler.flushTracker()).rejects.toThrow("0123456789abcdef0123456789abcdef");
  await handler.flushTracker().catch(() => {});
  await mlflow.flushTraces();
  expect(stderr.lines.length).toBe(1);
});
