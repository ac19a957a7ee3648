import { stat } from "node:fs/promises";
import { invalidParameter, MlflowException } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { allowedFolderOf, experimentFolder } from "../allowed-folders.js";
import { checkArtifactPath } from "../artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../artifact-store.js";
import { createDiskArtifacts } from "../disk-artifacts.js";
import { schemeOf } from "../tracking-uri.js";
import type { ArtifactRoute } from "./artifact-route.js";
import type { Credentials } from "./auth.js";
import { createHttp, type Http } from "./http.js";
import { createOwnerRoute, unreachable } from "./owned-artifacts.js";
import { createProxyRoute, PROXY_PATH, reportsMultipart } from "./proxied-artifacts.js";

/** Storage for which a server may sign URLs, or to which it may write small files. */
const BUCKETS = new Set(["s3", "gs", "abfs", "abfss", "wasb", "wasbs", "r2", "hdfs", "viewfs"]);

/** Artifacts of an MLflow server. The scheme of a root selects the route. */
export function createArtifactStore(
  http: Http,
  settings: Settings,
  credentials: Credentials,
): ArtifactStore & { readonly closeArtifacts: () => Promise<void> } {
  const servers = createArtifactServers(http, settings, credentials);

  async function routeTo(root: ArtifactRoot): Promise<ArtifactRoute> {
    const scheme = schemeOf(root.uri) ?? "file";
    if (scheme === "mlflow-artifacts") return proxyRoute(servers.ofArtifactsUri(root.uri));
    if (/^https?$/.test(scheme)) return proxyRoute(servers.ofUrl(root.uri));
    if (scheme === "file") {
      const folder = await folderOnOurDisk(root, settings.allowedArtifactRoots.folders);
      return folder === undefined ? ownerRoute(root) : diskRoute(root, folder);
    }
    if (BUCKETS.has(scheme)) return ownerRoute(root);
    throw unsupported(root.uri);
  }

  function proxyRoute({ server, path }: ProxiedRoot): ArtifactRoute {
    const bare = path.replace(/^\/+|\/+$/g, "");
    // A root must be below the server's artifact root.
    return createProxyRoute({ ...server, settings, root: bare && checkArtifactPath(bare) });
  }

  function ownerRoute(root: ArtifactRoot): ArtifactRoute {
    const route = createOwnerRoute(http, settings, root);
    if (route) return route;
    throw unreachable(root, "they belong to no run or model, so the server has no route to them");
  }

  return {
    listArtifacts: async (root, path = "") =>
      (await routeTo(root)).list(path && checkArtifactPath(path)),
    uploadArtifact: async (root, path, source, signal) =>
      (await routeTo(root)).upload(checkArtifactPath(path), source, signal),
    downloadArtifact: async (root, path, file, signal) =>
      (await routeTo(root)).download(checkArtifactPath(path), file, signal),
    findLocally: async (root, path) =>
      (await routeTo(root)).findLocally?.(path && checkArtifactPath(path)),
    closeArtifacts: () => servers.close(),
  };
}

function diskRoute(root: ArtifactRoot, folder: string): ArtifactRoute {
  const disk = createDiskArtifacts(() => folder);
  return {
    list: (path) => disk.listArtifacts(root, path),
    upload: (path, source) => disk.uploadArtifact(root, path, source),
    download: (path, file) => disk.downloadArtifact(root, path, file),
    findLocally: (path) => disk.findLocally(root, path),
  };
}

/**
 * The local folder that a root names. Undefined if the user does not allow it, or if its experiment has no folder
 * on this machine: then it is on the server's disk.
 */
export async function folderOnOurDisk(
  root: ArtifactRoot,
  allowed: readonly string[],
): Promise<string | undefined> {
  const folder = await allowedFolderOf(root, allowed);
  if (folder === undefined) return undefined;
  const found = await stat(experimentFolder(folder)).catch(() => undefined);
  return found?.isDirectory() ? folder : undefined;
}

function unsupported(uri: string): MlflowException {
  return new MlflowException(
    `Artifacts at ${uri} cannot be reached: supported are mlflow-artifacts: (an MLflow server as the proxy), file: on the server's own host, and s3:, gs:, abfss: and wasbs: through the server. Start the server with --serve-artifacts.`,
    "NOT_IMPLEMENTED",
  );
}

/** The artifacts of a store are on one or two servers. A faulty tracking server may name any number of them. */
const MAX_OTHER_SERVERS = 8;

/** A server that proxies artifacts. */
interface ArtifactServer {
  readonly http: Http;
  /** Whether it accepts multipart uploads. Asks the server once. */
  readonly acceptsParts: () => Promise<boolean>;
}

/** A root on a server that proxies artifacts. */
interface ProxiedRoot {
  readonly server: ArtifactServer;
  /** Relative to the server's artifact root. */
  readonly path: string;
}

interface ArtifactServers {
  /** `mlflow-artifacts:/path` is on the tracking server, `mlflow-artifacts://host/path` on another server. */
  ofArtifactsUri(uri: string): ProxiedRoot;
  /** `http(s)://host/api/2.0/mlflow-artifacts/artifacts/path`. */
  ofUrl(uri: string): ProxiedRoot;
  close(): Promise<void>;
}

/** The tracking server, and the other servers that roots name. `credentials` decides which of them receive any. */
function createArtifactServers(
  tracking: Http,
  settings: Settings,
  credentials: Credentials,
): ArtifactServers {
  const trackingServer = serverOf(tracking);
  const others = new Map<string, ArtifactServer>();

  function at(uri: string): ArtifactServer {
    if (uri === tracking.uri) return trackingServer;
    if (!URL.canParse(uri)) {
      throw invalidParameter(`The artifact root names a server whose URL is not valid: ${uri}.`);
    }
    const server = others.get(uri) ?? serverOf(createHttp({ uri, settings, credentials }));
    // The server that is used most recently is the last one.
    others.delete(uri);
    others.set(uri, server);
    releaseOldest();
    return server;
  }

  function releaseOldest(): void {
    const [oldest] = others;
    if (!oldest || others.size <= MAX_OTHER_SERVERS) return;
    others.delete(oldest[0]);
    oldest[1].http.release();
  }

  return {
    ofArtifactsUri(uri) {
      const [, host = "", path = ""] = /^[^:]+:(?:\/\/([^/]*))?(.*)$/.exec(uri) ?? [];
      if (host === "") return { server: trackingServer, path };
      const { protocol, pathname } = new URL(tracking.uri);
      const prefix = pathname.replace(/\/$/, "");
      return { server: at(`${protocol}//${host}${prefix}`), path };
    },
    ofUrl(uri) {
      const [base = "", path] = uri.split(PROXY_PATH, 2);
      if (path === undefined) {
        throw invalidParameter(
          `${uri} is not the URL of MLflow artifacts: it lacks ${PROXY_PATH}.`,
        );
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
    acceptsParts() {
      known ??= reportsMultipart(http);
      return known;
    },
  };
}
