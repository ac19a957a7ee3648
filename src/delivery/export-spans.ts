import { messageOf } from "../base/errors.js";
import type { OtlpTarget } from "../settings/otlp-target.js";
import { readSettings } from "../settings/settings.js";
import { type Connections, openConnections } from "../store/rest/agent.js";
import type { Verdict } from "../store/store.js";
import { createOtlpEncoder } from "../store/wire/otlp.js";
import type { Trace } from "../trace/trace.js";

/** Other programs do not parse texts, and have no other place for the fields of a trace. */
const DIALECT = { traceFields: true, parsesJsonText: false };
/** What OTLP says about retries. */
const TRANSIENT = new Set([429, 502, 503, 504]);
/** The endpoint refuses every request. */
const LASTING = new Set([401, 403, 404, 405]);

let connections: Promise<Connections> | undefined;

/** Sends traces to an OTLP endpoint in one request. Returns one verdict for each. Never rejects. */
export async function exportSpans(
  { url, headers, timeoutMs, resource }: OtlpTarget,
  traces: readonly Trace[],
  signal: AbortSignal,
): Promise<readonly Verdict[]> {
  const every = (verdict: Verdict) => traces.map(() => verdict);
  try {
    const encode = createOtlpEncoder(DIALECT, resource);
    const body = Buffer.concat(traces.map((trace) => encode(trace)));
    // MLflow's certificates are not for another server.
    connections ??= openConnections({
      ...readSettings(),
      insecureTls: false,
      serverCertPath: undefined,
    });
    const { request } = await connections;
    const response = await request(url, {
      method: "POST",
      headers: { "content-type": "application/x-protobuf", ...headers },
      body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const { statusCode: status } = response;
    const text = await response.body.text();
    if (status >= 200 && status < 300) return every({ state: "stored" });
    const cause = new Error(`status ${status} ${text.slice(0, 200)}`.trim());
    if (TRANSIENT.has(status)) return every({ state: "retry", cause });
    return every({ state: LASTING.has(status) ? "blocked" : "refused", cause });
  } catch (cause) {
    // Blocked, so that a flush does not wait for it.
    return every({ state: "blocked", cause: new Error(messageOf(cause)) });
  }
}
