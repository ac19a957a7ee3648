import type { Settings } from "../../settings/settings.js";
import { type Capabilities, capabilitiesOf } from "./capabilities.js";
import { createHttp } from "./http.js";
import { restException } from "./response.js";

/** What one request shows about a server. */
export interface ServerProbe {
  /** Undefined if the server does not report its version. */
  readonly capabilities: Capabilities | undefined;
  /** The server's clock minus ours. Undefined if the response has no date. */
  readonly clockSkewMs: number | undefined;
}

/** `Date` headers have no fraction of a second. */
const HEADER_RESOLUTION_MS = 1_000;

const LONGEST_VERSION = 1_000;

/**
 * Asks a server for its version.
 *
 * @throws MlflowException if there is no response, or it is not the response of an MLflow server.
 */
export async function probeServer(uri: string, settings: Settings): Promise<ServerProbe> {
  const http = createHttp({ uri, settings });
  try {
    let text = "";
    let date: string | undefined;
    const response = await http.send({ method: "GET", path: "/version" }, async (received) => {
      date = received.header("date");
      for await (const chunk of received.body) {
        text += Buffer.from(chunk).toString();
        if (text.length > LONGEST_VERSION) break;
      }
    });
    const isVersion = /^\s*\d+\.\d+(\.\w+)*\s*$/.test(text);
    if (!isVersion && response.status < 300)
      throw restException({ ...response, status: 404, text });
    if (response.status >= 300) throw restException(response);
    const skewMs = date === undefined ? undefined : Date.parse(date) - Date.now();
    const isSmall = skewMs === undefined || Math.abs(skewMs) <= HEADER_RESOLUTION_MS;
    return { capabilities: capabilitiesOf(text.trim()), clockSkewMs: isSmall ? 0 : skewMs };
  } finally {
    await http.close();
  }
}
