import { invalidParameter, MlflowException } from "../../base/errors.js";
import { forEach } from "../../base/for-each.js";
import { debug } from "../../base/log.js";
import type { Plain } from "../../data/plain.js";
import type { Settings } from "../../settings/settings.js";
import { decodedPath, joinArtifactPath } from "../artifact-path.js";
import type { ArtifactSource } from "../artifact-store.js";
import { listOf, objectOf, stringsOf } from "../wire/json-fields.js";
import {
  type ArtifactRoute,
  encodedPath,
  infosOf,
  signedUrl,
  withoutItself,
} from "./artifact-route.js";
import type { Http } from "./http.js";
import { receiveFile } from "./receive-file.js";
import { checkSuccess, errorOf, type HttpResponse, isUnknownRoute, jsonOf } from "./response.js";
import { sendRetried } from "./retried.js";
import { sendSource, sizeOfSource } from "./send-source.js";

export const PROXY_PATH = "/api/2.0/mlflow-artifacts/artifacts";
/** Multipart upload: for each part of a large file, the server returns a signed URL of its cloud storage. */
const MULTIPART = "/api/2.0/mlflow-artifacts/mpu";
const PARTS_AT_A_TIME = 4;

export interface ProxyOptions {
  /** A client of the server that has the artifacts. */
  readonly http: Http;
  readonly settings: Settings;
  /** The root's path on that server. The caller checks it. */
  readonly root: string;
  /** Whether the server accepts multipart uploads. */
  readonly acceptsParts: () => Promise<boolean>;
}

/** Artifacts that an MLflow server proxies (`mlflow server --serve-artifacts`, its default). */
export function createProxyRoute(options: ProxyOptions): ArtifactRoute {
  const { http, settings, root, acceptsParts } = options;
  const { maxRetries } = settings;
  const urlPath = (path: string) => `${PROXY_PATH}/${encodedPath(joinArtifactPath(root, path))}`;
  const list: ArtifactRoute["list"] = async (path) => {
    const query = { path: joinArtifactPath(root, path) };
    const send = () => http.send({ method: "GET", path: PROXY_PATH, query });
    const { files } = jsonOf(await sendRetried(send, { maxRetries }));
    return withoutItself(infosOf(files, path, "at directory"), path);
  };
  return {
    list,
    async upload(path, source, signal) {
      checkName(path);
      if (await needsParts(source, settings, acceptsParts)) {
        const upload = { http, settings, path: joinArtifactPath(root, path), source, signal };
        if (await uploadInParts(upload)) return;
      }
      const request = {
        method: "PUT",
        path: urlPath(path),
        contentType: "application/octet-stream",
        signal,
      } as const;
      const send = () => sendSource(http, request, source);
      checkSuccess(await sendRetried(send, { maxRetries, signal }));
    },
    async download(path, file, signal) {
      let isMissing = false;
      const isFinal = async (response: HttpResponse) => {
        // Older servers, 3.4 among them, return an internal error for a file that does not exist.
        const { errorCode } = errorOf(response);
        isMissing = errorCode === "INTERNAL_ERROR" && !(await isListed(list, path));
        return isMissing;
      };
      const request = { method: "GET", path: urlPath(path) } as const;
      try {
        await receiveFile(http, request, file, { maxRetries, signal, isFinal });
      } catch (cause) {
        throw isMissing ? missing(path, cause) : cause;
      }
    },
  };
}

