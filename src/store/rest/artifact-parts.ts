import { forEach } from "../../base/for-each.js";
import { debug } from "../../base/log.js";
import type { Plain } from "../../data/plain.js";
import type { Settings } from "../../settings/settings.js";
import type { ArtifactSource } from "../artifact-store.js";
import { encodedPath, signedAddress } from "./artifact-route.js";
import { errorOf, isSuccess, isUnknownRoute, restException } from "./failure.js";
import type { Answer, Http } from "./http.js";
import { listOf, objectOf, stringsOf } from "./json-fields.js";
import { jsonOf, requestJson } from "./request-json.js";
import { sendRetried } from "./retried.js";
import { sendSource, sizeOfSource } from "./send-file.js";

// Multipart upload: the server gives a signed address in its cloud storage for each part of a long file.

const PARTS = "/api/2.0/mlflow-artifacts/mpu";
const PARTS_AT_A_TIME = 4;

export interface PartsUpload {
  readonly http: Http;
  readonly settings: Settings;
  /** From the server's artifact root. */
  readonly path: string;
  readonly source: ArtifactSource;
  readonly signal?: AbortSignal | undefined;
}

/** Whether it is to be sent in parts, if the server can; the environment has the last word. */
export async function isLongForOne(
  source: ArtifactSource,
  { multipartUpload, multipartMinimumBytes }: Settings,
  takesParts: () => Promise<boolean>,
): Promise<boolean> {
  if (multipartUpload === false || "bytes" in source) return false;
  if ((await sizeOfSource(source)) < multipartMinimumBytes) return false;
  return multipartUpload ?? (await takesParts());
}

/** False where this server's storage knows no parts. What was begun and fails is taken back. */
export async function uploadInParts(upload: PartsUpload): Promise<boolean> {
  const { http, settings, path, source, signal } = upload;
  const slash = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
  const bytes = await sizeOfSource(source);
  const chunkBytes = settings.multipartChunkBytes;
  const count = Math.max(1, Math.ceil(bytes / chunkBytes));
  const post = (what: string, json: object) =>
    http.send({
      method: "POST",
      path: `${PARTS}/${what}${directory && `/${encodedPath(directory)}`}`,
      json: { path: name, ...json },
    });

  const created = await post("create", { num_parts: count });
  if (isUnsupported(created)) return false;
  const { upload_id: uploadId, credentials } = jsonOf(created);
  const targets = listOf(credentials).map(targetOf);
  const parts: object[] = [];
  try {
    await forEach(targets.entries(), PARTS_AT_A_TIME, async ([index, target]) => {
      const start = index * chunkBytes;
      const part = { start, bytes: Math.min(chunkBytes, bytes - start) };
      const etag = await sendPart(upload, target, part);
      parts[index] = { part_number: target.partNumber, etag, url: target.url.href };
    });
    signal?.throwIfAborted();
    const completed = await post("complete", { upload_id: uploadId, parts });
    if (!isSuccess(completed)) throw restException(completed);
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
  const answer = await sendRetried(
    () => {
      // Without its query, which is a signature.
      const request = {
        method: "PUT",
        path: elsewhere.pathname,
        elsewhere,
        headers,
        signal,
      } as const;
      return sendSource(http, request, source, part);
    },
    { maxRetries: settings.maxRetries, signal },
  );
  if (!isSuccess(answer)) throw restException(answer);
  return answer.etag ?? "";
}

function targetOf(value: Plain): PartTarget {
  const credential = objectOf(value);
  return {
    url: signedAddress(credential.url),
    partNumber: Number(credential.part_number),
    headers: stringsOf(credential.headers),
  };
}

function isUnsupported(answer: Answer): boolean {
  if (answer.status === 501 || isUnknownRoute(answer)) return true;
  return /Multipart upload is not supported/i.test(errorOf(answer).message);
}

/** Whether a server says of itself that it takes parts; those before 3.17 do not tell. */
export async function takesParts(http: Http): Promise<boolean> {
  const request = { method: "GET", path: "/api/3.0/mlflow/server-info" } as const;
  const info = await requestJson(http, request).catch(() => undefined);
  return info?.multipart_uploads_enabled === true;
}
