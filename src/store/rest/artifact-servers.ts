import { invalidParameter } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { takesParts } from "./artifact-parts.js";
import type { Credentials } from "./auth.js";
import { createHttp, type Http } from "./http.js";

/** A server that hands artifacts through, and whether it takes long ones in parts, asked once. */
export interface ArtifactServer {
  readonly http: Http;
  readonly takesParts: () => Promise<boolean>;
}

/** A root on such a server: a path from the server's own artifact root. */
export interface ProxiedRoot {
  readonly server: ArtifactServer;
  readonly path: string;
}

export interface ArtifactServers {
  /** `mlflow-artifacts:/path` is behind the tracking server, `mlflow-artifacts://host/path` behind another. */
  ofArtifactsUri(uri: string): ProxiedRoot;
  /** `http(s)://host/api/2.0/mlflow-artifacts/artifacts/path`. */
  ofAddress(uri: string): ProxiedRoot;
  close(): Promise<void>;
}

const PROXY_PATH = "/api/2.0/mlflow-artifacts/artifacts";

/**
 * The tracking server and the other servers that roots name. Anyone can name a server, so `credentials`
 * decides which of them receives any.
 */
export function createArtifactServers(
  tracking: Http,
  settings: Settings,
  credentials: Credentials,
): ArtifactServers {
  const trackingServer = serverOf(tracking);
  const others = new Map<string, ArtifactServer>();

  function at(uri: string): ArtifactServer {
    if (uri === tracking.uri) return trackingServer;
    if (!URL.canParse(uri)) {
      throw invalidParameter(`The artifact root names no server that has an address: ${uri}.`);
    }
    const server = others.get(uri) ?? serverOf(createHttp({ uri, settings, credentials }));
    others.set(uri, server);
    return server;
  }

  return {
    ofArtifactsUri(uri) {
      const [, host = "", path = ""] = /^[^:]+:(?:\/\/([^/]*))?(.*)$/.exec(uri) ?? [];
      if (host === "") return { server: trackingServer, path };
      const { protocol, pathname } = new URL(tracking.uri);
      const prefix = pathname.replace(/\/$/, "");
      return { server: at(`${protocol}//${host}${prefix}`), path };
    },
    ofAddress(uri) {
      const [base = "", path] = uri.split(PROXY_PATH, 2);
      if (path === undefined) {
        throw invalidParameter(`${uri} is no address of MLflow artifacts: it lacks ${PROXY_PATH}.`);
      }
      return { server: at(base), path };
    },
    async close() {
      await Promise.all([...others.values()].map(({ http }) => http.close()));
    },
  };
}

function serverOf(http: Http): ArtifactServer {
  let known: Promise<boolean> | undefined;
  return {
    http,
    takesParts() {
      known ??= takesParts(http);
      return known;
    },
  };
}
