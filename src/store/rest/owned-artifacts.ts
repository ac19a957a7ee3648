import { MlflowException } from "../../base/errors.js";
import type { Settings } from "../../settings/settings.js";
import { howToAllow } from "../allowed-folders.js";
import type { ArtifactInfo, ArtifactRoot, ArtifactSource } from "../artifact-store.js";
import { collectPages } from "../pages.js";
import { schemeOf } from "../tracking-uri.js";
import { stringsOf, textOf } from "../wire/json-fields.js";
import { type ArtifactRoute, infosOf, signedUrl, withoutItself } from "./artifact-route.js";
import type { Http } from "./http.js";
import { pathPart } from "./path-part.js";
import { receiveFile } from "./receive-file.js";
import { checkSuccess, type HttpRequest, isSuccess, jsonOf } from "./response.js";
import { sendRetried } from "./retried.js";
import { sendSource, sizeOfSource } from "./send-source.js";

// Artifacts in storage that only the server can reach (a bucket, its own disk), by the routes of their owner, a
// run or a logged model. The server reads the artifacts. An upload goes to a signed URL, or, if it is small, to
// the server.

/** The server's limit. */
const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** The routes of the run or logged model that owns a root, and their query parameters. */
interface Owner {
  readonly id: Readonly<Record<string, string>>;
  readonly list: string;
  readonly listPath: string;
  readonly download: string;
  readonly downloadQuery: (path: string) => Readonly<Record<string, string>>;
  readonly upload?: (path: string) => Readonly<Record<string, string>>;
}

/** Undefined if the root has no owner. */
export function createOwnerRoute(
  http: Http,
  settings: Settings,
  root: ArtifactRoot,
): ArtifactRoute | undefined {
  const owner = ownerOf(root);
  if (!owner) return undefined;
  const { maxRetries } = settings;
  return {
    list: (path) => list(http, owner, path, maxRetries),
    async upload(path, source, signal) {
      const signed = await signedRequest(http, owner, path);
      const request = signed ?? (await plainRequest(root, owner, path, source));
      const send = () => sendSource(http, { ...request, signal }, source);
      checkSuccess(await sendRetried(send, { maxRetries, signal }));
    },
    download: (path, file, signal) =>
      receiveFile(
        http,
        { method: "GET", path: owner.download, query: owner.downloadQuery(path) },
        file,
        { maxRetries, signal },
      ),
  };
}

function ownerOf({ runId, modelId }: ArtifactRoot): Owner | undefined {
  if (modelId !== undefined) {
    const id = pathPart(modelId);
    return {
      id: { model_id: modelId },
      list: `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`,
      listPath: "artifact_directory_path",
      download: `/ajax-api/2.0/mlflow/logged-models/${id}/artifacts/files`,
      downloadQuery: (path) => ({ artifact_file_path: path }),
    };
  }
  if (runId === undefined) return undefined;
  return {
    id: { run_id: runId },
    list: "/api/2.0/mlflow/artifacts/list",
    listPath: "path",
    download: "/get-artifact",
    downloadQuery: (path) => ({ run_id: runId, path }),
    upload: (path) => ({ run_uuid: runId, path }),
  };
}

async function list(
  http: Http,
  owner: Owner,
  path: string,
  maxRetries: number,
): Promise<ArtifactInfo[]> {
  const infos = await collectPages<ArtifactInfo>("artifacts", async (pageToken) => {
    const query = {
      ...owner.id,
      ...(path && { [owner.listPath]: path }),
      ...(pageToken && { page_token: pageToken }),
    };
    const request: HttpRequest = { method: "GET", path: owner.list, query };
    const found = jsonOf(await sendRetried(() => http.send(request), { maxRetries }));
    return {
      items: infosOf(found.files, path, "at root"),
      nextPageToken: textOf(found.next_page_token),
    };
  });
  return withoutItself(infos, path);
}

/** An upload to the bucket itself. Undefined if the server signs no URLs for the storage. */
async function signedRequest(
  http: Http,
  owner: Owner,
  path: string,
): Promise<HttpRequest | undefined> {
  const response = await http.send({
    method: "POST",
    path: "/api/2.0/mlflow/artifacts/presigned-upload-url",
    json: { ...owner.id, path },
  });
  // An older server lacks the route. Others cannot sign, or lack the permission: try the server itself.
  if (!isSuccess(response)) return undefined;
  const { presigned_url: url, headers } = jsonOf(response);
  const elsewhere = signedUrl(url);
  return { method: "PUT", path: elsewhere.pathname, elsewhere, headers: stringsOf(headers) };
}

async function plainRequest(
  root: ArtifactRoot,
  owner: Owner,
  path: string,
  source: ArtifactSource,
): Promise<HttpRequest> {
  const bytes = await sizeOfSource(source);
  if (!owner.upload || bytes === 0 || bytes > MAX_UPLOAD_BYTES) {
    throw unreachable(root, `'${path}' (${bytes} bytes) cannot be uploaded`);
  }
  return {
    method: "POST",
    path: "/ajax-api/2.0/mlflow/upload-artifact",
    query: owner.upload(path),
    contentType: "application/octet-stream",
  };
}

/** The exception for artifacts that cannot be reached, with what the user can do. */
export function unreachable(root: ArtifactRoot, what: string): MlflowException {
  const { uri } = root;
  const isLocal = (schemeOf(uri) ?? "file") === "file";
  const where = isLocal
    ? "on the server's own disk, which is neither read nor written unless you allow it"
    : "in storage that this package cannot access directly";
  const orAllow = isLocal
    ? `. If the server runs on this machine and you trust it with that folder, ${howToAllow(root)}`
    : "";
  return new MlflowException(
    `The artifacts at ${uri} are ${where}: ${what}. Start the server with --serve-artifacts and use an experiment with artifacts at mlflow-artifacts:/, so that the server proxies them${orAllow}.`,
    "NOT_IMPLEMENTED",
  );
}
