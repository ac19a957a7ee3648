import { MlflowException } from "../../base/errors.js";
import { isPlainObject, type PlainObject } from "../../data/plain.js";
import type { Settings } from "../../settings/settings.js";
import { howToAllow } from "../allowed-folders.js";
import type { ArtifactInfo, ArtifactRoot, ArtifactSource } from "../artifact-store.js";
import { collectPages } from "../pages.js";
import { type ArtifactRoute, infosOf, signedAddress, withoutItself } from "./artifact-route.js";
import { isSuccess, restException } from "./failure.js";
import type { Http, Request } from "./http.js";
import { stringsOf, textOf } from "./json-fields.js";
import { receiveFile } from "./receive-file.js";
import { jsonOf } from "./request-json.js";
import { sendRetried } from "./retried.js";
import { sendSource, sizeOfSource } from "./send-file.js";

// Artifacts in a place that only the server can reach (a bucket, its own disk), by the routes of its
// runs and logged models: it reads them for us, and lets us write by a signed address or, small ones, itself.

/** As the server refuses more. */
const MAX_UPLOAD_BYTES = 10 * 1024 * 1024;

/** How the server calls the owner of a root in its routes. */
interface Owner {
  readonly id: Readonly<Record<string, string>>;
  readonly list: string;
  readonly listPath: string;
  readonly download: string;
  readonly downloadQuery: (path: string) => Readonly<Record<string, string>>;
  readonly upload?: (path: string) => Readonly<Record<string, string>>;
}

/** Undefined where nobody is known whose artifacts these are. */
export function createServerRoute(
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
      const answer = await sendRetried(send, { maxRetries, signal });
      if (!isSuccess(answer)) throw restException(answer);
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
    const id = encodeURIComponent(modelId);
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
    const request: Request = { method: "GET", path: owner.list, query };
    const found = jsonOf(await sendRetried(() => http.send(request), { maxRetries }));
    return {
      items: infosOf(found.files, path, "from root"),
      nextPageToken: textOf(found.next_page_token),
    };
  });
  return withoutItself(infos, path);
}

/** To the bucket itself; undefined where the server signs nothing for such a place. */
async function signedRequest(http: Http, owner: Owner, path: string): Promise<Request | undefined> {
  const answer = await http.send({
    method: "POST",
    path: "/api/2.0/mlflow/artifacts/presigned-upload-url",
    json: { ...owner.id, path },
  });
  // Older servers have no such route, others no way to sign, or no right to: the other way may do.
  if (!isSuccess(answer)) return undefined;
  const { presigned_url: url, headers }: PlainObject = jsonOf(answer);
  const elsewhere = signedAddress(url);
  return {
    method: "PUT",
    path: elsewhere.pathname,
    elsewhere,
    headers: isPlainObject(headers) ? stringsOf(headers) : {},
  };
}

async function plainRequest(
  root: ArtifactRoot,
  owner: Owner,
  path: string,
  source: ArtifactSource,
): Promise<Request> {
  const bytes = await sizeOfSource(source);
  if (!owner.upload || bytes === 0 || bytes > MAX_UPLOAD_BYTES) {
    throw unreachable(root, `'${path}' (${bytes} bytes) cannot be sent there`);
  }
  return {
    method: "POST",
    path: "/ajax-api/2.0/mlflow/upload-artifact",
    query: owner.upload(path),
    contentType: "application/octet-stream",
  };
}

/** What to do about a place that we cannot reach. */
export function unreachable(root: ArtifactRoot, what: string): MlflowException {
  const { uri } = root;
  // A letter and a colon is a drive of Windows.
  const isLocal = /^file:/i.test(uri) || !/^[a-z][a-z0-9+.-]+:/i.test(uri);
  const where = isLocal
    ? "on the server's own disk, of which nothing is read or written unless you allow it"
    : "in a storage that is not spoken to from here";
  const orAllow = isLocal
    ? `. If the server runs on this machine and you trust it with that folder, ${howToAllow(root)}`
    : "";
  return new MlflowException(
    `The artifacts at ${uri} are ${where}: ${what}. Start the server with --serve-artifacts and an experiment whose artifacts are at mlflow-artifacts:/, so that it hands them through${orAllow}.`,
    "NOT_IMPLEMENTED",
  );
}
