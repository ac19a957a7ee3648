import { type OptionKinds, readOptions } from "../settings/check-options.js";
import { filledText, flag, kindOf, positiveInteger, texts } from "../settings/kinds.js";

/** The options of `mlflow.serving.createHandler()`. */
export interface ServingOptions {
  /**
   * Serve the contract of `mlflow.genai.agent_server` (`/invocations`, `/responses`, `/agent/info`, `/health`) instead of that
   * of `mlflow models serve` (`/invocations`, `/ping`, `/health`, `/version`). Default: false.
   */
  readonly agent?: boolean;
  /** Requests must have the header `authorization: Bearer <token>`. `/ping` and `/health` stay open. Default: no token. */
  readonly bearerToken?: string;
  /** Origins whose pages may call the server, for example `["https://app.example"]`. Default: none. */
  readonly corsOrigins?: readonly string[];
  /** A longer body is refused with 413. In bytes. Default: 10 MiB. */
  readonly maxBodyBytes?: number;
  /** Further requests are refused with 503 and `retry-after`. `/ping` and `/health` do not count. Default: 256. */
  readonly maxConcurrentRequests?: number;
  /**
   * A call that takes longer is aborted and answered with 504, in milliseconds. A stream must begin within this time.
   * Default: 60 000.
   */
  readonly requestTimeoutMs?: number;
}

const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

const DEFAULT_OPTIONS = {
  agent: false,
  corsOrigins: [] as readonly string[],
  maxBodyBytes: 10 * 1024 * 1024,
  maxConcurrentRequests: 256,
  requestTimeoutMs: 60_000,
};

const OPTIONS: OptionKinds<ServingOptions> = {
  agent: flag,
  bearerToken: filledText,
  corsOrigins: texts,
  maxBodyBytes: positiveInteger,
  maxConcurrentRequests: positiveInteger,
  requestTimeoutMs: kindOf<number>(
    `a whole number of milliseconds from 1 to ${LONGEST_TIMEOUT_MS}`,
    (value) =>
      Number.isSafeInteger(value) && Number(value) > 0 && Number(value) <= LONGEST_TIMEOUT_MS,
  ),
};

/** The options with their defaults. */
export type ReadServingOptions = Pick<ServingOptions, "bearerToken"> &
  Required<Omit<ServingOptions, "bearerToken">>;

/** @throws MlflowException INVALID_PARAMETER_VALUE for an unknown or invalid option. */
export function readServingOptions(caller: string, options: unknown): ReadServingOptions {
  return { ...DEFAULT_OPTIONS, ...readOptions<ServingOptions>(caller, options, OPTIONS) };
}
