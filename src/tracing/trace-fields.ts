import { wellFormedJson } from "../data/well-formed-json.js";
import { TraceMetadataKey } from "../trace/trace.js";

/** MLflow's limit for a metadata value. */
const MAX_METADATA_CHARACTERS = 250;

interface Caller {
  readonly sessionId?: string | readonly string[];
  readonly user?: string;
}

/** The session and the user as metadata of a trace. Several sessions are stored as a JSON array. */
export function callerMetadata({ sessionId, user }: Caller): Record<string, string> {
  const session =
    sessionId === undefined || isText(sessionId) ? sessionId : wellFormedJson(sessionId);
  return {
    ...(session !== undefined && { [TraceMetadataKey.SESSION]: session }),
    ...(user !== undefined && { [TraceMetadataKey.USER]: user }),
  };
}

export function cutMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(metadata);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, value.slice(0, MAX_METADATA_CHARACTERS)]),
  );
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
