import { asList, type Fields, fieldsOf } from "../models/dump.js";
import { itemsOfMessage, textItem, textOf } from "./agent-messages.js";
import { answerJson } from "./answer-json.js";

/**
 * Converts the chunks of a model to events of OpenAI's Responses API: `response.output_text.delta` for each text, and
 * `response.output_item.done` for each complete item.
 */
export async function* eventsOf(chunks: AsyncIterable<unknown>): AsyncGenerator<Fields> {
  const id = `msg_${crypto.randomUUID().replaceAll("-", "")}`;
  let text = "";
  for await (const chunk of chunks) {
    const delta = deltaOf(chunk);
    if (delta !== undefined) {
      text += delta;
      if (delta !== "") yield deltaEvent(delta, id);
    } else yield* eventsOfChunk(chunk);
  }
  if (text !== "") yield itemEvent(textItem(text, id));
}

/** What a stream has sent, also if it ends within an item. */
export class StreamedOutput {
  readonly #items: unknown[] = [];
  #text = "";

  add(event: Fields): void {
    if (event.type === "response.output_text.delta") this.#text += event.delta;
    if (event.type !== "response.output_item.done") return;
    this.#items.push(event.item);
    this.#text = "";
  }

  items(): readonly unknown[] {
    return this.#text === "" ? this.#items : [...this.#items, textItem(this.#text)];
  }
}

function deltaEvent(delta: string, id: unknown): Fields {
  return { type: "response.output_text.delta", item_id: String(id), delta };
}

function itemEvent(item: unknown): Fields {
  return { type: "response.output_item.done", item };
}

/** The text of a chunk of a chain or a chat model. Undefined for any other chunk. */
function deltaOf(chunk: unknown): string | undefined {
  if (typeof chunk === "string") return chunk;
  const fields = fieldsOf(chunk);
  const [choice] = asList(fields?.choices) ?? [];
  if (choice) return textOf(fieldsOf(fieldsOf(choice)?.delta)?.content);
  const isAnswer = fields?.type === "ai" || fields?.type === "AIMessageChunk";
  return isAnswer ? textOf(fields.content) : undefined;
}

function* eventsOfChunk(chunk: unknown): Generator<Fields> {
  const [mode, payload] = asList(chunk) ?? [];
  if (mode === "messages") {
    const [message] = asList(payload) ?? [];
    const delta = deltaOf(message);
    if (delta) yield deltaEvent(delta, fieldsOf(message)?.id);
    return;
  }
  const update = mode === "updates" ? payload : chunk;
  const fields = fieldsOf(update);
  // A model may stream events of its own.
  if (typeof fields?.type === "string") yield fields;
  else if (fields) yield* itemsOfUpdate(fields).map(itemEvent);
  else if (update !== undefined && update !== null) yield itemEvent(textItem(answerJson(update)));
}

/** The messages that the steps of a graph have added. */
function itemsOfUpdate(update: Fields): Fields[] {
  const messages = Object.values(update).flatMap((step) => asList(fieldsOf(step)?.messages) ?? []);
  return messages.flatMap(itemsOfMessage);
}

/** Options with which a graph streams the tokens of its models beside the messages of its steps. */
export function streamOptionsOf(model: unknown): Fields {
  return isGraph(model) || isGraph(fieldOf(model, "graph"))
    ? { streamMode: ["updates", "messages"] }
    : {};
}

function isGraph(value: unknown): boolean {
  return fieldOf(value, "lg_is_pregel") === true;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
