import { MlflowException, messageOf } from "../base/errors.js";

/** The error that the model threw: `predict` adds the request to its text. */
export function errorOfModel(error: unknown): unknown {
  const isOfPredict = error instanceof MlflowException && error.errorCode === "INTERNAL_ERROR";
  return (isOfPredict && error.cause) || error;
}

/**
 * An error with its stack, for the log of a server. It leaves out the request that `predict` adds to an error of the model, and
 * further fields of the error, which may contain secrets.
 */
export function stackOf(error: unknown): string {
  const own = errorOfModel(error);
  if (own instanceof AggregateError) return own.errors.map(stackOf).join("\n");
  const message = messageOf(own);
  const stack = own instanceof Error && typeof own.stack === "string" ? own.stack : message;
  // The stack has the message of the time at which the error was made.
  return stack.includes(message) ? stack : `${message}\n${stack}`;
}
