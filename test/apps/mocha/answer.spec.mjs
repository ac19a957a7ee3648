import assert from "node:assert/strict";
import { autolog } from "langchain-mlflow";
import { answer } from "./common/chain.mjs";

autolog();
describe("the chain", () => {
  it("answers", async () => {
    assert.equal(await answer("app"), "hello");
  });
});
