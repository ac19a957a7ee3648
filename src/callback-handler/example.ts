import { isPlainArray, isPlainObject, type Plain } from "../data/plain.js";
import { toChatMessage } from "../langchain/events/chat.js";
import type { LogModelOptions } from "../models/log-model.js";
import { inferSignature } from "../models/signature/infer-signature.js";

/** What a root call was asked, and what it answered. */
export interface SeenCall {
  readonly input: Plain;
  readonly output: Plain | undefined;
}

/** The example of a model, and its signature: the model need not be asked again for it. */
export function describeAsExample({
  input,
  output,
}: SeenCall): Pick<LogModelOptions, "inputExample" | "signature"> {
  const inputExample = withChatMessages(input);
  return { inputExample, signature: inferSignature(inputExample, output) };
}

/** Messages in the form in which a model takes them again. */
function withChatMessages(value: Plain): Plain {
  if (isPlainArray(value)) return value.map(withChatMessages);
  if (!isPlainObject(value)) return value;
  const isMessage = "content" in value && "additional_kwargs" in value;
  const entries = Object.entries((isMessage && toChatMessage(value)) || value);
  return Object.fromEntries(
    entries.flatMap(([name, field]) => {
      if (field === undefined || (isMessage && field === null)) return [];
      return [[name, isMessage ? field : withChatMessages(field)]];
    }),
  );
}
