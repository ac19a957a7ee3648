import { cutText, nameOfClass, textOfThrown } from "../data/bounded-text.js";
import type { Plain } from "../data/plain.js";
import { withoutKeys } from "../data/secret-texts.js";

const MAX_CHARACTERS = 20_000;
const MAX_CAUSES = 5;

/** The message of an error, and the attributes of its `exception` event. */
export interface ErrorTexts {
  readonly thrown: unknown;
  readonly message: string;
  readonly event: Record<string, Plain>;
}

export type DescribeError = (thrown: unknown) => ErrorTexts;

/** Describes the timeout of a trace, in Python MLflow's words. */
export function timeoutTexts(traceId: string, timeoutMs: number): ErrorTexts {
  const message =
    `Trace ${traceId} is timed out after ${timeoutMs / 1000} seconds. The operation may be stuck or taking too ` +
    "long to complete. To increase the timeout, set the environment variable MLFLOW_TRACE_TIMEOUT_SECONDS to a larger value.";
  const type = "MlflowTracingException";
  const event = {
    "exception.message": message,
    "exception.type": type,
    "exception.stacktrace": `${type}: ${message}`,
  };
  return { thrown: undefined, message, event };
}

type Clean = (text: string) => string;

/** Describes any thrown value. */
export function describeError(thrown: unknown, redactsSecrets = true): ErrorTexts {
  const clean: Clean = redactsSecrets ? withoutKeys : (text) => text;
  return { thrown, message: textOfError(thrown, clean), event: exceptionEvent(thrown, clean) };
}

/** Returns the attributes of an `exception` event, with the names of OpenTelemetry and MLflow. */
export function exceptionEvent(error: unknown, clean: Clean = withoutKeys): Record<string, Plain> {
  const stacks = stacksOf(error).map((stack) => bounded(stack, clean));
  return {
    "exception.message": textOfError(error, clean),
    "exception.type": typeOf(error, clean),
    "exception.stacktrace": bounded(stacks.join("\nCaused by: "), clean),
  };
}

/** Returns the message of the error without keys and credentials. */
export function textOfError(error: unknown, clean: Clean = withoutKeys): string {
  return bounded(field(error, "message") ?? textOf(error), clean);
}

function textOf(thrown: unknown): string {
  try {
    return textOfThrown(thrown);
  } catch {
    return "unknown error";
  }
}

/** Many subclasses do not set `name`: then this returns the name of the class. */
function typeOf(error: unknown, clean: Clean): string {
  if (error === null) return "null";
  if (typeof error !== "object") return typeof error;
  const name = field(error, "name");
  return name === undefined || name === "Error" ? nameOfClass(error) : bounded(name, clean);
}

/** Returns the stack of the error and of its causes. */
function stacksOf(error: unknown): string[] {
  const stacks: string[] = [];
  for (let at = error; at !== undefined && stacks.length < MAX_CAUSES; at = read(at, "cause")) {
    stacks.push(field(at, "stack") ?? (at === error ? "" : textOf(at)));
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

function bounded(text: string, clean: Clean): string {
  return text.length > MAX_CHARACTERS ? cutText(text, MAX_CHARACTERS, clean) : clean(text);
}
