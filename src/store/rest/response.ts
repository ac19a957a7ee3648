import type { Readable } from "node:stream";
import { MlflowException, RestException } from "../../base/errors.js";
import { parseExactJson } from "../../data/exact-json.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { ALLOWED_ARTIFACT_ROOTS, MAX_RESPONSE_BYTES } from "../../settings/settings.js";
import type { Page } from "../pages.js";
import { listOf, textOf } from "../wire/json-fields.js";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below the tracking URI, with a leading slash. */
  readonly path: string;
  /** A signed URL: the request goes there instead of to `path`, without our credentials. */
  readonly elsewhere?: URL;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent unchanged, with `contentType`. The pieces of a list are concatenated. */
  readonly body?: string | readonly Uint8Array[] | StreamedBody;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Shortens the time that the response may take. */
  readonly maxTimeoutMs?: number;
}

/** A body that is read while it is sent. */
export interface StreamedBody {
  readonly bytes: number;
  readonly stream: Readable;
}

/** A response with any status. */
export interface HttpResponse {
  readonly request: HttpRequest;
  /** The tracking URI without credentials. */
  readonly uri: string;
  readonly status: number;
  readonly contentType: string;
  readonly retryAfter: string | undefined;
  readonly location: string | undefined;
  readonly etag: string | undefined;
  /** Whether the request was sent without the user's credentials, because the server is not known to be theirs. */
  readonly isAnonymous: boolean;
  /** The body. Long error bodies are cut. */
  readonly text: string;
}

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

/** What web servers such as nginx and Go's answer to HTTP on a port for HTTPS. */
const PLAIN_HTTP =
  /plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server|speaking plain HTTP to an SSL/i;

/** Whether this is a success from an MLflow server. A web page is not: a proxy or a login page sends those. */
export function isSuccess(response: HttpResponse): boolean {
  return response.status >= 200 && response.status < 300 && !isPage(response);
}

/** Whether the path is not a route of an MLflow server. The server may also be another program. */
export function isUnknownRoute(response: HttpResponse): boolean {
  const missing = response.status === 404 || response.status === 405;
  return missing && errorOf(response).errorCode === undefined;
}

export function isPage(response: HttpResponse): boolean {
  return /^text\/html/i.test(response.contentType) && /^\s*</.test(response.text);
}

/** The error in a response: from MLflow's JSON, FastAPI's `detail`, plain text or a web page. */
export function errorOf(response: HttpResponse): { errorCode?: string; message: string } {
  const body = jsonObjectIn(response.text);
  if (typeof body?.error_code === "string") {
    return { errorCode: body.error_code, message: String(body.message ?? "") };
  }
  if (body?.detail !== undefined) {
    const { detail } = body;
    return { message: typeof detail === "string" ? detail : JSON.stringify(detail) };
  }
  return { message: isPage(response) ? textOfPage(response.text) : response.text.trim() };
}

/**
 * The JSON object in the body of a response.
 *
 * @throws RestException if the response is not a success.
 * @throws MlflowException INTERNAL_ERROR if the body is not JSON.
 */
export function jsonOf(response: HttpResponse): PlainObject {
  checkSuccess(response);
  const { text, request, uri, status } = response;
  let parsed: Plain;
  try {
    parsed = parseExactJson(text || "{}");
  } catch (cause) {
    throw new MlflowException(
      `The response of ${uri} to ${request.method} ${request.path} is not JSON (status ${status}, ${text.length} characters). Check that the tracking URI names an MLflow server, and that no proxy changes its responses.`,
      "INTERNAL_ERROR",
      { cause },
    );
  }
  return isPlainObject(parsed) ? parsed : {};
}

/** Like {@link jsonOf}, but returns undefined if the server reports that the object does not exist. */
export function findJsonOf(response: HttpResponse): PlainObject | undefined {
  return isNotFound(response) ? undefined : jsonOf(response);
}

