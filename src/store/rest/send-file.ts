import { type FileHandle, open } from "node:fs/promises";
import { MlflowException } from "../../base/errors.js";
import type { ArtifactSource } from "../artifact-store.js";
import { localFailure } from "../local-files.js";
import type { Answer, Http, Request } from "./http.js";

/** Fewer reads than Node's 64 KB a time, and still nothing beside a process. */
const READ_BYTES = 256 * 1024;

/** A part of a file; all of it unless told. */
export interface FilePart {
  readonly start: number;
  readonly bytes: number;
}

/**
 * Sends an artifact, streamed if it is a file, as the body of a request. One that changes its length
 * under way is an error, not half an artifact.
 */
export async function sendSource(
  http: Http,
  request: Request,
  source: ArtifactSource,
  part?: FilePart,
): Promise<Answer> {
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
      throw isMismatch(cause) ? changed(source.file) : cause;
    } finally {
      stream.destroy();
    }
  } finally {
    await handle.close();
  }
}

/** In bytes. Throws RESOURCE_DOES_NOT_EXIST or INVALID_PARAMETER_VALUE where it is no file. */
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
  throw new MlflowException(`'${file}' is not a file.`, "INVALID_PARAMETER_VALUE");
}

function isMismatch(cause: unknown): boolean {
  const inner = cause instanceof MlflowException ? cause.cause : undefined;
  return (
    (inner as NodeJS.ErrnoException | undefined)?.code === "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"
  );
}

function changed(file: string): MlflowException {
  return new MlflowException(`'${file}' became shorter while it was sent.`, "INVALID_STATE");
}
