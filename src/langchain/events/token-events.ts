import type { Call, OpenSpan } from "../../recording/call.js";

const MAX_EVENTS = 10_000;
const MAX_CHARACTERS = 4_000_000;
/** Memory of an event besides its text, as a number of characters. */
const CHARACTERS_PER_EVENT = 100;

/** The token events of a trace, and their characters. */
interface Totals {
  events: number;
  characters: number;
}

/** Beside the Calls, because most of them have no such events. */
const totalsOf = new WeakMap<Call, Totals>();

/** Adds a `new_token` event to the span. Above the limits of a trace, the event is only counted. */
export function addTokenEvent(
  span: OpenSpan,
  token: string,
  read: (token: string) => string,
): void {
  const totals = totalsOf.get(span.call) ?? { events: 0, characters: 0 };
  totalsOf.set(span.call, totals);
  if (totals.events >= MAX_EVENTS || totals.characters + token.length > MAX_CHARACTERS) {
    const dropped = Number(span.attributes[DROPPED_EVENTS] ?? 0);
    span.setAttribute(DROPPED_EVENTS, dropped + 1);
    return;
  }
  const text = read(token);
  totals.events += 1;
  totals.characters += text.length;
  span.call.characters += text.length + CHARACTERS_PER_EVENT;
  span.addEvent("new_token", { token: text });
}

const DROPPED_EVENTS = "langchain.dropped_token_events";
