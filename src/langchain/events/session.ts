import { cutText } from "../../data/bounded-text.js";
import type { Call } from "../../recording/call.js";
import { TraceMetadataKey } from "../../trace/trace.js";

const SESSION_NAMES = ["thread_id", "session_id", "sessionId", "conversation_id"] as const;
const USER_NAMES = ["user_id", "user"] as const;
const MAX_CHARACTERS = 1000;

/**
 * Records the session and the user that a config names. `source` is the live metadata, or the `configurable` part of a
 * config: a limit shortens the recorded copy.
 */
export function describeCaller(call: Call, source: unknown): void {
  if (typeof source !== "object" || source === null) return;
  const session = call.sessionId ?? firstOf(source, SESSION_NAMES);
  if (session !== undefined) call.sessionId = session;
  const user = call.metadata[TraceMetadataKey.USER] ?? firstOf(source, USER_NAMES);
  if (user !== undefined) call.metadata[TraceMetadataKey.USER] = user;
}

function firstOf(source: object, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = identifierOf((source as Readonly<Record<string, unknown>>)[name]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** An object is no identifier: `user` may be a profile. */
function identifierOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "string" || value === "") return undefined;
  return value.length > MAX_CHARACTERS ? cutText(value, MAX_CHARACTERS) : value;
}
