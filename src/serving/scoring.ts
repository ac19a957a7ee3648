import { MlflowException, messageOf } from "../base/errors.js";
import { MLFLOW_VERSION } from "../models/folder/ml-model.js";
import { pythonStr } from "../models/python-text.js";
import { answerJson } from "./answer-json.js";
import { jsonReply, type Reply, type ServedRequest, textReply } from "./exchange.js";
import type { Routes } from "./routes.js";
import { readInput, refusalOfContentType, type ScoringInput } from "./scoring-input.js";
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
  let read: ScoringInput | undefined;
  try {
    read = readInput(body, model.metadata.signature);
    const { data, params, isUnwrapped } = read;
    const given = (params ?? undefined) as Readonly<Record<string, unknown>> | undefined;
    const predictions = await model.predict(data, given, { signal });
    const text = answerJson(predictions);
    return textReply(200, isUnwrapped ? text : `{"predictions":${text}}`, "application/json");
  } catch (cause) {
    const reply = errorReply(read ? errorOfPredict(cause, read.data) : cause);
    if (reply.status === 500) request.logFailure?.(500, cause);
    return reply;
  }
}

function errorOfPredict(cause: unknown, data: unknown): unknown {
  if (!(cause instanceof MlflowException)) return cause;
  const message = `Failed to predict data '${pythonStr(data)}'. \nError: ${cause.message}`;
  return new MlflowException(message, cause.errorCode, { cause });
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
  // The error of `predict` is the cause. Columns are checked before `predict`.
  const cause = error instanceof Error ? error.cause : undefined;
  const texts = [error, cause].map(messageOf);
  if (texts.some((text) => /^Failed to enforce (schema of|model input schema)/.test(text))) {
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
