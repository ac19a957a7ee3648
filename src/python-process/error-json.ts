import { MlflowException, messageOf } from "../base/errors.js";

const MAX_CAUSES = 5;

interface ErrorJson {
  readonly message: string;
  /** MLflow's code of the error. */
  readonly code?: string;
  /** The stacks of the error and of its causes. */
  readonly stack: string;
}

/** Describes a thrown value for Python, which has no access to its stack. */
export function errorToJson(error: unknown): ErrorJson {
  return {
    message: messageOf(error),
    ...(error instanceof MlflowException && { code: error.errorCode }),
    stack: stacksOf(error, MAX_CAUSES).join("\nCaused by: "),
  };
}

function stacksOf(error: unknown, room: number): string[] {
  if (!(error instanceof Error) || room === 0) return [];
  const causes = error instanceof AggregateError ? error.errors : [error.cause];
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  return [stack, ...causes.flatMap((cause) => stacksOf(cause, room - 1))].slice(0, MAX_CAUSES);
}
