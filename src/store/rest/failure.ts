import { MlflowException, RestException } from "../../base/errors.js";
import { ALLOWED_ARTIFACT_ROOTS, MAX_RESPONSE_BYTES } from "../../settings/settings.js";
import type { Answer } from "./http.js";

const CODE_OF_STATUS: Record<number, string> = {
  400: "BAD_REQUEST",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "ENDPOINT_NOT_FOUND",
  405: "ENDPOINT_NOT_FOUND",
  429: "REQUEST_LIMIT_EXCEEDED",
  501: "NOT_IMPLEMENTED",
  502: "TEMPORARILY_UNAVAILABLE",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};
const MAX_TEXT_CHARACTERS = 500;

/** Errors of TLS that will be the same next time. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/;

/** Whether the answer is what an MLflow server says when all is well: a web page never is. */
export function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300 && !isPage(answer);
}

/** An answer from no MLflow route: an unknown path, or another program altogether. */
export function isUnknownRoute(answer: Answer): boolean {
  const missing = answer.status === 404 || answer.status === 405;
  return missing && errorOf(answer).errorCode === undefined;
}

export function isPage(answer: Answer): boolean {
  return /^text\/html/i.test(answer.contentType) && /^\s*</.test(answer.text);
}

/** The server's own words, from MLflow's JSON, FastAPI's `detail`, plain text or a page. */
export function errorOf(answer: Answer): { errorCode?: string; message: string } {
  const body = parseJson(answer.text);
  if (typeof body?.error_code === "string") {
    return { errorCode: body.error_code, message: String(body.message ?? "") };
  }
  if (body?.detail !== undefined) {
    const { detail } = body;
    return { message: typeof detail === "string" ? detail : JSON.stringify(detail) };
  }
  return { message: isPage(answer) ? textOfPage(answer.text) : answer.text.trim() };
}

/** The exception for an answer that is not a success, in words that say what to do. */
export function restException(answer: Answer): RestException {
  const { errorCode, message } = errorOf(answer);
  const { request, uri, status } = answer;
  const code = errorCode ?? CODE_OF_STATUS[status] ?? "INTERNAL_ERROR";
  const help = helpFor(answer, message);
  const said = message.slice(0, MAX_TEXT_CHARACTERS) || "no text";
  const what = `${request.method} ${uri}${request.path} answered ${status}`;
  return new RestException(help ? `${help} (${what}: ${said})` : `${said} (${what})`, code, status);
}

function helpFor(answer: Answer, message: string): string | undefined {
  const { uri, status } = answer;
  if (answer.request.elsewhere) return undefined;
  if (answer.isAnonymous && (status === 401 || status === 403)) {
    return `The artifact server at ${uri} requires credentials. It is not the tracking server, so it receives none of yours. If you trust it with them, set ${ALLOWED_ARTIFACT_ROOTS}=${new URL(uri).origin}.`;
  }
  if (status === 401) {
    return `The tracking server at ${uri} wants credentials, or does not accept ours: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.`;
  }
  if (status === 403 && /DNS rebinding|Invalid Host/i.test(message)) {
    return `The tracking server refuses the host name in ${uri}: start it with \`mlflow server --allowed-hosts ${new URL(uri).host}\`, or use a name it knows.`;
  }
  if (status === 403) {
    return `The tracking server at ${uri} forbids this to the user we sign in as: ask for the permission, or set other MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.`;
  }
  if (status >= 300 && status < 400) {
    return `The tracking server at ${uri} sends requests on to ${answer.location ?? "another address"}: use that as the tracking URI, or sign in if it is a login page.`;
  }
  if (isUnknownRoute(answer) || (status < 300 && isPage(answer))) {
    return `No MLflow tracking server answers at ${uri}: is the address right, and does it have the path that --static-prefix or a proxy gives the server?`;
  }
  return undefined;
}

/** The exception for a success whose body is longer than what is read. */
export function tooLong(
  { uri, request }: Pick<Answer, "uri" | "request">,
  maxBytes: number,
): MlflowException {
  return new MlflowException(
    `The answer of ${uri} to ${request.method} ${request.path} is longer than ${maxBytes} bytes. Ask for fewer items at a time (maxResults), or set ${MAX_RESPONSE_BYTES} to a higher limit.`,
    "MAX_READ_SIZE_EXCEEDED",
  );
}

/** The exception for a request that got no answer. */
export function connectionError(cause: Error, uri: string, givenUp = false): MlflowException {
  const { code = "" } = cause as NodeJS.ErrnoException;
  const reason = cause.message || code || cause.name;
  if (givenUp) {
    return new MlflowException(`The request to ${uri} was given up.`, "CANCELLED", { cause });
  }
  if (CERTIFICATE.test(code)) {
    return new MlflowException(
      `The certificate of the tracking server at ${uri} is not trusted (${reason}): set MLFLOW_TRACKING_SERVER_CERT_PATH to the certificate of its authority, or MLFLOW_TRACKING_INSECURE_TLS=true.`,
      "PERMISSION_DENIED",
      { cause },
    );
  }
  return new MlflowException(
    `No answer from the tracking server at ${uri} (${reason}): is it running there? Start one with \`mlflow server\`, or set another tracking URI.`,
    "TEMPORARILY_UNAVAILABLE",
    { cause },
  );
}

function parseJson(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function textOfPage(page: string): string {
  return page
    .replace(/<(style|script|title)[\s\S]*?<\/\1>|<[^>]*>/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
}
