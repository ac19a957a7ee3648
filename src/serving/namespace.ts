/** The contents of the namespace `mlflow.serving`. */
import { readServingOptions, type ServingOptions } from "./options.js";
import { readServableModel, type ServableModel, servedModelOf } from "./served-model.js";

export type { ServingOptions } from "./options.js";
export type { ServableModel, ServedModel } from "./served-model.js";

/** Answers an HTTP request. It never rejects. */
export type RequestHandler = (request: Request) => Promise<Response>;

/**
 * Returns a function that answers HTTP requests with a model, for a server of the app: Hono, Next.js, `Bun.serve`. It has the
 * paths, the status codes and the bodies of Python's `mlflow models serve`, or with `agent` those of
 * `mlflow.genai.agent_server`. The signature of the model is enforced. A call whose client disconnects is aborted.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for another model, or for an unknown or invalid option.
 * @example
 * const model = await mlflow.pyfunc.loadModel("models:/agent@champion");
 * const handler = mlflow.serving.createHandler(model, { agent: true });
 * app.all("*", (context) => handler(context.req.raw)); // Hono
 */
export function createHandler(model: ServableModel, options: ServingOptions = {}): RequestHandler {
  const servable = readServableModel("createHandler()", model);
  const settings = readServingOptions("createHandler()", options);
  // Most apps serve no model, so the code loads at the first request.
  let loaded: Promise<RequestHandler> | undefined;
  const load = async () => {
    const { createWebHandler } = await import("./web-handler.js");
    return createWebHandler(await servedModelOf(servable), settings);
  };
  return async (request) => {
    loaded ??= load();
    return (await loaded)(request);
  };
}
