import { StringOutputParser } from "@langchain/core/output_parsers";
import { FakeListChatModel } from "@langchain/core/utils/testing";
import { MlflowLangchainTracer } from "langchain-mlflow";
import { expect, test } from "vitest";
import { collect } from "../support/outcome.js";
import { record, traced } from "../support/traces.js";

const model = (text = "hello") => new FakeListChatModel({ responses: [text] });
const on = { logTokenEvents: true };

test("logTokenEvents records each token of a stream, in order, with the time of its arrival", async () => {
  const { span } = await record(
    (config) => collect(model().pipe(new StringOutputParser()).stream("x", config)),
    { autolog: on },
  );
  const { events, startTimeNs, endTimeNs, attributes } = span("FakeListChatModel");
  expect(events.map(({ name, attributes }) => [name, attributes.token])).toEqual(
    [..."hello"].map((token) => ["new_token", token]),
  );
  const times = events.map(({ timestampNs }) => timestampNs);
  expect([...times].sort()).toEqual(times);
  expect(times[0]).toBeGreaterThanOrEqual(startTimeNs);
  expect(times.at(-1)).toBeLessThanOrEqual(endTimeNs);
  expect(attributes).not.toHaveProperty("langchain.dropped_token_events");
});

test("without it, only the first token is an event", async () => {
  const { span } = await record((config) => collect(model().stream("x", config)));
  expect(span("FakeListChatModel").events.map(({ attributes }) => attributes.token)).toEqual(["h"]);
});

test("each token is recorded once if a tracer records the stream too", async () => {
  const callbacks = [new MlflowLangchainTracer()];
  const { traces } = await traced(() => collect(model().stream("x", { callbacks })), on);
  expect(traces.map(({ data }) => data.spans[0]?.events.length)).toEqual([5]);
});

test("the events of one trace are bounded, and the rest is counted", async () => {
  const text = "0123456789".repeat(600);
  const chain = model(text).pipe(new StringOutputParser()).pipe(model(text));
  const { traces } = await traced(() => collect(chain.stream("x")), on);
  const models = traces[0]!.data.spans.filter(({ spanType }) => spanType === "CHAT_MODEL");
  const count = models.reduce((sum, { events }) => sum + events.length, 0);
  const dropped = models.map(
    ({ attributes }) => attributes["langchain.dropped_token_events"] as number | undefined,
  );
  // The first token of each model is always an event.
  expect(count).toBe(10_002);
  expect(dropped).toEqual([undefined, 12_000 - 10_002]);
  for (const { outputs } of models) {
    expect(outputs).toMatchObject({ choices: [{ message: { content: text } }] });
  }
});
