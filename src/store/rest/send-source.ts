import { type FileHandle, open } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import type { ArtifactSource } from "../artifact-store.js";
import { localFailure, notAFile } from "../local-files.js";
import type { Http } from "./http.js";
import type { HttpRequest, HttpResponse } from "./response.js";

/** Fewer reads than with Node's 64 KB, and still little memory. */
const READ_BYTES = 256 * 1024;

/** A range of a file. */
interface FilePart {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Sends an artifact as the body of a request. A file is streamed.
 *
 * @param part default: the whole file.
 * @throws MlflowException INVALID_STATE if the file becomes shorter during the upload.
 */
export async function sendSource(
  http: Http,
  request: HttpRequest,
  source: ArtifactSource,
  part?: FilePart,
): Promise<HttpResponse> {
  if ("bytes" in source) return http.send({ ...request, body: [source.bytes] });
  const handle = await openFile(source.file);
  try {
    const { start, bytes } = part ?? { start: 0, bytes: await sizeOf(handle, source.file) };
    if (bytes === 0) return await http.send({ ...request, body: [new Uint8Array()] });
    const end = start + bytes - 1;
    const options = { start, end, highWaterMark: READ_BYTES, autoClose: false };
    const stream = handle.createReadStream(options);
    try {
      return await http.send({ ...request, body: { bytes, stream } });
    } catch (cause) {
      throw isLengthMismatch(cause) ? becameShorter(source.file) : cause;
    } finally {
      stream.destroy();
    }
  } finally {
    await handle.close();
  }
}

/** In bytes. Throws RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE if it is not a file. */
export async function sizeOfSource(source: ArtifactSource): Promise<number> {
  if ("bytes" in source) return source.bytes.byteLength;
  const handle = await openFile(source.file);
  try {
    return await sizeOf(handle, source.file);
  } finally {
    await handle.close();
  }
}

function openFile(file: string): Promise<FileHandle> {
  return open(file, "r").catch((cause) => {
    throw localFailure("read", file, cause);
  });
}

async function sizeOf(handle: FileHandle, file: string): Promise<number> {
  const found = await handle.stat();
  if (found.isFile()) return found.size;
  throw notAFile(file);
}

function isLengthMismatch(cause: unknown): boolean {
  const inner = cause instanceof MlflowException ? cause.cause : undefined;
  return (
    (inner as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"
  );
}

function becameShorter(file: string): MlflowException {
  return new MlflowException(`'${file}' became shorter during the upload.`, "INVALID_STATE");
}
