import {
  bodyTooLarge,
  bodyUnreadable,
  clientLeft,
  type Reply,
  type ServedRequest,
} from "./exchange.js";
import type { ReadServingOptions } from "./options.js";
import { createResponder } from "./responder.js";
import type { ServedModel } from "./served-model.js";

/** Answers the requests of servers that use the classes of the Fetch API. */
export function createWebHandler(model: ServedModel, options: ReadServingOptions) {
  const respond = createResponder(model, options);
  return async (request: Request): Promise<Response> => {
    const controller = new AbortController();
    const { signal } = request;
    const leave = () => controller.abort(clientLeft());
    if (signal.aborted) leave();
    else signal.addEventListener("abort", leave, { once: true });
    const served: ServedRequest = {
      method: request.method,
      path: new URL(request.url).pathname,
      header: (name) => request.headers.get(name) ?? undefined,
      readBody: (maxBytes) => readBody(request, maxBytes),
      controller,
    };
    return toResponse(await respond(served), controller);
  };
}

async function readBody({ body }: Request, maxBytes: number): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // A body that the app is reading throws here, which is no error of the client.
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw bodyUnreadable();
    });
    if (done) return Buffer.concat(chunks);
    bytes += value.length;
    if (bytes > maxBytes) {
      reader.cancel().catch(() => {});
      throw bodyTooLarge(maxBytes);
    }
    chunks.push(value);
  }
}

/** The call is aborted when the server cancels the body, because the client has disconnected. */
function toResponse({ status, headers, body }: Reply, call: AbortController): Response {
  if (typeof body === "string") {
    return new Response(body === "" ? null : body, { status, headers });
  }
  const encoder = new TextEncoder();
  const texts = body[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await texts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    cancel() {
      call.abort(clientLeft());
      // It waits for the next text, which may not come.
      void texts.return?.();
    },
  });
  return new Response(stream, { status, headers });
}
