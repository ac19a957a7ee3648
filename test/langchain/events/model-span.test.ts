import { describe, expect, it } from "vitest";
import type { Plain } from "../../../src/data/plain.js";
import {
  chatInputs,
  describeModel,
  describeResult,
} from "../../../src/langchain/events/model-span.js";
import { Call, OpenSpan } from "../../../src/recording/call.js";

const copy = (value: unknown) => value as Plain;

function newSpan(): OpenSpan {
  const call = new Call({ sampled: true, destination: undefined, tags: {}, startMs: 0 });
  return new OpenSpan(call, { name: "model", spanType: "CHAT_MODEL" });
}

describe("a model's span", () => {
  it("has attributes for model, provider, parameters and tools", () => {
    const span = newSpan();
    const tools = [{ type: "function", function: { name: "f", parameters: {} } }];
    const params = { model: "m", temperature: 0, _type: "chat-openai", tools };
    describeModel(
      span,
      { invocation_params: params, options: { stop: ["x"] }, other: 1 },
      undefined,
    );
    expect(span.attributes).toMatchObject({
      invocation_params: params,
      options: { stop: ["x"] },
      "mlflow.message.format": "langchain",
      "mlflow.llm.model": "m",
      "mlflow.llm.provider": "openai",
      "mlflow.chat.tools": tools,
    });
    expect(span.attributes).not.toHaveProperty("other");
  });

  it("prefers the model and provider in the metadata", () => {
    const span = newSpan();
    const metadata = { ls_model_name: "m2", ls_provider: "anthropic" };
    describeModel(span, { invocation_params: { model: "m", _type: "x" } }, metadata);
    expect(span.attributes).toMatchObject({
      "mlflow.llm.model": "m2",
      "mlflow.llm.provider": "anthropic",
    });
  });

  it("has the messages of one conversation as inputs, and several conversations unchanged", () => {
    const message = { type: "human", content: "x" };
    expect(chatInputs([[message]])).toMatchObject({ messages: [{ role: "user", content: "x" }] });
    expect(chatInputs([[message], [message]])).toEqual([[message], [message]]);
    expect(chatInputs([["[dropped: too large]"]])).toMatchObject({
      messages: [{ role: "system", content: "[dropped: too large]" }],
    });
  });

  it("has the result as choices, with finish reason and token usage", () => {
    const span = newSpan();
    const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 3 };
    const message = {
      type: "ai",
      content: "yes",
      usage_metadata: usage,
      response_metadata: { finish_reason: "length" },
    };
    const bare = { text: "or no", generationInfo: { stop_reason: "end" } };
    describeResult(span, { generations: [[{ text: "yes", message }, bare]] }, copy);
    expect(span.outputs).toMatchObject({
      choices: [
        { message: { role: "assistant", content: "yes" }, finish_reason: "length" },
        { message: { role: "assistant", content: "or no" }, finish_reason: "end" },
      ],
    });
    expect(span.attributes["mlflow.chat.tokenUsage"]).toEqual(usage);
  });

  it("has a mark for a choice without a result", () => {
    const span = newSpan();
    describeResult(span, undefined, copy);
    expect(span.outputs).toMatchObject({
      choices: [{ message: { role: "assistant", content: "[the model returned nothing]" } }],
    });
    expect(span.attributes).not.toHaveProperty("mlflow.chat.tokenUsage");
  });
});
