import { attempt, show } from "./show.js";

const BRAND = Symbol.for("langchain-mlflow.error");

/** The error codes of MLflow that this package throws or reads. */
export type ErrorCode =
  | "INVALID_PARAMETER_VALUE"
  | "RESOURCE_DOES_NOT_EXIST"
  | "RESOURCE_ALREADY_EXISTS"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "INVALID_STATE"
  | "NOT_IMPLEMENTED"
  | "TEMPORARILY_UNAVAILABLE"
  | "INTERNAL_ERROR"
  | (string & {});

/**
 * The base class of every error that this package throws. `errorCode` is one of MLflow's error codes.
 * `instanceof` works across the ESM and CJS copies of the package.
 */
export class MlflowException extends Error {
  override readonly name: string = "MlflowException";
  readonly [BRAND] = true;
  readonly errorCode: ErrorCode;

  constructor(message: string, errorCode: ErrorCode = "INTERNAL_ERROR", options?: ErrorOptions) {
    super(isText(message) ? message : show(message), causeOf(options));
    this.errorCode = isText(errorCode) ? errorCode : "INTERNAL_ERROR";
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    // A proxy of the app may throw.
    const name = attempt(() => {
      const isOurs = typeof value === "object" && value && BRAND in value && "name" in value;
      return isOurs ? value.name : undefined;
    });
    return name !== undefined && (this === MlflowException || name === this.name);
  }
}

/** The error response of a tracking server. `status` is the HTTP status. */
export class RestException extends MlflowException {
  override readonly name = "RestException";
  readonly status: number;

  constructor(message: string, errorCode: ErrorCode, status: number, options?: ErrorOptions) {
    super(message, errorCode, options);
    this.status = status;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

/** The constructor of Error throws if an option cannot be read. */
function causeOf(options: ErrorOptions | undefined): ErrorOptions | undefined {
  return attempt(() => (options && "cause" in options ? { cause: options.cause } : undefined));
}

/** Creates the error for an invalid argument. The message names what was expected and what was received. */
export function invalidParameter(message: string): MlflowException {
  return new MlflowException(message, "INVALID_PARAMETER_VALUE");
}

/** The message of an error, or the text of another value that was thrown. */
export function messageOf(cause: unknown): string {
  const message = attempt(() => (cause instanceof Error ? cause.message : String(cause)));
  return typeof message === "string" ? message : show(cause);
}
