import { describe, expect, test } from "vitest";
import { Call, OpenSpan } from "../../src/recording/call.js";

describe("an open span", () => {
  test("keeps outputs that it has when missing outputs are set", () => {
    const span = newSpan();
    span.setPartialOutputs((consumed) => ({ built: consumed ?? null }));
    span.setMissingOutputs("consumed");
    expect(span.outputs).toEqual({ built: "consumed" });
    span.setMissingOutputs("later");
    expect(span.outputs).toEqual({ built: "consumed" });
  });

  test("remembers that its outputs were uncoerced when they are replaced", () => {
    const span = newSpan();
    span.setOutputs("text", true);
    span.setOutputs("another text");
    expect(span).toMatchObject({ outputs: "another text", uncoercedOutput: true });
  });

  test("has an attribute of any name", () => {
    const span = newSpan();
    span.setAttribute("__proto__", "text");
    span.setAttribute("name", 1);
    expect(Object.entries(span.attributes)).toEqual([
      ["__proto__", "text"],
      ["name", 1],
    ]);
  });

  test("replaces the values of its attributes, and of those of its events", () => {
    const span = newSpan();
    span.setAttribute("own", 1);
    span.addEvent("event", { its: 2 });
    span.replaceAttributes((value, name, of) => `${of} ${name} ${value}`);
    expect(span.attributes).toEqual({ own: "span own 1" });
    expect(span.events).toMatchObject([{ attributes: { its: "event its 2" } }]);
  });

  test("removes the events of one name", () => {
    const span = newSpan();
    for (const name of ["exception", "text", "exception"]) span.addEvent(name, {});
    span.removeEvents("exception");
    expect(span.events).toMatchObject([{ name: "text" }]);
  });

  test("adds the characters of its tokens to those of the trace", () => {
    const span = newSpan();
    for (const token of ["one", " ", "two"]) span.addToken(token);
    expect(span.streamed).toMatchObject({ tokens: 3, text: "one two" });
    expect(span.call.characters).toBe(7);
  });
});

function newSpan(): OpenSpan {
  const call = new Call({ sampled: true, destination: undefined, tags: {}, startMs: 0 });
  return new OpenSpan(call, { name: "span", spanType: "CHAIN" });
}
