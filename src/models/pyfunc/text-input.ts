import { fieldsOf } from "../dump.js";
import { isLegacyChain } from "./chat-format.js";

/** What a model that does not take a text receives instead of it, and how its answer becomes a text again. */
interface TextRequest {
  readonly input: unknown;
  readonly answerOf: (answer: unknown) => unknown;
}

const unchanged = (answer: unknown) => answer;

/**
 * Converts a text for a model that takes named values. Undefined if nothing is converted.
 *
 * - A graph with a list of messages, such as an agent of `createAgent`, receives the text as a message of the user. Its
 *   answer is the text of the last message.
 * - A chain or AgentExecutor receives the text as its only input, as in Python.
 */
export function textRequest(model: object, request: unknown): TextRequest | undefined {
  if (typeof request !== "string") return undefined;
  if (takesMessages(model)) {
    return { input: { messages: [{ role: "user", content: request }] }, answerOf: lastText };
  }
  const name = isLegacyChain(model) ? onlyInputOf(model) : undefined;
  return name === undefined ? undefined : { input: { [name]: request }, answerOf: unchanged };
}

type LiveFields = Readonly<Record<string, unknown>>;

/** Whether this is a graph whose state has messages, an agent that contains one, or either with options. */
function takesMessages(model: unknown, depth = 0): boolean {
  if (typeof model !== "object" || model === null || depth > 10) return false;
  const { lg_is_pregel: isPregel, channels, graph, bound } = model as LiveFields;
  if (isPregel !== true) return takesMessages(graph, depth + 1) || takesMessages(bound, depth + 1);
  return typeof channels === "object" && channels !== null && "messages" in channels;
}

/** The text of the last message. Any other answer, such as an interrupt of the graph, is returned unchanged. */
function lastText(answer: unknown): unknown {
  const { messages, __interrupt__: interrupts } = fieldsOf(answer) ?? {};
  if (!Array.isArray(messages) || interrupts !== undefined) return answer;
  const content = fieldsOf(messages.at(-1))?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return answer;
  return content.map((block) => fieldsOf(block)?.text ?? "").join("");
}

/** The name of the input that the memory does not provide. Agents of newer kinds name no inputs, and take `input`. */
function onlyInputOf(chain: object): string | undefined {
  const { inputKeys, memory } = chain as LiveFields;
  const memoryKeys = memoryKeysOf(memory);
  const names = namesIn(inputKeys).filter((name) => !memoryKeys.includes(name));
  return names.length > 1 ? undefined : (names[0] ?? "input");
}

function memoryKeysOf(memory: unknown): readonly string[] {
  return typeof memory === "object" && memory !== null
    ? namesIn((memory as LiveFields).memoryKeys)
    : [];
}

function namesIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((name) => typeof name === "string") : [];
}
