import { cutText } from "../../data/bounded-text.js";
import type { Call } from "../../recording/call.js";
import { TraceMetadataKey } from "../../trace/trace.js";

const MAX_CHARACTERS = 1000;

/**
 * Records the session and the user that a config names. `source` is the live metadata, or the `configurable` part of a
 * config: a limit shortens the recorded copy.
 */
export function describeCaller(call: Call, source: unknown): void {
  if (typeof source !== "object" || source === null) return;
  call.sessionId ??= sessionOf(source);
  const user = call.metadata[TraceMetadataKey.USER] ?? userOf(source);
  if (user !== undefined) call.metadata[TraceMetadataKey.USER] = user;
}

/** Records the session that LangGraph names in the metadata of the runs of a graph, for a graph within another call. */
export function describeThread(call: Call, source: unknown): void {
  if (call.sessionId !== undefined || typeof source !== "object" || source === null) return;
  call.sessionId = identifierOf((source as Named).thread_id);
}

type Named = Readonly<Record<string, unknown>>;

// Each name is read by itself, which is several times as fast as a loop.
function sessionOf(source: object): string | undefined {
  const { thread_id, session_id, sessionId, conversation_id } = source as Named;
  return (
    identifierOf(thread_id) ??
    identifierOf(session_id) ??
    identifierOf(sessionId) ??
    identifierOf(conversation_id)
  );
}

function userOf(source: object): string | undefined {
  const { user_id, user } = source as Named;
  return identifierOf(user_id) ?? identifierOf(user);
}

/** An object is no identifier: `user` may be a profile. */
function identifierOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return String(value);
  if (typeof value !== "string" || value === "") return undefined;
  return value.length > MAX_CHARACTERS ? cutText(value, MAX_CHARACTERS) : value;
}
