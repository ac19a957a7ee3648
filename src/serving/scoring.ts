import { MlflowException, messageOf } from "../base/errors.js";
import { MLFLOW_VERSION } from "../models/folder/ml-model.js";
import { pythonStr } from "../models/python-text.js";
import { jsonReply, Refusal, type Reply, type ServedRequest, textReply } from "./exchange.js";
import type { Routes } from "./routes.js";
import { readInput, refusalOfContentType } from "./scoring-input.js";
import type { ServedModel } from "./served-model.js";

/** The paths of Python's `mlflow models serve` (`mlflow/pyfunc/scoring_server`). */
export function scoringRoutes(model: ServedModel, maxBodyBytes: number): Routes {
  const ping = () => textReply(200, "\n", "application/json");
  return {
    "/ping": { GET: ping },
    "/health": { GET: ping },
    "/version": { GET: () => textReply(200, MLFLOW_VERSION, "application/json") },
    "/invocations": {
      POST: (request, signal) => invocation(model, request, { maxBodyBytes, signal }),
    },
  };
}

async function invocation(
  model: ServedModel,
  request: ServedRequest,
  { maxBodyBytes, signal }: { readonly maxBodyBytes: number; readonly signal: AbortSignal },
): Promise<Reply> {
  const body = await request.readBody(maxBodyBytes);
  const refusal = refusalOfContentType(request.header("content-type"));
  if (refusal) return refusal;
  try {
    const { data, params, isUnwrapped } = readInput(body, model.metadata.signature);
    const predictions = await predict(model, data, params, signal);
    return jsonReply(200, isUnwrapped ? predictions : { predictions });
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    return errorReply(cause);
  }
}

async function predict(
  model: ServedModel,
  data: unknown,
  params: unknown,
  signal: AbortSignal,
): Promise<unknown> {
  try {
    const given = (params ?? undefined) as Readonly<Record<string, unknown>> | undefined;
    return await model.predict(data, given, { signal });
  } catch (cause) {
    if (!(cause instanceof MlflowException)) throw cause;
    const message = `Failed to predict data '${pythonStr(data)}'. \nError: ${cause.message}`;
    throw new MlflowException(message, cause.errorCode, { cause });
  }
}

/** The statuses of MLflow's codes. Any other code has 500. */
const STATUSES: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  REQUEST_LIMIT_EXCEEDED: 429,
  NOT_IMPLEMENTED: 501,
  TEMPORARILY_UNAVAILABLE: 503,
};

/** The classes that MLflow derives from an error. */
function classOf(error: unknown, status: number) {
  // The error of `predict` is the cause.
  const cause = error instanceof Error ? error.cause : undefined;
  if (/^Failed to enforce (schema of|model input schema)/.test(messageOf(cause))) {
    return { sqlstate: "KAM01", error_class: "SCHEMA_ENFORCEMENT_FAILED" };
  }
  if (status === 400) return { sqlstate: "KAM00", error_class: "INVALID_PARAMETER_VALUE" };
  return status === 500 ? { sqlstate: "XXM00", error_class: "CLIENT_INTERNAL_ERROR" } : {};
}

/** An error in the form of `MlflowException.serialize_as_json`. The stack trace is not sent. */
function errorReply(error: unknown): Reply {
  const code = error instanceof MlflowException ? error.errorCode : "INTERNAL_ERROR";
  const status = STATUSES[code] ?? 500;
  const message = messageOf(error);
  return jsonReply(status, { error_code: code, message, ...classOf(error, status) });
}
