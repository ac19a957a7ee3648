import { describe, expect, it, test } from "vitest";
import { exceptionEvent, textOfError } from "../../src/trace/exception.js";

const refuse = () => {
  throw new Error("must not reach the app");
};

describe("the description of an error", () => {
  class Quiet extends Error {}
  class Named extends Error {
    override name = "OwnName";
  }
  test.each<[string, unknown, string, string]>([
    ["an error", new TypeError("no"), "no", "TypeError"],
    ["a class that does not set a name", new Quiet("no"), "no", "Quiet"],
    ["a class that sets a name", new Named("no"), "no", "OwnName"],
    ["an object with a message", { message: "no" }, "no", "Object"],
    ["a text", "no", "no", "string"],
    ["a number", 42, "42", "number"],
    ["null", null, "null", "null"],
    ["nothing", undefined, "undefined", "undefined"],
    ["a symbol", Symbol("no"), "Symbol(no)", "symbol"],
    ["an object without a text", Object.create(null), "unknown error", "Object"],
    ["a proxy whose traps throw", new Proxy({}, { get: refuse }), "unknown error", "Object"],
    [
      "an error whose message throws",
      Object.defineProperty(new Error(), "message", { get: refuse }),
      "unknown error",
      "Error",
    ],
  ])("%s", (_what, error, message, type) => {
    expect(textOfError(error)).toBe(message);
    const event = exceptionEvent(error);
    expect(event["exception.type"]).toBe(type);
    expect(event["exception.stacktrace"]).toEqual(expect.any(String));
  });

  it("has its stack and the stacks of its causes", () => {
    const error = new Error("outer", { cause: new TypeError("inner", { cause: "a text" }) });
    const stack = exceptionEvent(error)["exception.stacktrace"] as string;
    expect(stack).toMatch(/^Error: outer\n {4}at /);
    expect(stack).toMatch(/\nCaused by: TypeError: inner\n {4}at /);
    expect(stack).toMatch(/\nCaused by: a text$/);
  });

  it("is bounded and ends in a mark, also if the error is its own cause", () => {
    const error = new Error("x".repeat(1e6));
    error.cause = error;
    expect(textOfError(error)).toHaveLength(20_000 + "[cut: 980000 of 1000000 characters]".length);
    expect(String(exceptionEvent(error)["exception.stacktrace"]).length).toBeLessThan(20_100);
  });

  it("has no keys or credentials in the message and the stack", () => {
    const key = "sk-proj-abcdefghijklmnop1234";
    const error = new Error(`refused ${key} at https://u:hunter2@host`, {
      cause: new Error(`key ${key}`),
    });
    const texts = [textOfError(error), JSON.stringify(exceptionEvent(error))].join();
    expect(texts).not.toContain(key);
    expect(texts).not.toContain("hunter2");
    expect(texts).toContain("[REDACTED]@host");
  });
});
