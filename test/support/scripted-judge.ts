import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";

/** An answer: its text, or an error to throw. */
export type Answer = string | Error;

interface ScriptedOptions {
  /** Answers with the input of a tool call, as models with structured output do. */
  readonly withTools?: boolean;
  readonly usage?: { readonly input: number; readonly output: number };
}

/** A chat model that gives the answers of a script, one for each call, and keeps what it was asked. */
export class ScriptedJudge extends BaseChatModel {
  readonly asked: BaseMessage[][] = [];
  readonly #answers: Answer[];
  readonly #options: ScriptedOptions;
  model = "scripted-1";

  constructor(answers: readonly Answer[], options: ScriptedOptions = {}) {
    super({ maxRetries: 0 });
    this.#answers = [...answers];
    this.#options = options;
    // Without this method, LangChain refuses structured output.
    if (options.withTools) Object.assign(this, { bindTools: () => this });
  }

  _llmType(): string {
    return "scripted";
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    this.asked.push(messages);
    const answer = this.#answers.shift() ?? "";
    if (answer instanceof Error) throw answer;
    const { withTools = false, usage = { input: 100, output: 10 } } = this.#options;
    const calls = withTools
      ? [{ name: "judgment", args: JSON.parse(answer), id: "call-1", type: "tool_call" as const }]
      : [];
    const message = new AIMessage({ content: withTools ? "" : answer, tool_calls: calls });
    const counts = { input_tokens: usage.input, output_tokens: usage.output };
    const total_tokens = usage.input + usage.output;
    Object.assign(message, { usage_metadata: { ...counts, total_tokens } });
    return { generations: [{ message, text: answer }] };
  }

  /** The text of the last question's data block, and the text around it. */
  lastPrompt(): { readonly data: unknown; readonly block: string; readonly around: string } {
    return partsOf(this.asked.at(-1) ?? []);
  }
}

function partsOf(messages: readonly BaseMessage[]) {
  const texts = messages.map(({ content }) => String(content));
  const question = texts[1] ?? "";
  const [start, end] = [question.indexOf("<data>") + 6, question.lastIndexOf("</data>")];
  const block = question.slice(start, end);
  const around = [texts[0], question.slice(0, start), question.slice(end), ...texts.slice(2)];
  return { data: JSON.parse(block), block, around: around.join("\n") };
}

export function yes(rationale = "because"): string {
  return JSON.stringify({ result: "yes", rationale });
}

export function no(rationale = "because"): string {
  return JSON.stringify({ result: "no", rationale });
}
