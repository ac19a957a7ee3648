import { MlflowException } from "../../base/errors.js";
import { parseExactJson } from "../../data/exact-json.js";
import { isPlainObject, type Plain, type PlainObject } from "../../data/plain.js";
import { isSuccess, restException } from "./failure.js";
import type { Answer, Http, Request } from "./http.js";

/** Sends, and reads the JSON that came back. Throws a RestException for every other answer. */
export async function requestJson(http: Http, request: Request): Promise<PlainObject> {
  return jsonOf(await http.send(request));
}

/** The same, but `undefined` when the server says that there is no such thing. */
export async function findJson(http: Http, request: Request): Promise<PlainObject | undefined> {
  const answer = await http.send(request);
  if (isSuccess(answer)) return jsonOf(answer);
  const error = restException(answer);
  if (error.errorCode === "RESOURCE_DOES_NOT_EXIST") return undefined;
  throw error;
}

export function jsonOf(answer: Answer): PlainObject {
  if (!isSuccess(answer)) throw restException(answer);
  const parsed = parse(answer);
  return isPlainObject(parsed) ? parsed : {};
}

function parse({ text, request, uri, status }: Answer): Plain {
  try {
    return parseExactJson(text || "{}");
  } catch (cause) {
    throw new MlflowException(
      `The answer of ${uri} to ${request.method} ${request.path} is not JSON (status ${status}, ${text.length} characters). Check that the tracking URI names an MLflow server, and that nothing between changes its answers.`,
      "INTERNAL_ERROR",
      { cause },
    );
  }
}
