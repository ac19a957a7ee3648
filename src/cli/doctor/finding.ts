import { messageOf } from "../../base/errors.js";

/** `warning`: traces may be missing or in another place. `problem`: they are. */
export type Status = "ok" | "note" | "warning" | "problem";

export interface Finding {
  readonly section: "program" | "app" | "store" | "run";
  /** A short name, for programs that read the JSON. */
  readonly check: string;
  readonly status: Status;
  readonly text: string;
  /** What the user can do. Every warning and problem has one. */
  readonly fix?: string;
}

/** The place in a message where its advice begins. */
const ADVICE = /(?:: (?=[a-z]+ )|\. (?=[A-Z]))/;

/** A problem from an error: its message begins with what is wrong, and ends with what to do. */
export function problemFrom(section: Finding["section"], check: string, cause: unknown): Finding {
  // The request and the response, which end the errors of servers, are no advice.
  const [, message = "", exchange = ""] =
    /^([\s\S]*?)( \((?:GET|POST|PUT|PATCH|DELETE) [\s\S]*\))?$/.exec(messageOf(cause)) ?? [];
  const withoutParentheses = message.replace(/\([^()]*\)/g, (text) => "-".repeat(text.length));
  const match = ADVICE.exec(withoutParentheses);
  const advice = match ? message.slice(match.index + match[0].length) : "";
  return {
    ...{ section, check, status: "problem" },
    text: match ? `${message.slice(0, match.index)}${exchange}.` : message + exchange,
    fix: advice
      ? `${advice[0]?.toUpperCase()}${advice.slice(1)}`
      : "Correct what the message names. See docs/troubleshooting.md.",
  };
}
