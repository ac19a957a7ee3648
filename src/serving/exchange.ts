import { attempt } from "../base/show.js";
import { answerJson } from "./answer-json.js";

/** A request, independent of the server that received it. */
export interface ServedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  header(name: string): string | undefined;
  /** @throws Refusal 413 if the body has more bytes, 400 if it does not arrive completely. */
  readBody(maxBytes: number): Promise<Uint8Array>;
  /** Aborted when the client has disconnected, or when the call takes too long. */
  readonly controller: AbortController;
  /**
   * Logs an error of the model or of the server, with the status of the reply: a stream that fails has 200. Undefined in a
   * server of the app.
   */
  readonly logFailure?: ((status: number, error: unknown) => void) | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream sends each text at once. */
  readonly body: string | AsyncIterable<string>;
}

/** Ends a request with a reply that is not a success. */
export class Refusal extends Error {
  readonly reply: Reply;

  constructor(reply: Reply) {
    super(`status ${reply.status}`);
    this.reply = reply;
  }
}

export function jsonReply(status: number, value: unknown, headers = {}): Reply {
  return textReply(status, answerJson(value), "application/json", headers);
}

export function textReply(
  status: number,
  body: string,
  type = "text/plain; charset=utf-8",
  headers = {},
): Reply {
  return { status, headers: { "content-type": type, ...headers }, body };
}

/** The form of the errors that Python's web framework makes. */
export function detailReply(status: number, detail: string, headers = {}): Reply {
  return jsonReply(status, { detail }, headers);
}

const NUMBERS: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const decoder = new TextDecoder("utf-8", { fatal: true });
const MARK = "\u0000number ";

/**
 * Parses the JSON that Python reads: also with `NaN` and `Infinity`, which Python's clients write.
 *
 * @throws SyntaxError or TypeError if it is not JSON in UTF-8.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decoder.decode(bytes);
  const parsed = attempt(() => ({ value: JSON.parse(text) as unknown }));
  if (parsed) return parsed.value;
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity\b|\bNaN\b/g, (token) =>
    token.startsWith('"') ? token : JSON.stringify(MARK + token),
  );
  return JSON.parse(marked, (_name, value) =>
    typeof value === "string" && value.startsWith(MARK)
      ? (NUMBERS[value.slice(MARK.length)] ?? value)
      : value,
  );
}

export function bodyTooLarge(maxBytes: number): Refusal {
  const detail = `The body is longer than ${maxBytes} bytes`;
  return new Refusal(detailReply(413, detail, { connection: "close" }));
}

/** The client has disconnected, or its body is not valid HTTP. The text is that of Python's web framework. */
export function bodyUnreadable(): Refusal {
  return new Refusal(detailReply(400, "There was an error parsing the body"));
}

/** The reason of an aborted signal. By this name, LangChain recognizes a call that it must not repeat. */
export function abortError(message: string): DOMException {
  return new DOMException(message, "AbortError");
}

/** Why a call is aborted. Its spans have this text. */
export const clientLeft = () => abortError("The client has disconnected.");
export const tookTooLong = () => abortError("The request took too long.");
export const serverEnds = () => abortError("The server has ended.");
