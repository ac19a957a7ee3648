import { expect, test } from "@jest/globals";
import { answer } from "./common/chain.mjs";

test("the chain answers", async () => {
  expect(await answer("app")).toBe("hello");
});
