import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import type { buildConnector, Dispatcher } from "undici";
import { invalidParameter } from "../../base/errors.js";
import { withoutOtelSpans } from "../../base/open-telemetry.js";
import { readProxies } from "../../settings/proxies.js";
import type { Settings } from "../../settings/settings.js";

type Undici = typeof import("undici");

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: Buffer;
}

const CONNECT_TIMEOUT_MS = 10_000;
/** Less than the 5 s after which servers close an idle connection. */
const KEEP_ALIVE_MS = 4_000;

export type UndiciResponse = Dispatcher.ResponseData<unknown>;

/** The connections of one client. */
export interface Connections {
  request(
    url: URL,
    options: Omit<NonNullable<Parameters<Undici["request"]>[1]>, "dispatcher">,
  ): Promise<UndiciResponse>;
  /** Resolves when the requests that are running have ended. */
  close(): Promise<void>;
  /** Closes all sockets. */
  destroy(): Promise<void>;
}

/**
 * Loads undici and reads the certificates.
 *
 * @throws MlflowException INVALID_PARAMETER_VALUE for a certificate file that cannot be read, or an invalid proxy.
 */
export async function openConnections(settings: Settings): Promise<Connections> {
  const undici = await import("undici");
  const dispatcher = createAgent(undici, await tlsOptions(settings));
  return {
    // Otherwise they would be traces of the app.
    request: (url, options) =>
      withoutOtelSpans(() => undici.request(url, { ...options, dispatcher })),
    close: () => dispatcher.close(),
    destroy: () => dispatcher.destroy(),
  };
}

/**
 * Uses the proxies of the environment, as Python's client does: a request to an `http:`
 * server is sent to the proxy, and CONNECT is used for `https:` servers only. Sockets never keep the process alive; a
 * caller that waits for a response calls `holdUntil`.
 */
function createAgent(undici: Undici, tls: TlsOptions): Dispatcher {
  const { httpProxy, httpsProxy } = readProxies();
  return new undici.EnvHttpProxyAgent({
    ...(httpProxy !== undefined && { httpProxy }),
    ...(httpsProxy !== undefined && { httpsProxy }),
    proxyTunnel: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTls: tls,
    connect: undici.buildConnector({ timeout: CONNECT_TIMEOUT_MS, ...tls }),
    factory: (origin, options) => createPool(undici, origin, options),
    clientFactory: (origin, options) => createPool(undici, origin, options),
  });
}

/** The pools of a proxy do not receive the options of the agent. */
function createPool(undici: Undici, origin: string | URL, options: object): Dispatcher {
  const { connect } = options as { readonly connect: buildConnector.connector };
  return new undici.Pool(origin, {
    keepAliveTimeout: KEEP_ALIVE_MS,
    ...options,
    connect: (target, callback) =>
      connect(target, (...[error, socket]) =>
        error ? callback(error, null) : callback(null, unreferenced(socket)),
      ),
  });
}

/** Undici calls `ref` for each request, so `ref` must do nothing. */
function unreferenced<S extends Socket>(socket: S): S {
  socket.unref();
  socket.ref = () => socket;
  return socket;
}

async function tlsOptions({ insecureTls, serverCertPath }: Settings): Promise<TlsOptions> {
  return {
    ...(insecureTls && { rejectUnauthorized: false }),
    ...(serverCertPath && { ca: await readCertificates(serverCertPath) }),
  };
}

async function readCertificates(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw invalidParameter(
      `MLFLOW_TRACKING_SERVER_CERT_PATH must name a certificate file that can be read: ${(cause as Error).message}.`,
    );
  }
}
