import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RecordedRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingServer {
  readonly url: string;
  /** Host and port. */
  readonly host: string;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/** A server on this machine that keeps all requests; it answers with `{}` what `answer` does not answer. */
export async function startRecordingServer(
  answer: (request: RecordedRequest, response: ServerResponse) => unknown = () => undefined,
): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = "", url = "", headers } = incoming;
    const body = Buffer.concat(await incoming.toArray()).toString("latin1");
    const request = { method, url, headers, body };
    requests.push(request);
    response.setHeader("content-type", "application/json");
    const json = await answer(request, response);
    if (json !== undefined) response.end(JSON.stringify(json));
    else if (!response.headersSent && !response.writableEnded) response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}`,
    host,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
