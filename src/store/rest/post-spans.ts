import type { MlflowException } from "../../base/errors.js";
import type { Verdict } from "../retry.js";
import type { Http } from "./http.js";
import { errorOf, type HttpResponse, isUnknownRoute } from "./response.js";
import { isAboutContent, verdictOf, verdictOfError } from "./verdict.js";

const PATH = "/v1/traces";

/** The result for one trace. `suspect`: the server failed while it processed this trace alone. */
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
 * Posts traces in OTLP requests. The server accepts or rejects a whole request, so the traces of a rejected
 * request are sent in halves until the invalid trace is alone.
 *
 * @param pieces each is one encoded trace.
 * @returns one verdict for each piece, or undefined if the server does not accept OTLP.
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
    // The server accepts the others, so this trace is the reason.
    if (!(works && suspect && verdict.state === "retry")) return verdict;
    return { state: "refused", cause: verdict.cause };
  });
}

async function post(to: Post, pieces: readonly Uint8Array[]): Promise<Outcome[] | undefined> {
  const every = (verdict: Verdict, suspect = false) => pieces.map(() => ({ verdict, suspect }));
  let response: HttpResponse;
  try {
    response = await to.http.send({
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
  if (isUnsupported(response)) return undefined;
  const suspect = isAboutContent(response);
  if (pieces.length === 1 || !suspect) return every(verdictOf(response), suspect);
  return postHalves(to, pieces);
}

async function postHalves(to: Post, pieces: readonly Uint8Array[]): Promise<Outcome[] | undefined> {
  const middle = Math.ceil(pieces.length / 2);
  const first = await post(to, pieces.slice(0, middle));
  if (!first) return undefined;
  const rest = pieces.slice(middle);
  const lost = ({ verdict: { state } }: Outcome) => state === "retry" || state === "blocked";
  // All of several traces failed for another reason than their content. Do not load the failing server further.
  if (first.length > 1 && first.every(lost)) {
    return [...first, ...rest.map(() => ({ verdict: first[0]!.verdict, suspect: false }))];
  }
  const second = await post(to, rest);
  return second && [...first, ...second];
}

function isUnsupported(response: HttpResponse): boolean {
  if (response.status === 501 || isUnknownRoute(response)) return true;
  const { message } = errorOf(response);
  if (response.status === 400) return /Invalid Content-Type/i.test(message);
  return response.status === 422 && /must belong to the same trace/i.test(message);
}
