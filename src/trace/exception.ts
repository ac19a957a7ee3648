import { nameOfClass } from "./class-name.js";
import { cutText } from "./cut-text.js";
import type { Plain } from "./plain.js";
import { withoutKeys } from "./secret-texts.js";

const MAX_CHARACTERS = 20_000;
const MAX_CAUSES = 5;
/** Of a list that was thrown. */
const MAX_LIST_ITEMS = 100;
const MAX_LIST_DEPTH = 3;

/** What is told of an error: its message, and the attributes of an `exception` event. */
export interface ErrorTexts {
  readonly thrown: unknown;
  readonly message: string;
  readonly event: Record<string, Plain>;
}

export type DescribeError = (thrown: unknown) => ErrorTexts;

/** Of a trace that is ended because it took too long; the text is Python's. */
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

/** An app may throw anything. */
export function describeError(thrown: unknown, redactsSecrets = true): ErrorTexts {
  const clean: Clean = redactsSecrets ? withoutKeys : (text) => text;
  return { thrown, message: textOfError(thrown, clean), event: exceptionEvent(thrown, clean) };
}

/** The attributes of an `exception` event, named as OpenTelemetry and MLflow name them. */
export function exceptionEvent(error: unknown, clean: Clean = withoutKeys): Record<string, Plain> {
  const stacks = stacksOf(error).map((stack) => bounded(stack, clean));
  return {
    "exception.message": textOfError(error, clean),
    "exception.type": typeOf(error, clean),
    "exception.stacktrace": bounded(stacks.join("\nCaused by: "), clean),
  };
}

/** What the error says, without keys and credentials. */
export function textOfError(error: unknown, clean: Clean = withoutKeys): string {
  return bounded(field(error, "message") ?? textOf(error), clean);
}

function textOf(thrown: unknown, depth = 0): string {
  try {
    if (Array.isArray(thrown)) return textOfList(thrown, depth);
    if (ArrayBuffer.isView(thrown) && thrown.byteLength > MAX_CHARACTERS) {
      return `[${nameOfClass(thrown)} of ${thrown.byteLength} bytes]`;
    }
    return String(thrown);
  } catch {
    return "unknown error";
  }
}

/** As `String()` shows a list, but only its first items: a sparse one may have four billion. */
function textOfList(list: readonly unknown[], depth: number): string {
  if (depth > MAX_LIST_DEPTH) return "[dropped: too deep]";
  const shown = Array.from({ length: Math.min(list.length, MAX_LIST_ITEMS) }, (_, index) =>
    list[index] === undefined || list[index] === null ? "" : textOf(list[index], depth + 1),
  );
  const missing = list.length - shown.length;
  if (missing > 0) shown.push(`[dropped: ${missing} more items]`);
  return shown.join(",");
}

/** Many subclasses never set `name`: then the class says more. */
function typeOf(error: unknown, clean: Clean): string {
  if (error === null) return "null";
  if (typeof error !== "object") return typeof error;
  const name = field(error, "name");
  return name === undefined || name === "Error" ? nameOfClass(error) : bounded(name, clean);
}

/** Its stack, and those of its causes. */
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
