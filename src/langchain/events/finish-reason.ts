import { cutText } from "../../data/bounded-text.js";
import { isDictionary } from "./values.js";

const MAX_CHARACTERS = 200;

type Fields = Readonly<Record<string, unknown>>;

/** Why the model stopped, from wherever the package of its provider keeps it. Takes a live generation or its dump. */
export function finishReasonOf(generation: Fields): string | null {
  const message = isDictionary(generation.message) ? generation.message : undefined;
  const response = message?.response_metadata;
  return (
    reasonIn(generation.generationInfo ?? generation.generation_info) ??
    reasonIn(response) ??
    // A stream of Bedrock.
    reasonIn(isDictionary(response) ? response.messageStop : undefined) ??
    // A stream of Anthropic.
    reasonIn(message?.additional_kwargs) ??
    responseStatus(response) ??
    null
  );
}

function reasonIn(place: unknown): string | undefined {
  if (!isDictionary(place)) return undefined;
  const { finish_reason, stop_reason, finishReason, stopReason, done_reason } = place;
  return (
    text(finish_reason) ??
    text(stop_reason) ??
    text(finishReason) ??
    text(stopReason) ??
    text(done_reason)
  );
}

/** OpenAI's Responses API reports why an answer is incomplete, and for a complete one only that it is. */
function responseStatus(response: unknown): string | undefined {
  if (!isDictionary(response)) return undefined;
  const { incomplete_details: details, status } = response;
  return (isDictionary(details) ? text(details.reason) : undefined) ?? text(status);
}

function text(reason: unknown): string | undefined {
  if (typeof reason !== "string" || reason === "") return undefined;
  return reason.length > MAX_CHARACTERS ? cutText(reason, MAX_CHARACTERS) : reason;
}
