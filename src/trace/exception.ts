import type { Plain } from "./plain.js";
import { withoutUrlCredentials } from "./secrets.js";
import { nameOfClass } from "./snapshot.js";

const MAX_CHARACTERS = 20_000;

/** The attributes of an `exception` event, named as OpenTelemetry and MLflow name them. */
export function exceptionEvent(error: unknown): Record<string, Plain> {
  return {
    "exception.message": textOfError(error),
    "exception.type": typeof error === "object" && error !== null ? typeOf(error) : typeof error,
    "exception.stacktrace": field(error, "stack") ?? "",
  };
}

/** What the error says; an app may throw anything. */
export function textOfError(error: unknown): string {
  const message = field(error, "message");
  if (message !== undefined) return message;
  try {
    return clean(String(error));
  } catch {
    return "unknown error";
  }
}

/** Many subclasses never set `name`: then the class says more. */
function typeOf(error: object): string {
  const name = field(error, "name");
  return name === undefined || name === "Error" ? nameOfClass(error) : name;
}

function field(error: unknown, name: "message" | "stack" | "name"): string | undefined {
  try {
    const value = (error as Record<string, unknown> | undefined)?.[name];
    return typeof value === "string" ? clean(value) : undefined;
  } catch {
    return undefined;
  }
}

function clean(text: string): string {
  return withoutUrlCredentials(text.length > MAX_CHARACTERS ? text.slice(0, MAX_CHARACTERS) : text);
}
