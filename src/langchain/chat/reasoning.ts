import { isPlainArray, isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";

/** Shown for reasoning that the provider encrypted. */
const REDACTED_REASONING = "[redacted by the provider]";

/** The fields that hold the text of a model's reasoning, in the forms of all providers. */
const FIELDS = [
  ...["thinking", "reasoning", "reasoning_content", "reasoningText", "reasoningContent", "summary"],
  ...["content", "text"],
];

/** The text of a block with a model's reasoning. Returns "" if it has none. */
export function reasoningText(value: Plain | undefined): string {
  if (typeof value === "string") return value;
  if (isPlainArray(value)) {
    return value
      .map(reasoningText)
      .filter((text) => text !== "")
      .join("\n\n");
  }
  return isPlainObject(value) ? textOfBlock(value) : "";
}

function textOfBlock(block: PlainObject): string {
  for (const name of FIELDS) {
    const text = reasoningText(block[name]);
    if (text !== "") return text;
  }
  const isRedacted = block.type === "redacted_thinking" || block.redactedContent !== undefined;
  return isRedacted ? REDACTED_REASONING : "";
}

/** The reasoning that a provider's package keeps beside the content of a message. */
export function reasoningBeside(message: PlainObject): string {
  const extra = message.additional_kwargs;
  if (!isPlainObject(extra)) return "";
  return reasoningText(extra.reasoning_content) || reasoningText(extra.reasoning);
}
