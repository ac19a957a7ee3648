import { RunnableLambda, RunnableParallel } from "@langchain/core/runnables";
import { expect, test } from "vitest";
import { classNameOf } from "../../../src/langchain/events/class-name.js";

test("a class keeps the name in its id", () => {
  class Own extends RunnableLambda<unknown, unknown> {}
  expect(classNameOf(new Own({ func: () => 1 }), "Own")).toBe("Own");
  expect(classNameOf(RunnableParallel.from({}), "RunnableParallel")).toBe("RunnableParallel");
  expect(classNameOf({}, "Any")).toBe("Any");
});

/** Classes as a bundler writes them. */
class Base {
  readonly lc_serializable = true;

  static lc_name() {
    return "ChatOpenAI";
  }
}
const a = class a extends Base {};
const _ChatOpenAI = class _ChatOpenAI extends Base {};
const ChatOpenAI2 = class ChatOpenAI2 extends Base {};

test.each([[a], [_ChatOpenAI], [ChatOpenAI2]])(
  "a class that a bundler has renamed has the name that LangChain gives it: %o",
  (Renamed) => {
    expect(classNameOf(new Renamed(), Renamed.name)).toBe("ChatOpenAI");
  },
);
