import { cutText } from "../../data/bounded-text.js";
import { isDictionary } from "./values.js";

const NAMES = [
  "finish_reason",
  "stop_reason",
  "finishReason",
  "stopReason",
  "done_reason",
] as const;
const MAX_CHARACTERS = 200;

type Fields = Readonly<Record<string, unknown>>;

/** Why the model stopped, from wherever the package of its provider keeps it. Takes a live generation or its dump. */
export function finishReasonOf(generation: Fields): string | null {
  const message = fieldsOf(generation.message);
  const response = fieldsOf(message.response_metadata);
  const places = [
    fieldsOf(generation.generationInfo ?? generation.generation_info),
    response,
    // A stream of Bedrock.
    fieldsOf(response.messageStop),
    // A stream of Anthropic.
    fieldsOf(message.additional_kwargs),
  ];
  for (const place of places) {
    for (const name of NAMES) {
      const reason = place[name];
      if (typeof reason === "string" && reason !== "") return short(reason);
    }
  }
  return responseStatus(response);
}

/** OpenAI's Responses API reports why an answer is incomplete, and for a complete one only that it is. */
function responseStatus(response: Fields): string | null {
  const { reason } = fieldsOf(response.incomplete_details);
  const status = typeof reason === "string" ? reason : response.status;
  return typeof status === "string" ? short(status) : null;
}

function fieldsOf(value: unknown): Fields {
  return isDictionary(value) ? value : {};
}

function short(reason: string): string {
  return reason.length > MAX_CHARACTERS ? cutText(reason, MAX_CHARACTERS) : reason;
}
