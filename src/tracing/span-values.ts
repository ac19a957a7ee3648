import { isSpanId, isTraceId } from "../base/open-telemetry.js";
import { type SpanLink, SpanLogLevel, SpanStatusCode } from "../trace/span.js";

/** A status, as a code or as an object in the form of this package or of MLflow's TypeScript SDK. */
export type StatusInput =
  | SpanStatusCode
  | {
      readonly code?: SpanStatusCode;
      readonly statusCode?: SpanStatusCode;
      readonly message?: string;
      readonly description?: string;
    };

/** What `end()` sets before the span ends. */
export interface EndOptions {
  readonly outputs?: unknown;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly status?: StatusInput;
  /** Nanoseconds since the epoch. Default: now. */
  readonly endTimeNs?: number | bigint;
}

/** An event to add to a span. */
export interface EventInput {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Nanoseconds since the epoch. Default: now. */
  readonly timestampNs?: number | bigint;
  /** Another name of `timestampNs`, as in MLflow's TypeScript SDK. */
  readonly timestamp?: number | bigint;
}

/** A reference to a span. */
export interface LinkInput {
  /** 32 hexadecimal digits, with or without `tr-`. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

/** The ids of a link. Undefined for a value that is no link. */
export function readLink(link: unknown): Omit<SpanLink, "attributes"> | undefined {
  const { traceId, spanId } = (link ?? {}) as Partial<LinkInput>;
  const digits = String(traceId).replace(/^tr-/, "");
  return isTraceId(digits) && isSpanId(spanId) ? { traceId: `tr-${digits}`, spanId } : undefined;
}

/** A text that is no code counts as UNSET, and `isKnown` is false. */
export function readStatus(
  status: StatusInput,
  description: string | undefined,
): { readonly code: SpanStatusCode; readonly message: string; readonly isKnown: boolean } {
  const given: Exclude<StatusInput, string> =
    typeof status === "object" ? status : { code: status };
  const word = String(given.code ?? given.statusCode).replace(/^STATUS_CODE_/, "");
  const known = Object.values(SpanStatusCode).find((one) => one === word);
  const message = String(given.message ?? given.description ?? description ?? "");
  return { code: known ?? SpanStatusCode.UNSET, message, isKnown: known !== undefined };
}

/** Undefined for a value that is no level. */
export function readLogLevel(level: unknown): SpanLogLevel | undefined {
  const name = typeof level === "string" ? level.trim().toUpperCase() : undefined;
  const entries = Object.entries(SpanLogLevel);
  return entries.find(([known, value]) => known === name || value === level)?.[1];
}