/** A page of a listing: the items of the list `json[field]`, and the token of the next page. */
export function pageOf<T>(json: PlainObject, field: string, itemOf: (value: Plain) => T): Page<T> {
  const nextPageToken = textOf(json.next_page_token);
  return { items: listOf(json[field]).map(itemOf), ...(nextPageToken && { nextPageToken }) };
}

export function isNotFound(response: HttpResponse): boolean {
  return !isSuccess(response) && errorOf(response).errorCode === "RESOURCE_DOES_NOT_EXIST";
}

/** Whether the server reports that an object with that name exists. */
export function isConflict(response: HttpResponse): boolean {
  return !isSuccess(response) && errorOf(response).errorCode === "RESOURCE_ALREADY_EXISTS";
}

/** @throws RestException if the response is not a success. */
export function checkSuccess(response: HttpResponse): void {
  if (!isSuccess(response)) throw restException(response);
}

/** The exception for a response that is not a success. The message says how to fix the known causes. */
export function restException(response: HttpResponse): RestException {
  const { errorCode, message } = errorOf(response);
  const { request, uri, status } = response;
  const code = errorCode ?? CODE_OF_STATUS[status] ?? "INTERNAL_ERROR";
  const isPlainHttp = status === 400 && PLAIN_HTTP.test(message);
  const help = isPlainHttp ? speaksHttps(uri) : helpFor(response, message);
  const received = message.slice(0, MAX_TEXT_CHARACTERS) || "no text";
  const exchange = `${request.method} ${uri}${request.path} answered ${status}`;
  const text = help ? `${help} (${exchange}: ${received})` : `${received} (${exchange})`;
  return new RestException(text, code, status);
}

function helpFor(response: HttpResponse, message: string): string | undefined {
  const { uri, status } = response;
  if (response.request.elsewhere) return undefined;
  if (response.isAnonymous && (status === 401 || status === 403)) {
    return `The artifact server at ${uri} requires credentials. It is not the tracking server, so it does not receive yours. If you trust it with them, set ${ALLOWED_ARTIFACT_ROOTS}=${new URL(uri).origin}.`;
  }
  if (status === 401) {
    return `The tracking server at ${uri} requires credentials, or rejects those it received: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.`;
  }
  if (status === 403 && /DNS rebinding|Invalid Host/i.test(message)) {
    return `The tracking server rejects the host name in ${uri}: start it with \`mlflow server --allowed-hosts ${new URL(uri).host}\`, or use a host name it allows.`;
  }
  if (status === 403) {
    return `The tracking server at ${uri} forbids this request to the current user: ask for the permission, or set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD to another user.`;
  }
  if (status >= 300 && status < 400) {
    return `The tracking server at ${uri} redirects to ${response.location ?? "another address"}: set that as the tracking URI, or sign in if it is a login page.`;
  }
  if (isUnknownRoute(response) || (status < 300 && isPage(response))) {
    return `No MLflow tracking server answers at ${uri}: check the address, and add the path that --static-prefix or a proxy gives the server.`;
  }
  return undefined;
}

/** The message for an `http:` address of a server that uses TLS. */
export function speaksHttps(uri: string): string {
  return `The server at ${uri} uses HTTPS: set the tracking URI to ${uri.replace(/^http:/, "https:")}.`;
}

/** The exception for a success whose body exceeds the limit. */
export function tooLong(
  { uri, request }: Pick<HttpResponse, "uri" | "request">,
  maxBytes: number,
): MlflowException {
  return new MlflowException(
    `The response of ${uri} to ${request.method} ${request.path} is longer than ${maxBytes} bytes. Request fewer items at a time (maxResults), or set ${MAX_RESPONSE_BYTES} to a higher limit.`,
    "MAX_READ_SIZE_EXCEEDED",
  );
}

function jsonObjectIn(text: string): Record<string, unknown> | undefined {
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
