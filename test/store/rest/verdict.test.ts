import { describe, expect, it } from "vitest";
import type { HttpResponse } from "../../../src/store/rest/response.js";
import { isAboutContent, retryAfterMs, verdictOf } from "../../../src/store/rest/verdict.js";

function answer(status: number, body: string | object = "", contentType?: string): HttpResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = contentType ?? (typeof body === "string" ? "text/plain" : "application/json");
  return {
    request: { method: "POST", path: "/v1/traces" },
    uri: "http://mlflow:5000",
    status,
    contentType: type,
    retryAfter: undefined,
    location: undefined,
    etag: undefined,
    isAnonymous: false,
    text,
  };
}
const error = (error_code: string, message = "m") => ({ error_code, message });

describe("what a response means", () => {
  // The bodies are those that real servers gave.
  it.each([
    ["stored", answer(200, "")],
    ["stored", answer(200, '{"partialSuccess":null}', "application/x-protobuf")],
    ["blocked", answer(200, "<!doctype html><p>Sign in", "text/html")],
    ["blocked", answer(401, "You are not authenticated. Please see …", "text/html")],
    ["blocked", answer(403, "Permission denied")],
    ["blocked", answer(404, "<!doctype html><title>404 Not Found</title>", "text/html")],
    ["blocked", answer(405, { detail: "Method Not Allowed" })],
    ["blocked", answer(500, error("FEATURE_DISABLED"))],
    ["refused", answer(404, error("RESOURCE_DOES_NOT_EXIST"))],
    ["refused", answer(400, error("INVALID_PARAMETER_VALUE"))],
    ["refused", answer(400, { detail: "Invalid OpenTelemetry format" })],
    ["refused", answer(413, "<html>Request Entity Too Large", "text/html")],
    ["refused", answer(503, { detail: "Artifact serving is disabled" })],
    ["refused", answer(501, { detail: "not supported by FileStore" })],
    ["retry", answer(429, error("REQUEST_LIMIT_EXCEEDED"))],
    ["retry", answer(503, error("TEMPORARILY_UNAVAILABLE", "database is locked"))],
    ["retry", answer(422, { detail: "Failed to log OpenTelemetry spans" })],
    [
      "retry",
      answer(400, error("BAD_REQUEST", "(sqlite3.IntegrityError) UNIQUE constraint failed")),
    ],
    ["retry", answer(500, "<html>Internal Server Error", "text/html")],
    ["retry", answer(502, "<html>Bad Gateway", "text/html")],
  ] as const)("%s: %o", (state, given) => {
    expect(verdictOf(given).state).toBe(state);
  });

  it("may be about one trace of many", () => {
    for (const status of [400, 413, 422, 500]) expect(isAboutContent(answer(status))).toBe(true);
    for (const status of [401, 403, 404, 429, 501, 502, 503]) {
      expect(isAboutContent(answer(status))).toBe(false);
    }
  });

  it("reads the delay before a retry, in seconds or as a date", () => {
    const now = Date.UTC(2030, 0, 1);
    expect(retryAfterMs("2", now)).toBe(2_000);
    expect(retryAfterMs("Tue, 01 Jan 2030 00:00:05 GMT", now)).toBe(5_000);
    expect(retryAfterMs("Mon, 31 Dec 2029 00:00:05 GMT", now)).toBe(0);
    expect(retryAfterMs("soon", now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});
