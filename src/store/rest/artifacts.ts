import { stat } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { allowedFolderOf, experimentFolder } from "../allowed-folders.js";
import { checkArtifactPath } from "../artifact-path.js";
import type { ArtifactRoot, ArtifactStore } from "../artifact-store.js";
import { createDiskArtifacts } from "../disk-artifacts.js";
import { createProxyRoute } from "./artifact-proxy.js";
import type { ArtifactRoute } from "./artifact-route.js";
import { createServerRoute, unreachable } from "./artifact-server.js";
import { createArtifactServers, type ProxiedRoot } from "./artifact-servers.js";
import type { Credentials } from "./auth.js";
import type { Http } from "./http.js";

const SCHEME = /^([a-z][a-z0-9+.-]+):/i;
/** Storage that a server may sign addresses for, or write small files to. */
const BUCKETS = new Set(["s3", "gs", "abfs", "abfss", "wasb", "wasbs", "r2", "hdfs", "viewfs"]);

/** Artifacts of an MLflow server, by the way that their root's scheme asks for. */
export function createArtifactStore(
  http: Http,
  settings: Settings,
  credentials: Credentials,
): ArtifactStore & { readonly closeArtifacts: () => Promise<void> } {
  const servers = createArtifactServers(http, settings, credentials);

  async function routeTo(root: ArtifactRoot): Promise<ArtifactRoute> {
    const scheme = SCHEME.exec(root.uri)?.[1]?.toLowerCase() ?? "file";
    if (scheme === "mlflow-artifacts") return proxyRoute(servers.ofArtifactsUri(root.uri));
    if (/^https?$/.test(scheme)) return proxyRoute(servers.ofAddress(root.uri));
    if (scheme === "file") {
      const folder = await folderOnOurDisk(root, settings.allowedArtifactRoots.folders);
      return folder === undefined ? serverRoute(root) : diskRoute(root, folder);
    }
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
 * The folder that a server names as the place of artifacts, if the user allowed it and the server's disk is
 * ours: then the folder of the experiment is here.
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
    `Artifacts at ${uri} cannot be reached: this package speaks to an MLflow server's proxy (mlflow-artifacts:), to file: on the server's own host, and to s3:, gs:, abfss: and wasbs: through the server. Start the server with --serve-artifacts.`,
    "NOT_IMPLEMENTED",
  );
}
