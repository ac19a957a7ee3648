import type { MlflowException } from "../../base/errors.js";
import type { Verdict } from "../store.js";
import { errorOf, isUnknownRoute } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { isAboutContent, verdictOf, verdictOfError } from "./verdict.js";

const PATH = "/v1/traces";

/** What became of one piece; `suspect`: the server failed over it, alone. */
interface Outcome {
  readonly verdict: Verdict;
  readonly suspect: boolean;
}

interface Post {
  readonly http: Http;
  readonly experimentId: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Posts traces, each encoded to its piece of an OTLP request; one verdict a piece, or undefined:
 * this server does not take spans by OTLP at all. The server takes a request whole or not at all: a
 * refused one is halved until the trace it is about stands alone.
 */
export async function postSpans(
  http: Http,
  experimentId: string,
  pieces: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<Verdict[] | undefined> {
  const outcomes = await post({ http, experimentId, signal }, pieces);
  const works = outcomes?.some(({ verdict }) => verdict.state === "stored");
  return outcomes?.map(({ verdict, suspect }) => {
    // A server that takes the others at this moment is not at fault.
    if (!(works && suspect && verdict.state === "retry")) return verdict;
    return { state: "refused", cause: verdict.cause };
  });
}

async function post(to: Post, pieces: readonly Uint8Array[]): Promise<Outcome[] | undefined> {
  const every = (verdict: Verdict, suspect = false) => pieces.map(() => ({ verdict, suspect }));
  let answer: Answer;
  try {
    answer = await to.http.send({
      method: "POST",
      path: PATH,
      body: pieces,
      contentType: "application/x-protobuf",
      headers: { "x-mlflow-experiment-id": to.experimentId },
      signal: to.signal,
    });
  } catch (cause) {
    return every(verdictOfError(cause as MlflowException));
  }
  if (isUnsupported(answer)) return undefined;
  const suspect = isAboutContent(answer);
  if (pieces.length === 1 || !suspect) return every(verdictOf(answer), suspect);
  return postHalves(to, pieces);
}

async function postHalves(to: Post, pieces: readonly Uint8Array[]): Promise<Outcome[] | undefined> {
  const middle = Math.ceil(pieces.length / 2);
  const first = await post(to, pieces.slice(0, middle));
  if (!first) return undefined;
  const rest = pieces.slice(middle);
  const lost = ({ verdict: { state } }: Outcome) => state === "retry" || state === "blocked";
  // Not one of several went through, through no fault of theirs: it is the server, spare it the rest.
  if (first.length > 1 && first.every(lost)) {
    return [...first, ...rest.map(() => ({ verdict: first[0]!.verdict, suspect: false }))];
  }
  const second = await post(to, rest);
  return second && [...first, ...second];
}

function isUnsupported(answer: Answer): boolean {
  if (answer.status === 501 || isUnknownRoute(answer)) return true;
  const { message } = errorOf(answer);
  if (answer.status === 400) return /Invalid Content-Type/i.test(message);
  return answer.status === 422 && /must belong to the same trace/i.test(message);
}
