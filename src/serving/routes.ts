import type { Reply, ServedRequest } from "./exchange.js";

/** Answers a request. The signal aborts the call of the model. */
export type Route = (request: ServedRequest, signal: AbortSignal) => Promise<Reply> | Reply;

/** By path, then by method. */
export type Routes = Readonly<Record<string, Readonly<Record<string, Route>>>>;
