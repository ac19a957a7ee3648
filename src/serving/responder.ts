import { createHash, timingSafeEqual } from "node:crypto";
import { debug } from "../base/log.js";
import { agentRoutes } from "./agent.js";
import {
  detailReply,
  Refusal,
  type Reply,
  type ServedRequest,
  textReply,
  tookTooLong,
} from "./exchange.js";
import type { ReadServingOptions } from "./options.js";
import type { Routes } from "./routes.js";
import { scoringRoutes } from "./scoring.js";
import type { ServedModel } from "./served-model.js";

export type Responder = (request: ServedRequest) => Promise<Reply>;

const PROBES = ["/ping", "/health"];

/** Checks the limits and the token, and calls the route. The result never rejects. */
export function createResponder(model: ServedModel, options: ReadServingOptions): Responder {
  const routes = options.agent
    ? agentRoutes(model, options.maxBodyBytes)
    : scoringRoutes(model, options.maxBodyBytes);
  const isAllowed = tokenCheck(options.bearerToken);
  let running = 0;
  const release = () => {
    running -= 1;
  };
  const answer = async (request: ServedRequest): Promise<Reply> => {
    const isProbe = PROBES.includes(request.path);
    if (!isProbe && !isAllowed(request.header("authorization"))) return UNAUTHENTICATED;
    const route = routeOf(routes, request);
    if (typeof route !== "function") return route;
    if (isProbe) return route(request, request.controller.signal);
    if (running >= options.maxConcurrentRequests) return BUSY;
    running += 1;
    let reply: Reply;
    try {
      reply = await inTime(route, request, options.requestTimeoutMs);
    } catch (cause) {
      reply = failureReply(request, cause);
    }
    if (typeof reply.body !== "string") return { ...reply, body: after(reply.body, release) };
    release();
    return reply;
  };
  if (options.corsOrigins.length === 0) return answer;
  return async (request) => {
    const cors = corsHeaders(request, options.corsOrigins);
    if (cors && isPreflight(request)) return { status: 204, headers: cors, body: "" };
    const reply = await answer(request);
    return cors ? { ...reply, headers: { ...reply.headers, ...cors } } : reply;
  };
}

const UNAUTHENTICATED = detailReply(401, "Not authenticated", { "www-authenticate": "Bearer" });
const BUSY = detailReply(503, "Too many requests are running", { "retry-after": "1" });

function failureReply(request: ServedRequest, cause: unknown): Reply {
  if (cause instanceof Refusal) return cause.reply;
  debug("a request failed: %o", cause);
  request.logFailure?.(500, cause);
  return textReply(500, "Internal Server Error");
}

function routeOf(routes: Routes, { method, path }: ServedRequest) {
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!methods) return detailReply(404, "Not Found");
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) return route;
  return detailReply(405, "Method Not Allowed", { allow: Object.keys(methods).join(", ") });
}

/** A comparison of digests takes the same time for every wrong token. */
function tokenCheck(token: string | undefined): (header: string | undefined) => boolean {
  if (token === undefined) return () => true;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(token);
  return (header) => {
    const [, given] = /^Bearer +(.+)$/i.exec(header ?? "") ?? [];
    return given !== undefined && timingSafeEqual(digest(given), expected);
  };
}

/** Aborts the call if it takes too long. A stream that has begun has no time limit. */
async function inTime(
  route: (request: ServedRequest, signal: AbortSignal) => Promise<Reply> | Reply,
  request: ServedRequest,
  timeoutMs: number,
): Promise<Reply> {
  const { controller } = request;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Reply>((resolve) => {
    timer = setTimeout(() => {
      controller.abort(tookTooLong());
      // The text and the type of Python's scoring server.
      resolve(textReply(504, "Request processing time exceeded limit", "application/json"));
    }, timeoutMs);
  });
  try {
    return await Promise.race([route(request, controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a function when a stream ends, also if its reader leaves it or never begins: then a generator would run nothing. */
function after(texts: AsyncIterable<string>, done: () => void): AsyncIterable<string> {
  const inner = texts[Symbol.asyncIterator]();
  let end = () => {
    end = () => {};
    done();
  };
  const iterator: AsyncIterator<string> = {
    async next() {
      const result = await inner.next();
      if (result.done) end();
      return result;
    },
    async return() {
      end();
      await inner.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function corsHeaders(
  request: ServedRequest,
  origins: readonly string[],
): Record<string, string> | undefined {
  const origin = request.header("origin");
  if (origin === undefined || !origins.includes(origin)) return undefined;
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "authorization, content-type, x-mlflow-return-trace-id",
    vary: "origin",
  };
}

function isPreflight(request: ServedRequest): boolean {
  return (
    request.method === "OPTIONS" && request.header("access-control-request-method") !== undefined
  );
}
