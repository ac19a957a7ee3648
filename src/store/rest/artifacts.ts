import { statSync } from "node:fs";
import { basename, dirname } from "node:path";
import type { Settings } from "../../config/settings.js";
import { MlflowException } from "../../errors.js";
import { checkArtifactPath } from "../artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../artifact-store.js";
import { createDiskArtifacts, folderOfRoot } from "../disk-artifacts.js";
import { createProxyRoute } from "./artifact-proxy.js";
import type { ArtifactRoute } from "./artifact-route.js";
import { createServerRoute, unreachable } from "./artifact-server.js";
import { createArtifactServers, type ProxiedRoot } from "./artifact-servers.js";
import type { Http } from "./http.js";

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;
/** Storage that a server may sign addresses for, or write small files to. */
const BUCKETS = new Set(["s3", "gs", "abfs", "abfss", "wasb", "wasbs", "r2", "hdfs", "viewfs"]);

/** Artifacts of an MLflow server, by the way that their root's scheme asks for. */
export function createArtifactStore(
  http: Http,
  settings: Settings,
): ArtifactStore & { readonly closeArtifacts: () => Promise<void> } {
  const servers = createArtifactServers(http, settings);

  function routeTo(root: ArtifactRoot): ArtifactRoute {
    const scheme = SCHEME.exec(root.uri)?.[1]?.toLowerCase() ?? "file";
    if (scheme === "mlflow-artifacts") return proxyRoute(servers.ofArtifactsUri(root.uri));
    if (/^https?$/.test(scheme)) return proxyRoute(servers.ofAddress(root.uri));
    if (scheme === "file") return isOnOurDisk(root) ? diskRoute(root) : serverRoute(root);
    if (BUCKETS.has(scheme)) return serverRoute(root);
    throw unsupported(root.uri);
  }

  function proxyRoute({ server, path }: ProxiedRoot): ArtifactRoute {
    const bare = path.replace(/^\/+|\/+$/g, "");
    // Also a root must stay below the server's own.
    return createProxyRoute({ ...server, settings, root: bare && checkArtifactPath(bare) });
  }

  function serverRoute(root: ArtifactRoot): ArtifactRoute {
    const route = createServerRoute(http, settings, root);
    if (route) return route;
    throw unreachable(root, "they are of no run or model that the server could be asked for");
  }

  return {
    listArtifacts: async (root, path = "") => routeTo(root).list(path && checkArtifactPath(path)),
    uploadArtifact: async (root, path, source, signal) =>
      routeTo(root).upload(checkArtifactPath(path), source, signal),
    downloadArtifact: async (root, path, file, signal) =>
      routeTo(root).download(checkArtifactPath(path), file, signal),
    findLocally: async (root, path) => routeTo(root).findLocally?.(path && checkArtifactPath(path)),
    closeArtifacts: () => servers.close(),
  };
}

const disk = createDiskArtifacts(folderOfRoot);

function diskRoute(root: ArtifactRoot): ArtifactRoute {
  return {
    list: (path) => disk.listArtifacts(root, path),
    upload: (path, source) => disk.uploadArtifact(root, path, source),
    download: (path, file) => disk.downloadArtifact(root, path, file),
    findLocally: (path) => disk.findLocally(root, path),
  };
}

/** The server's disk is ours if the folder of the experiment is here. */
function isOnOurDisk(root: ArtifactRoot): boolean {
  const found = statSync(experimentFolder(folderOfRoot(root)), { throwIfNoEntry: false });
  return found?.isDirectory() === true;
}

/** Roots are `<experiment>/<run>/artifacts`, `<experiment>/models/<model>/artifacts`, or the experiment's. */
function experimentFolder(root: string): string {
  if (basename(root) !== "artifacts") return root;
  const folder = dirname(dirname(root));
  return /^(models|traces)$/.test(basename(folder)) ? dirname(folder) : folder;
}

function unsupported(uri: string): MlflowException {
  return new MlflowException(
    `Artifacts at ${uri} cannot be reached: this package speaks to an MLflow server's proxy (mlflow-artifacts:), to file: on the server's own host, and to s3:, gs:, abfss: and wasbs: through the server. Start the server with --serve-artifacts.`,
    "NOT_IMPLEMENTED",
  );
}
