import { nameOfClass } from "./class-name.js";
import { cutText } from "./cut-text.js";
import type { Plain } from "./plain.js";
import { withoutKeys } from "./secret-texts.js";

const MAX_CHARACTERS = 20_000;
const MAX_CAUSES = 5;

/** The attributes of an `exception` event, named as OpenTelemetry and MLflow name them. */
export function exceptionEvent(error: unknown): Record<string, Plain> {
  return {
    "exception.message": textOfError(error),
    "exception.type": typeOf(error),
    "exception.stacktrace": bounded(stacksOf(error).join("\nCaused by: ")),
  };
}

/** What the error says, without keys and credentials; an app may throw anything. */
export function textOfError(error: unknown): string {
  return bounded(field(error, "message") ?? textOf(error));
}

function textOf(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "unknown error";
  }
}

/** Many subclasses never set `name`: then the class says more. */
function typeOf(error: unknown): string {
  if (error === null) return "null";
  if (typeof error !== "object") return typeof error;
  const name = field(error, "name");
  return name === undefined || name === "Error" ? nameOfClass(error) : bounded(name);
}

/** Its stack, and those of its causes. */
function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let at = error; at !== undefined && stacks.length < MAX_CAUSES; at = read(at, "cause")) {
    stacks.push(bounded(field(at, "stack") ?? (at === error ? "" : textOf(at))));
  }
  return stacks;
}

function field(error: unknown, name: "message" | "stack" | "name"): string | undefined {
  const value = read(error, name);
  return typeof value === "string" ? value : undefined;
}

function read(error: unknown, name: string): unknown {
  try {
    return (error as Record<string, unknown> | undefined)?.[name] ?? undefined;
  } catch {
    return undefined;
  }
}

function bounded(text: string): string {
  return text.length > MAX_CHARACTERS
    ? cutText(text, MAX_CHARACTERS, withoutKeys)
    : withoutKeys(text);
}
