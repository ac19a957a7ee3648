import assert from "node:assert/strict";
import { test } from "node:test";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
test("the chain answers", async () => {
  assert.equal(await answer("app"), "hello");
});
