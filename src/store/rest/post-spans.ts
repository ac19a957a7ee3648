import type { MlflowException } from "../../errors.js";
import type { Verdict } from "../store.js";
import { errorOf, isUnknownRoute } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { isWorthHalving, verdictOf, verdictOfError } from "./verdict.js";

const PATH = "/v1/traces";

/** One verdict a piece; or "unsupported": this server does not take spans by OTLP at all. */
export type PostResult = Verdict[] | "unsupported";

/**
 * Posts traces, each encoded to its piece of an OTLP request. The server takes a request whole or
 * not at all: a refused one is halved until the trace it is about stands alone.
 */
export async function postSpans(
  http: Http,
  experimentId: string,
  pieces: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<PostResult> {
  let answer: Answer;
  try {
    answer = await http.send({
      method: "POST",
      path: PATH,
      body: pieces,
      contentType: "application/x-protobuf",
      headers: { "x-mlflow-experiment-id": experimentId },
      signal,
    });
  } catch (cause) {
    return pieces.map(() => verdictOfError(cause as MlflowException));
  }
  if (isUnsupported(answer)) return "unsupported";
  if (pieces.length === 1 || !isWorthHalving(answer)) return pieces.map(() => verdictOf(answer));
  return postHalves(http, experimentId, pieces, signal);
}

async function postHalves(
  http: Http,
  experimentId: string,
  pieces: readonly Uint8Array[],
  signal: AbortSignal | undefined,
): Promise<PostResult> {
  const middle = Math.ceil(pieces.length / 2);
  const first = await postSpans(http, experimentId, pieces.slice(0, middle), signal);
  if (first === "unsupported") return first;
  const rest = pieces.slice(middle);
  const failure = first[0]!;
  // Not one of several went through, through no fault of theirs: it is the server, spare it the rest.
  if (first.length > 1 && first.every(({ state }) => state === "retry" || state === "blocked")) {
    return [...first, ...rest.map(() => failure)];
  }
  const second = await postSpans(http, experimentId, rest, signal);
  return second === "unsupported" ? second : [...first, ...second];
}

function isUnsupported(answer: Answer): boolean {
  if (answer.status === 501 || isUnknownRoute(answer)) return true;
  const { message } = errorOf(answer);
  if (answer.status === 400) return /Invalid Content-Type/i.test(message);
  return answer.status === 422 && /must belong to the same trace/i.test(message);
}