async function isListed(list: ArtifactRoute["list"], path: string): Promise<boolean> {
  const siblings = await list(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
  return siblings.some((sibling) => sibling.path === path);
}

function missing(path: string, cause: unknown): MlflowException {
  const message = `There is no artifact '${path}'.`;
  return new MlflowException(message, "RESOURCE_DOES_NOT_EXIST", { cause });
}

/** Rejects names that the server would change: it percent-decodes a path until nothing is left to decode. */
function checkName(path: string): void {
  const stored = decodedPath(path);
  if (stored === path) return;
  throw invalidParameter(
    `Invalid artifact path: ${JSON.stringify(path)}. The server would store it as ${JSON.stringify(stored)}. Choose a name without percent-encoding.`,
  );
}

interface PartsUpload {
  readonly http: Http;
  readonly settings: Settings;
  /** Relative to the server's artifact root. */
  readonly path: string;
  readonly source: ArtifactSource;
  readonly signal: AbortSignal | undefined;
}

/** Whether to try a multipart upload. The setting, if there is one, overrides what the server reports. */
async function needsParts(
  source: ArtifactSource,
  { multipartUpload, multipartMinimumBytes }: Settings,
  acceptsParts: () => Promise<boolean>,
): Promise<boolean> {
  if (multipartUpload === false || "bytes" in source) return false;
  if ((await sizeOfSource(source)) < multipartMinimumBytes) return false;
  return multipartUpload ?? (await acceptsParts());
}

/** Returns false if the server's storage does not support multipart uploads. Aborts an upload that fails. */
async function uploadInParts(upload: PartsUpload): Promise<boolean> {
  const { http, settings, path, source, signal } = upload;
  const slash = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const bytes = await sizeOfSource(source);
  const chunkBytes = settings.multipartChunkBytes;
  const count = Math.max(1, Math.ceil(bytes / chunkBytes));
  const post = (what: string, json: object) =>
    http.send({
      method: "POST",
      path: `${MULTIPART}/${what}${directory && `/${encodedPath(directory)}`}`,
      json: { path: name, ...json },
    });

  const created = await post("create", { num_parts: count });
  if (isMultipartUnsupported(created)) return false;
  const { upload_id: uploadId, credentials } = jsonOf(created);
  const parts: object[] = [];
  try {
    const targets = targetsOf(credentials, count);
    await forEach(targets.entries(), PARTS_AT_A_TIME, async ([index, target]) => {
      const start = index * chunkBytes;
      const part = { start, bytes: Math.min(chunkBytes, bytes - start) };
      const etag = await sendPart(upload, target, part);
      parts[index] = { part_number: target.partNumber, etag, url: target.url.href };
    });
    signal?.throwIfAborted();
    const completed = await post("complete", { upload_id: uploadId, parts });
    checkSuccess(completed);
    return true;
  } catch (cause) {
    await post("abort", { upload_id: uploadId }).catch((why) => debug("mpu/abort: %s", why));
    throw cause;
  }
}

interface PartTarget {
  readonly url: URL;
  readonly partNumber: number;
  readonly headers: Readonly<Record<string, string>>;
}

async function sendPart(
  { http, settings, source, signal }: PartsUpload,
  target: PartTarget,
  part: { readonly start: number; readonly bytes: number },
): Promise<string> {
  const { url: elsewhere, headers } = target;
  // Errors show `path`, so it omits the query, which contains the signature.
  const path = elsewhere.pathname;
  const request = { method: "PUT", path, elsewhere, headers, signal } as const;
  const response = await sendRetried(() => sendSource(http, request, source, part), {
    maxRetries: settings.maxRetries,
    signal,
  });
  checkSuccess(response);
  return response.etag ?? "";
}

/** @throws MlflowException INVALID_STATE if there is not one target for each part: the artifact would be incomplete. */
function targetsOf(credentials: Plain | undefined, count: number): PartTarget[] {
  const targets = listOf(credentials).map(targetOf);
  const numbers = new Set(targets.map(({ partNumber }) => partNumber));
  if (targets.length === count && numbers.size === count) return targets;
  throw new MlflowException(
    `The server returned ${targets.length} signed URLs with ${numbers.size} part numbers for an upload of ${count} parts. Set MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD=false to upload files as one request.`,
    "INVALID_STATE",
  );
}

function targetOf(value: Plain): PartTarget {
  const credential = objectOf(value);
  return {
    url: signedUrl(credential.url),
    partNumber: Number(credential.part_number),
    headers: stringsOf(credential.headers),
  };
}

function isMultipartUnsupported(response: HttpResponse): boolean {
  if (response.status === 501 || isUnknownRoute(response)) return true;
  return /Multipart upload is not supported/i.test(errorOf(response).message);
}

/** Whether a server reports that it accepts multipart uploads. Servers before 3.17 do not report it. */
export async function reportsMultipart(http: Http): Promise<boolean> {
  const request = { method: "GET", path: "/api/3.0/mlflow/server-info" } as const;
  const info = await http
    .send(request)
    .then(jsonOf)
    .catch(() => undefined);
  return info?.multipart_uploads_enabled === true;
}
