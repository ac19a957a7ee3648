import { isPlainArray, isPlainObject, type Plain } from "../data/plain.js";
import type { RunTarget } from "../delivery/destination.js";
import { toChatMessage } from "../langchain/chat/message.js";
import { type LogModelOptions, logModelTo } from "../models/log-model.js";
import type { LangChainModel } from "../models/set-model.js";
import { inferSignature } from "../models/signature/infer-signature.js";

/** The input and output of a root call. */
export interface SeenCall {
  readonly input: Plain;
  readonly output: Plain | undefined;
}

/** The name that Python's handler gives to the model. */
const MODEL_NAME = "langchain-model";

/** Logs the model that the app passed to `flushTracker()`, with the last root call as its example. */
export async function logAsset(
  run: RunTarget,
  lcModel: string | LangChainModel,
  seen: SeenCall | undefined,
): Promise<void> {
  const example = seen && describeAsExample(seen);
  await logModelTo(run, { lcModel, name: MODEL_NAME, ...example });
}

/** Infers the signature from the recorded output, so that logging does not call the model. */
function describeAsExample({
  input,
  output,
}: SeenCall): Pick<LogModelOptions, "inputExample" | "signature"> {
  const inputExample = withChatMessages(input);
  return { inputExample, signature: inferSignature(inputExample, output) };
}

/** Converts messages to the form that a model accepts as input. */
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
