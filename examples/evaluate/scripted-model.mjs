// A chat model without a provider: its answers are computed from the messages, so every run has the same results.
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage } from "@langchain/core/messages";

export class ScriptedModel extends BaseChatModel {
  constructor(model) {
    super({});
    this.model = model;
  }

  _llmType() {
    return "scripted";
  }

  bindTools(tools) {
    return this.withConfig({ tools });
  }

  async _generate(messages, options) {
    const message = answer(messages, options.tools ?? []);
    message.usage_metadata = { input_tokens: 40, output_tokens: 10, total_tokens: 50 };
    message.response_metadata = { model_name: this.model };
    return { generations: [{ text: message.text, message }] };
  }
}

function answer(messages, tools) {
  const last = messages.at(-1);
  const record = /<data>\n([\s\S]*)\n<\/data>/.exec(last.text)?.[1];
  if (record) return new AIMessage(JSON.stringify(judgment(JSON.parse(record))));
  if (last.getType() === "tool") return new AIMessage(firstSentenceWithNumber(last.text));
  if (tools.length > 0) {
    const args = { query: last.text };
    const call = { name: "search_handbook", args, id: "call-1", type: "tool_call" };
    return new AIMessage({ content: "", tool_calls: [call] });
  }
  return new AIMessage(firstSentenceWithNumber(last.text));
}

const NUMBER = /\b(two|three|four|five|nine|ten|twelve|twenty|forty)\b/;

function firstSentenceWithNumber(text) {
  const context = /Context: ([\s\S]*?)\nQuestion:/.exec(text)?.[1] ?? text;
  const sentences = context.split(/(?<=\.)\s+/);
  return sentences.find((sentence) => NUMBER.test(sentence)) ?? "I do not know.";
}

/** A judge that compares texts. */
function judgment({ request, response, expected_response, guidelines }) {
  if (guidelines) {
    return { result: response.length < 120 ? "yes" : "no", rationale: "The length was measured." };
  }
  if (expected_response !== undefined) {
    const isRight = response.includes(expected_response);
    const verb = isRight ? "contains" : "does not contain";
    return { result: isRight ? "yes" : "no", rationale: `The answer ${verb} the right one.` };
  }
  const isAnswer = response !== "I do not know.";
  return {
    result: isAnswer ? "yes" : "no",
    rationale: `${request} was ${isAnswer ? "" : "not "}answered.`,
  };
}
