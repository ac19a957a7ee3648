require("langchain-mlflow").autolog();
const { answer } = require("./common/chain.cjs");

test("the chain answers", async () => {
  expect(await answer("app")).toBe("hello");
});
