import { SpanLogLevel, SpanStatusCode } from "../trace/span.js";

/** A status, as a code or as an object in the form of this package or of MLflow's TypeScript SDK. */
export type StatusInput =
  | SpanStatusCode
  | {
      readonly code?: SpanStatusCode;
      readonly statusCode?: SpanStatusCode;
      readonly message?: string;
      readonly description?: string;
    };

/** A text that is no code counts as UNSET. */
export function readStatus(
  status: StatusInput,
  description: string | undefined,
): { readonly code: SpanStatusCode; readonly message: string } {
  const given: Exclude<StatusInput, string> =
    typeof status === "object" ? status : { code: status };
  const word = String(given.code ?? given.statusCode).replace(/^STATUS_CODE_/, "");
  const code = Object.values(SpanStatusCode).find((one) => one === word) ?? SpanStatusCode.UNSET;
  return { code, message: String(given.message ?? given.description ?? description ?? "") };
}

/** Undefined for a value that is no level. */
export function readLogLevel(level: unknown): SpanLogLevel | undefined {
  const name = typeof level === "string" ? level.trim().toUpperCase() : undefined;
  const entries = Object.entries(SpanLogLevel);
  return entries.find(([known, value]) => known === name || value === level)?.[1];
}
